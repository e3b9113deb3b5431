import { posix } from 'node:path';
import type { ElfFile } from '../elf/elf-file';
import { followPath } from '../elf/follow-path';
import { machineOf } from '../elf/machine';
import type { ImageConfig } from '../oci/image-config';
import type { SelectedTree } from './selected-tree';
import type { SelectedEntry, SelectionProblem } from './selection';

/** Where a kernel, an engine or a program puts files when the image runs. */
const AT_RUN_TIME = ['/proc', '/sys', '/dev', '/run', '/tmp', '/var/run', '/var/tmp'];
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const LIBRARY = /\.so(?:\.|$)/;
const MOST_NAMED = 3;

export interface CheckedSelection {
  problems: readonly SelectionProblem[];
  /** What is odd and need not be wrong, each a sentence. */
  notices: readonly string[];
}

/**
 * Holds a distro against what it will need when it runs. Problems: links that lead nowhere, a
 * program to start that is missing, cannot be executed or is for another processor, a loader or a
 * script's interpreter of such a program that is missing. Notices: the same of scripts and programs
 * beside it, bits that nobody asked for.
 *
 * @param tree all that will be in the image, and nothing else
 * @param architecture as engines name it: `amd64`
 */
export async function checkSelection(
  selected: readonly SelectedEntry[],
  tree: SelectedTree,
  config: ImageConfig,
  architecture: string,
): Promise<CheckedSelection> {
  const problems: SelectionProblem[] = [];
  const noInterpreter = new Map<string, string[]>();
  const otherMachine: string[] = [];

  for (const entry of selected) {
    const problem = (reason: string): void => {
      problems.push({ by: entry.by, origin: entry.origin, reason, missing: true });
    };
    if (entry.kind === 'link' && (await isDangling(tree, entry, config))) {
      problem(`is a link to ${entry.target}, which is not there`);
    }
    const executable = (entry.mode & 0o111) !== 0;
    if (entry.kind !== 'file' || !(executable || LIBRARY.test(entry.path))) continue;
    const elf = await tree.elf(`/${entry.path}`);
    if (elf !== undefined && 'malformed' in elf) continue;
    const interpreter =
      elf === undefined ? await tree.scriptInterpreter(`/${entry.path}`) : elf.interpreter;
    if (elf?.loadable === true && isForeign(elf, architecture)) otherMachine.push(entry.path);
    if (interpreter === undefined || !executable) continue;
    if ((await followPath(tree, interpreter))?.node.kind === 'file') continue;
    if (elf !== undefined) problem(`needs ${interpreter}, which is not there`);
    else noInterpreter.set(interpreter, [...(noInterpreter.get(interpreter) ?? []), entry.path]);
  }

  problems.push(...(await checkStart(tree, config, architecture)));
  return {
    problems,
    notices: [
      ...[...noInterpreter].map(
        ([interpreter, paths]) => `no ${interpreter} to execute ${named(paths)}`,
      ),
      ...(otherMachine.length === 0 ? [] : [`not for ${architecture}: ${named(otherMachine)}`]),
      ...oddModes(selected),
    ],
  };
}

/** The program that a container of the image starts with. */
async function checkStart(
  tree: SelectedTree,
  { entrypoint = [], cmd = [], env, workingDir = '/' }: ImageConfig,
  architecture: string,
): Promise<SelectionProblem[]> {
  const [by, words] =
    entrypoint.length > 0 ? ['config.entrypoint', entrypoint] : ['config.cmd', cmd];
  const [program] = words;
  if (program === undefined) return [];
  const problem = (reason: string): SelectionProblem[] => [
    { by, origin: program, reason, missing: true },
  ];

  const folders = program.includes('/') ? [workingDir] : (env['PATH'] ?? DEFAULT_PATH).split(':');
  for (const folder of folders) {
    const found = await followPath(tree, posix.resolve('/', workingDir, folder, program));
    if (found?.node.kind !== 'file') continue;
    if (!found.node.executable) return problem('cannot be executed: give it a mode with x bits');
    const elf = await tree.elf(found.path);
    if (elf !== undefined && 'malformed' in elf) return problem(elf.malformed);
    if (elf !== undefined && isForeign(elf, architecture))
      return problem(`is not for ${architecture}`);
    const interpreter = elf === undefined ? await tree.scriptInterpreter(found.path) : undefined;
    if (interpreter === undefined) return [];
    const there = await followPath(tree, interpreter);
    return there?.node.kind === 'file' ? [] : problem(`needs ${interpreter}, which is not there`);
  }
  return problem('is not there');
}

async function isDangling(
  tree: SelectedTree,
  { path, target }: { path: string; target: string },
  { volumes }: ImageConfig,
): Promise<boolean> {
  if ((await followPath(tree, `/${path}`)) !== undefined) return false;
  const destination = posix.resolve('/', posix.dirname(path), target);
  return ![...AT_RUN_TIME, ...volumes].some(
    (place) => destination === place || destination.startsWith(`${place}/`),
  );
}

function isForeign(elf: ElfFile, architecture: string): boolean {
  const machine = machineOf(elf)?.architecture;
  // A 64-bit x86 kernel runs programs of its 32-bit forerunner.
  return machine !== architecture && !(machine === '386' && architecture === 'amd64');
}

function oddModes(selected: readonly SelectedEntry[]): string[] {
  const notices: string[] = [];
  const note = (text: string, entries: readonly SelectedEntry[]) => {
    if (entries.length > 0) notices.push(`${text}: ${named(entries.map(({ path }) => path))}`);
  };
  const unasked = selected.filter(
    ({ kind, foundMode }) => kind === 'file' && foundMode !== undefined,
  );
  const privileged = unasked.filter(({ foundMode = 0 }) => (foundMode & 0o6000) !== 0);
  note(
    'setuid or setgid, as in the image',
    privileged.filter(({ mode }) => (mode & 0o6000) !== 0),
  );
  note(
    'no longer setuid or setgid without a mode in files',
    privileged.filter(({ mode }) => (mode & 0o6000) === 0),
  );
  const writable = selected.filter(
    ({ kind, mode, foundMode }) =>
      kind !== 'link' && foundMode !== undefined && (mode & 0o002) !== 0 && (mode & 0o1000) === 0,
  );
  note('anybody can write to', writable);
  return notices;
}

function named(paths: readonly string[]): string {
  const some = paths.slice(0, MOST_NAMED).map((path) => `/${path}`);
  const rest = paths.length - some.length;
  return rest === 0 ? some.join(', ') : `${some.join(', ')} and ${rest} more`;
}
