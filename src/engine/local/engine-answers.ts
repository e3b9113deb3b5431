import { askEngine } from './ask-engine';

/** Whether an engine answers on the Unix socket within two seconds. */
export async function engineAnswers(socketPath: string): Promise<boolean> {
  try {
    return (await askEngine(socketPath, 'GET', '/_ping', 2000)).status === 200;
  } catch {
    return false;
  }
}
