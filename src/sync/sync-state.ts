import { readFileSync } from 'node:fs';
import { replaceFile } from '../host/replace-file';
import type { EntryKind, SyncedEntry } from './tree-entry';

/** What is known of a volume that a tree is synchronised with. */
export interface SyncState {
  /** The volume's own, so that nothing is believed of another volume of the same name. */
  token: string;
  /** The volume's clock when the tree was last sent, in nanoseconds; later changes are a run's. */
  pushed: string;
  /** The same when outputs were last brought back. */
  pulled: string;
  /** The outputs that were meant then. */
  outputs: string;
  /** By path, a folder before what is in it. */
  entries: ReadonlyMap<string, SyncedEntry>;
}

const FORMAT = 1;

type Row = [string, EntryKind, number, number, number, number, number, string];

/** Undefined where nothing is known of this volume. */
export function readSyncState(file: string, token: string): SyncState | undefined {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Omit<SyncState, 'entries'> & {
      format: number;
      entries: Row[];
    };
    if (stored.format !== FORMAT || stored.token !== token) return undefined;
    const { pushed, pulled, outputs } = stored;
    return { token, pushed, pulled, outputs, entries: new Map(stored.entries.map(fromRow)) };
  } catch {
    return undefined;
  }
}

/** @throws {BuildenvError} `host` where the file cannot be written */
export function writeSyncState(file: string, state: SyncState): void {
  const entries = [...state.entries.values()].map(toRow);
  replaceFile(file, JSON.stringify({ format: FORMAT, ...state, entries }));
}

function toRow(entry: SyncedEntry): Row {
  const { path, kind, mode, uid, gid, size, mtimeMs, volumeMtime } = entry;
  return [path, kind, mode, uid, gid, size, mtimeMs, volumeMtime];
}

function fromRow([path, kind, mode, uid, gid, size, mtimeMs, volumeMtime]: Row): [
  string,
  SyncedEntry,
] {
  return [path, { path, kind, mode, uid, gid, size, mtimeMs, volumeMtime }];
}
