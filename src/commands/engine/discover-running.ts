import { BuildenvError } from '../../errors/buildenv-error';
import type { CommandContext } from '../command-context';

/** URL of the engine that other commands would use, undefined where none answers. */
export async function discoverRunning(context: CommandContext): Promise<string | undefined> {
  try {
    const engine = await context.engine();
    return (await engine.info()).url;
  } catch (error) {
    if (error instanceof BuildenvError && error.code === 'engine-unreachable') return undefined;
    throw error;
  }
}
