import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { kill } from 'node:process';
import { type Readable, Transform } from 'node:stream';
import { BuildenvError } from '../errors/buildenv-error';
import { hostSources } from './host-sources';
import type { BootstrapSpec } from './image-spec';

const PROGRAM = 'mmdebstrap';

/** What a build image has no use for; as in Debian's own slim images. */
const LEFT_OUT = [
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/share/man/*',
];

/** The host's own name and resolver are no part of an image. */
const FORGET_HOST = 'rm -f "$1/etc/hostname" "$1/etc/resolv.conf"';

/**
 * Makes a root file system from a distribution's packages.
 * @param signal ends the program and fails the stream with the signal's reason
 * @param onLog gets the program's messages
 * @returns a tar stream, uncompressed; it fails where the program fails, so that nothing half-made
 * is imported, and destroying it ends the program
 * @throws {BuildenvError} `host` when mmdebstrap is missing, and in the stream when it fails
 * @see mmdebstrap(1)
 */
export async function bootstrap(
  spec: BootstrapSpec,
  signal: AbortSignal,
  onLog: (text: string) => void,
): Promise<Readable> {
  const mirrors = spec.mirror === undefined ? await hostSources(spec) : [spec.mirror];
  const child = spawn(PROGRAM, mmdebstrapArguments(spec, mirrors), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // When it is ended it ends its whole process group, which must not be its caller's too.
    detached: true,
  });
  await once(child, 'spawn').catch((error: unknown) => {
    throw unstartable(error as NodeJS.ErrnoException);
  });
  const layer = rootFileSystem(child, onLog);
  const abort = () => layer.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort);
  layer.on('close', () => signal.removeEventListener('abort', abort));
  return layer;
}

/** @param mirrors URLs or lines of a sources.list; none for the program's default */
export function mmdebstrapArguments(spec: BootstrapSpec, mirrors: readonly string[]): string[] {
  return [
    '--variant=minbase',
    '--format=tar',
    ...(spec.packages.length === 0 ? [] : [`--include=${spec.packages.join(',')}`]),
    ...LEFT_OUT.map((option) => `--dpkgopt=${option}`),
    `--customize-hook=${FORGET_HOST}`,
    spec.suite,
    '-',
    ...mirrors,
  ];
}

function rootFileSystem(
  child: ChildProcessByStdio<null, Readable, Readable>,
  onLog: (text: string) => void,
): Readable {
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors.push(...text.split('\n').filter((line) => line.startsWith('E: ')));
    onLog(text);
  });
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const output = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => void exit.then((status) => done(status === 0 ? null : failed(errors, status))),
    destroy: (error, done) => {
      // What it has unpacked is gone once it has ended.
      child.stdout.destroy();
      endGroup(child);
      void exit.then(() => done(error));
    },
  });
  return child.stdout.pipe(output);
}

/** The program and what it has started: it would first wait for that. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) kill(-pid, 'SIGTERM');
}

function unstartable(cause: NodeJS.ErrnoException): BuildenvError {
  const reason =
    cause.code === 'ENOENT' ? 'is not installed' : `cannot be started: ${cause.message}`;
  return new BuildenvError('host', `${PROGRAM} ${reason}, so no base image can be made`, {
    hint: `Install it: apt-get install ${PROGRAM}`,
    cause,
  });
}

function failed(errors: readonly string[], status: number | null): BuildenvError {
  const reason = errors[0]?.replace(/^E: /, '') ?? `it ended with status ${String(status)}`;
  return new BuildenvError('host', `${PROGRAM} failed: ${reason}`, {
    hint: 'Check the suite, the packages and the mirror; --verbose shows all that it says.',
  });
}
