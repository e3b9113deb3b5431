import { spawn } from 'node:child_process';
import { kill } from 'node:process';
import { BuildenvError } from '../../errors/buildenv-error';
import { BuildFailedError } from '../../errors/build-failed-error';
import { BuildLog } from '../build/build-log';

export interface UpdateCommand {
  /** Absolute path of the consuming project. */
  directory: string;
  /** Program and arguments. */
  command: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Absolute path. */
  logFile: string;
}

/**
 * Runs a consuming project's own update. The signal ends it with all that it started.
 * @throws {BuildFailedError} with the end of its output
 */
export async function runUpdate(
  { directory, command, env, logFile }: UpdateCommand,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const [program = '', ...args] = command;
  const log = new BuildLog(logFile);
  const child = spawn(program, args, {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, which the signal ends as a whole.
    detached: true,
  });
  const abort = () => {
    if (child.pid !== undefined) kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', abort);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      text
        .trimEnd()
        .split('\n')
        .forEach((line) => log.add(line));
      onText(text);
    });
  }
  try {
    const status = await new Promise<number | string>((resolve, reject) => {
      child.on('error', (cause) => reject(unstartable(program, cause)));
      child.on('close', (code, name) => resolve(code ?? name ?? 'unknown'));
    });
    signal.throwIfAborted();
    if (status === 0) return;
    throw new BuildFailedError(
      'the consumer',
      command.join(' '),
      `exit status ${status}`,
      log.tail(),
      {
        hint: `All of its output: ${logFile}`,
      },
    );
  } finally {
    signal.removeEventListener('abort', abort);
    log.close();
  }
}

function unstartable(program: string, cause: Error): BuildenvError {
  return new BuildenvError('host', `${program} cannot be started: ${cause.message}`, {
    hint: 'Correct rpm.deps.command, or install it.',
    cause,
  });
}
