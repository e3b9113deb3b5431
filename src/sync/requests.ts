import { readlinkSync } from 'node:fs';
import { encodeName, hostPath } from '../archive/byte-name';
import type { Part } from '../archive/stream-parts';
import type { PushPlan } from './plan-push';
import type { TreeEntry } from './tree-entry';

/** Ends a batch: the agent answers with its clock once all before is done. */
export const END_OF_BATCH = 'E \0';

/** Asks for what is new since a moment of the agent's clock, in nanoseconds. */
export function listRequest(since: string): string {
  return `L ${since} \0`;
}

/** Asks for one file or link. */
export function getRequest(path: string): Buffer {
  return encodeName(`G ${path}\0`);
}

/**
 * A plan as requests for the agent.
 * @param root absolute path of the tree
 * @see agent/protocol.md
 */
export function* pushRequests(plan: PushPlan, root: string): Generator<Part, void, undefined> {
  for (const path of plan.remove) yield encodeName(`R ${path}\0`);
  for (const entry of plan.put) yield* putRequest(entry, `${root}/${entry.path}`);
  yield Buffer.from(END_OF_BATCH);
}

function* putRequest(entry: TreeEntry, source: string): Generator<Part, void, undefined> {
  if (entry.kind === 'folder') {
    yield header('D', entry, 0);
  } else if (entry.kind === 'file') {
    yield header('F', entry, entry.size);
    yield { source, size: entry.size };
  } else {
    const target = readlinkSync(hostPath(source), 'buffer');
    yield header('S', entry, target.length);
    yield target;
  }
}

function header(verb: string, entry: TreeEntry, size: number): Buffer {
  const { path, mode, uid, gid, mtimeMs } = entry;
  return encodeName(
    `${verb} ${mode.toString(8)} ${uid} ${gid} ${toNanoseconds(mtimeMs)} ${size} ${path}\0`,
  );
}

/** The time that the agent gives to what it writes. */
export function toNanoseconds(mtimeMs: number): string {
  return String(BigInt(Math.round(mtimeMs * 1e6)));
}
