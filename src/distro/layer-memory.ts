import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DistroReport } from './distro-report';

/** What is known of a distro as it was last assembled. */
export interface KnownDistro {
  /** The image's id. */
  image: string;
  /** Digests of its own layers by their keys. */
  layers: Readonly<Record<string, string>>;
  /** How it was assembled in the end; undefined where its inputs cannot be told by a glance. */
  last?: LastAssembly;
}

/** An assembly, for when its inputs are found unchanged. */
export interface LastAssembly {
  /** As {@link inputKey} has it. */
  inputs: string;
  report: DistroReport;
  /** What is odd in it. */
  notices: readonly string[];
}

const NOTHING: KnownDistro = { image: '', layers: {} };

/**
 * Remembers a distro's layers and its last assembly in a file of the cache folder. A folder that cannot be
 * written to, or a file that is damaged, costs time and nothing else.
 */
export class LayerMemory {
  private readonly folder: string;
  private readonly path: string;

  /** @param root absolute path of the tree */
  constructor(cacheFolder: string, root: string, distro: string) {
    const name = createHash('sha256')
      .update(JSON.stringify([root, distro]))
      .digest('hex');
    this.folder = join(cacheFolder, 'distros');
    this.path = join(this.folder, `${name.slice(0, 32)}.json`);
  }

  read(): KnownDistro {
    try {
      const known = JSON.parse(readFileSync(this.path, 'utf8')) as Partial<KnownDistro>;
      return { ...NOTHING, ...known };
    } catch {
      return NOTHING;
    }
  }

  write(known: KnownDistro): void {
    this.place((beside) => {
      writeFileSync(beside, JSON.stringify(known));
      renameSync(beside, this.path);
    });
  }

  /** Now by the clock of the folder's file system, Unix time in milliseconds; undefined if unknown. */
  now(): number | undefined {
    return this.place((beside) => {
      writeFileSync(beside, '');
      const { mtimeMs } = statSync(beside);
      rmSync(beside);
      return mtimeMs;
    });
  }

  private place<T>(write: (beside: string) => T): T | undefined {
    try {
      mkdirSync(this.folder, { recursive: true });
      return write(`${this.path}.${randomUUID()}`);
    } catch {
      return undefined;
    }
  }
}
