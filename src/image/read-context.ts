import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { BuildenvError } from '../errors/buildenv-error';
import type { BuildContext, ContextEntry } from './build-context';
import { hashFile } from './hash-file';
import type { DockerfileImageSpec } from './image-spec';

/** Permission bits of the owner, and those of the others but for writing. */
const MODE_MASK = 0o755;

interface IgnoreRules {
  accepts(path: string): boolean;
  /** Whether something below a folder that is left out can be taken back, as `!a/b` does. */
  haveExceptions: boolean;
}

/**
 * Reads the Dockerfile and walks the context: all that `.dockerignore`, or `<Dockerfile>.dockerignore`
 * where there is one, does not leave out.
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 * @throws {BuildenvError} `host` for what cannot be read, `config` for what no image can hold
 */
export function readContext(spec: DockerfileImageSpec): BuildContext {
  try {
    return readFiles(spec);
  } catch (error) {
    const { code, path = spec.dockerfile } = error as NodeJS.ErrnoException;
    if (error instanceof BuildenvError || code === undefined) throw error;
    throw new BuildenvError('host', `${path} cannot be read: ${code}`, {
      hint: `Check the dockerfile and the context of the image ${spec.name}.`,
      cause: error,
    });
  }
}

function readFiles(spec: DockerfileImageSpec): BuildContext {
  const dockerfile = readFileSync(spec.dockerfile, 'utf8');
  if (spec.context === undefined) return { dockerfile, entries: [] };
  const entries: ContextEntry[] = [];
  walk(spec.context, '', readIgnoreRules(spec.dockerfile, spec.context), entries);
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return { dockerfile, entries };
}

function walk(root: string, folder: string, rules: IgnoreRules, entries: ContextEntry[]): void {
  for (const name of readdirSync(join(root, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const source = join(root, path);
    const stats = lstatSync(source);
    const accepted = rules.accepts(path);
    if (accepted) entries.push(contextEntry(path, source, stats));
    if (stats.isDirectory() && (accepted || rules.haveExceptions)) walk(root, path, rules, entries);
  }
}

function contextEntry(path: string, source: string, stats: Stats): ContextEntry {
  const base = { path, source, mode: stats.mode & MODE_MASK };
  if (stats.isDirectory()) return { ...base, kind: 'folder' };
  if (stats.isSymbolicLink()) return { ...base, kind: 'link', target: readlinkSync(source) };
  if (stats.isFile()) {
    return { ...base, kind: 'file', size: stats.size, digest: hashFile(source) };
  }
  throw new BuildenvError('config', `${source} is neither file, folder nor link`, {
    hint: 'Leave it out in .dockerignore.',
  });
}

function readIgnoreRules(dockerfile: string, context: string): IgnoreRules {
  const file = [`${dockerfile}.dockerignore`, join(context, '.dockerignore')].find(existsSync);
  if (file === undefined) return { accepts: () => true, haveExceptions: false };
  const text = readFileSync(file, 'utf8');
  const rules = dockerignore({ ignorecase: false }).add(text);
  return { accepts: (path) => !rules.ignores(path), haveExceptions: /^\s*!/m.test(text) };
}
