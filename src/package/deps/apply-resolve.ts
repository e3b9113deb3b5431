import type { ContainerStore } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { type BuilderJob, runBuilder } from '../run-builder';

/** A package of a lock file. */
export interface LockedPackage {
  name: string;
  /** `EPOCH:VERSION-RELEASE` */
  version: string;
  arch: string;
  url: string;
  sha256: string;
  repository: string;
}

/** What `resolve.py` says in a line. */
type Answer =
  | { kind: 'unreachable' | 'unresolved'; reason: string }
  | { kind: 'missing'; name: string; version: string; there: string[]; repositories: string[] }
  | { kind: 'clash'; name: string; version: string; repositories: string[] }
  | { kind: 'lock'; packages: LockedPackage[] };

type Problem = Exclude<Answer, { kind: 'lock' }>;

/** What begins a line for the client. */
const MARK = '\u001e';

/**
 * Runs a job of `resolveJob`.
 * @returns all packages of the resolved tree; undefined where it was not to be resolved
 * @throws {BuildenvError} `host` with every pin that no repository has, or more than one, and
 * everything that is required and not provided
 */
export async function applyResolve(
  containers: ContainerStore,
  job: BuilderJob,
  signal: AbortSignal,
): Promise<LockedPackage[] | undefined> {
  const answers: Answer[] = [];
  const output: string[] = [];
  const status = await runBuilder(
    containers,
    job,
    (line) => {
      if (line.startsWith(MARK)) answers.push(JSON.parse(line.slice(MARK.length)) as Answer);
      else output.push(line);
    },
    signal,
  );
  if (status !== 0) {
    throw new BuildenvError('host', `Repositories cannot be read: ${output.slice(-3).join(' ')}`, {
      hint: 'The image of `rpm.image` needs python3-dnf.',
    });
  }
  const problems = answers.flatMap((answer) => (answer.kind === 'lock' ? [] : [answer]));
  const [first] = problems;
  if (first !== undefined) throw unusable(problems.map(message), hint(first));
  return answers.flatMap((answer) => (answer.kind === 'lock' ? [answer.packages] : []))[0];
}

function message(problem: Problem): string {
  switch (problem.kind) {
    case 'unreachable':
      return `a repository is not reached: ${problem.reason}`;
    case 'unresolved':
      return `what the packages need is not there: ${problem.reason}`;
    case 'missing': {
      const has = problem.there.length === 0 ? 'has none' : `has ${problem.there.join(', ')}`;
      return `there is no ${problem.name} ${problem.version}: the repository ${has}`;
    }
    case 'clash': {
      const where = problem.repositories.join(' and ');
      return `${problem.name} ${problem.version} is in ${where}: which one is taken is chance`;
    }
  }
}

function hint({ kind }: Problem): string {
  switch (kind) {
    case 'unreachable':
      return 'Check the repository, and that `buildenv rpm serve` is running.';
    case 'unresolved':
      return 'Name the repository that has it in rpm.deps.repositories, or build it too.';
    case 'missing':
      return 'Unset the variable that asks for this version, or build it.';
    case 'clash':
      return 'Give the package another Release, so that it is told from the official one.';
  }
}

function unusable(problems: readonly string[], hintText: string): BuildenvError {
  const text = problems.length === 1 ? ` ${problems[0] ?? ''}` : `\n  ${problems.join('\n  ')}`;
  return new BuildenvError('host', `The packages cannot be consumed:${text}`, { hint: hintText });
}
