import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';
import type { Revision } from '../../git/read-revision';
import type { PackageSpec } from '../package-spec';

/** Absolute paths of what a package is built from. */
export interface PackageFolders {
  source: string;
  packaging: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that keeps packages from being built, and what to do about it. */
export interface SourceProblem {
  message: string;
  hint: string;
}

/**
 * Finds the folders of a package.
 * @param cwd where paths in variables start
 * @returns problems where something is missing
 */
export function locateSource(
  { name, source, packaging, spec, prepare, tarball }: PackageSpec,
  env: Environment,
  cwd: string,
): PackageFolders | SourceProblem[] {
  const problems: SourceProblem[] = [];
  const locate = (what: string, path: string | undefined, variable: string): string => {
    const value = env[variable] ?? '';
    const folder = value === '' ? path : resolve(cwd, value);
    if (folder === undefined) {
      problems.push({
        message: `${variable} is not set: the ${what} of ${name}`,
        hint: `Set it: export ${variable}=/path/to/the/${what.replaceAll(' ', '/')}`,
      });
    } else if (!isFolder(folder)) {
      problems.push({
        message: `There is no folder ${folder}: the ${what} of ${name}`,
        hint: `Correct ${value === '' ? `packages.${name}` : variable}.`,
      });
    } else {
      return folder;
    }
    return '';
  };
  const folders = {
    source: locate('source tree', source.path, source.variable),
    packaging: packaging && locate('packaging folder', packaging.path, packaging.variable),
  };
  const made = packaging === undefined && (prepare !== '' || tarball.method === 'meson-dist');
  if (problems.length === 0 && !made) {
    const file = join(folders.packaging ?? folders.source, spec);
    if (!isFile(file)) {
      problems.push({
        message: `There is no spec file ${file} for ${name}`,
        hint: `Name the file that is there: packages.${name}.spec`,
      });
    }
  }
  return problems.length > 0 ? problems : folders;
}

/** What is wrong with the state of a tree under version control. */
export function checkRevision(
  { name, source }: PackageSpec,
  folder: string,
  revision: Revision | undefined,
): SourceProblem[] {
  if (source.dirty === 'include' || revision?.dirty !== true) return [];
  return [
    {
      message: `${folder} has uncommitted changes, and ${name} is built from commits`,
      hint: `Commit them, or set packages.${name}.source.dirty to 'include'.`,
    },
  ];
}

/** All problems as one error: nothing was begun. */
export function sourceError(problems: readonly SourceProblem[]): BuildenvError {
  const [first] = problems;
  if (problems.length === 1 && first !== undefined) {
    return new BuildenvError('usage', first.message, { hint: first.hint });
  }
  const lines = problems.map(({ message, hint }) => `\n  ${message}\n    ${hint}`);
  return new BuildenvError('usage', `Packages cannot be built:${lines.join('')}`, {
    hint: 'Nothing was begun; correct these first.',
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
