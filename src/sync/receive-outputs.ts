import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  futimesSync,
  lstatSync,
  lutimesSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { decodeName, hostPath } from '../archive/byte-name';
import { BuildenvError } from '../errors/buildenv-error';
import { inFolder } from './open-folder';
import { checkTarget, refused, tooLarge, type PullPlan } from './plan-pull';
import type { SyncAgent } from './sync-agent';
import type { SyncedEntry, VolumeEntry } from './tree-entry';

/** Of what a run made, only these bits: a program that changes its user is not an output. */
const MODE_MASK = 0o777;

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export interface Received {
  written: readonly SyncedEntry[];
  /** Paths. */
  removed: readonly string[];
}

/**
 * Brings outputs into the tree: all of them into a temporary folder first, checked, then each by a
 * rename to its place, without following a link on the way.
 * @param root absolute path of the tree
 * @param limit bytes that may come at once
 * @throws {BuildenvError} `outputs` for an output that is refused; the tree is as it was
 */
export async function receiveOutputs(
  agent: Pick<SyncAgent, 'fetch'>,
  plan: PullPlan,
  root: string,
  limit: number,
): Promise<Received> {
  const stage = mkdtempSync(join(root, '.buildenv-outputs-'));
  try {
    const staged = await receive(agent, plan.fetch, root, stage, limit);
    for (const { path } of [...plan.folders, ...plan.fetch]) checkPlace(root, path);
    for (const { path, mode } of plan.folders) {
      at(root, path, true, (place) => chmodSync(place, mode & MODE_MASK), true);
    }
    for (const [path, { file }] of staged) {
      at(root, path, true, (place) => renameSync(file, place));
    }
    const received = [...plan.folders, ...[...staged.values()].map(({ entry }) => entry)];
    return { written: received.map((entry) => synced(root, entry)), removed: remove(plan, root) };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

interface Staged {
  entry: VolumeEntry;
  /** Where it waits. */
  file: string;
}

async function receive(
  agent: Pick<SyncAgent, 'fetch'>,
  wanted: readonly VolumeEntry[],
  root: string,
  stage: string,
  limit: number,
): Promise<ReadonlyMap<string, Staged>> {
  const staged = new Map<string, Staged>();
  let bytes = 0;
  const paths = wanted.map(({ path }) => path);
  await agent.fetch(paths, async (entry, content) => {
    bytes += entry.size;
    if (bytes > limit) throw tooLarge(limit);
    const file = join(stage, String(staged.size));
    if (entry.kind === 'link') await receiveLink(entry, content, root, file);
    else if (entry.kind === 'file') await receiveFile(entry, content, file);
    else throw refused(entry.path, 'it is not what it was a moment ago');
    staged.set(entry.path, { entry, file });
  });
  return staged;
}

async function receiveLink(
  { path, mtime }: VolumeEntry,
  content: AsyncIterable<Buffer>,
  root: string,
  file: string,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part);
  const target = decodeName(Buffer.concat(parts));
  if (target === '' || target.includes('\0')) throw refused(path, 'it is a link to nowhere');
  checkTarget(path, target, root);
  symlinkSync(hostPath(target), file);
  lutimesSync(file, new Date(), seconds(mtime));
}

async function receiveFile(
  { mode, mtime }: VolumeEntry,
  content: AsyncIterable<Buffer>,
  file: string,
): Promise<void> {
  const descriptor = openSync(file, NEW_FILE, 0o600);
  try {
    for await (const part of content) {
      for (let done = 0; done < part.length;) done += writeSync(descriptor, part, done);
    }
    fchmodSync(descriptor, mode & MODE_MASK);
    futimesSync(descriptor, new Date(), seconds(mtime));
  } finally {
    closeSync(descriptor);
  }
}

function seconds(nanoseconds: string): number {
  return Number(nanoseconds) / 1e9;
}

/** A link on the way, or a folder in the place of a file, is the user's: it is left as it is. */
function checkPlace(root: string, path: string): void {
  at(root, path, false, (place) => lstatSync(place, { throwIfNoEntry: false }));
}

/** Works at the place of a path in the tree. */
function at<T>(
  root: string,
  path: string,
  make: boolean,
  work: (place: string | Buffer) => T,
  isFolder = false,
): T | undefined {
  const parts = path.split('/');
  const folders = isFolder ? parts : parts.slice(0, -1);
  try {
    return inFolder(root, folders, make, (folder) =>
      work(hostPath(isFolder ? `${folder}/.` : `${folder}/${basename(path)}`)),
    );
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !make) return undefined;
    throw new BuildenvError(
      'outputs',
      `${join(root, path)} cannot be written: ${code ?? 'failed'}`,
      {
        hint: 'Something else is in its place, or a link is on the way; move it out of the way.',
        cause,
      },
    );
  }
}

function synced(root: string, entry: VolumeEntry): SyncedEntry {
  const { path, kind, mode, mtime } = entry;
  const stats = lstatSync(hostPath(join(root, path)));
  return {
    path,
    kind: kind === 'other' ? 'file' : kind,
    mode,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    volumeMtime: mtime,
  };
}

/** Removes what is still as it was when tree and volume had it in common; the deepest first. */
function remove(plan: PullPlan, root: string): string[] {
  return plan.remove
    .toReversed()
    .filter(({ path, kind, size, mtimeMs }) =>
      at(root, path, false, (place) => {
        const now = lstatSync(place, { throwIfNoEntry: false });
        if (now === undefined) return true;
        if (kind === 'folder') return removeEmpty(place);
        if (now.isDirectory() || now.size !== size || now.mtimeMs !== mtimeMs) return false;
        unlinkSync(place);
        return true;
      }),
    )
    .map(({ path }) => path);
}

function removeEmpty(folder: string | Buffer): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false; // The tree has more in it than the volume had.
  }
}
