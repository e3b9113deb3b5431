import { resolve } from 'node:path';
import { type DistroReport, distroReport } from '../../distro/distro-report';
import type { DistroPlan } from '../../distro/plan-distro';
import { type DistroOutput, writeDistro } from '../../distro/write-distro';
import { BuildenvError } from '../../errors/buildenv-error';
import type { CommandContext, Project } from '../command-context';
import type { PlannedDistro } from './plan-project-distros';
import { untilInterrupted } from '../until-interrupted';

/**
 * Where `--output` asks for an image.
 * @throws {BuildenvError} `usage` for another format, or with several distros
 */
export function distroOutput(
  { cwd }: CommandContext,
  option: string,
  words: readonly string[],
  { distros }: Project,
): DistroOutput {
  const [, kind, path] = /^(oci|docker-archive):(.+)$/.exec(option) ?? [];
  if ((kind !== 'oci' && kind !== 'docker-archive') || path === undefined) {
    throw new BuildenvError('usage', `--output ${option} names no format and place`, {
      hint: 'Write --output oci:FOLDER or --output docker-archive:FILE.',
    });
  }
  if (words.length !== 1 && !(words.length === 0 && distros.size === 1)) {
    throw new BuildenvError('usage', 'An output is of one distro', {
      hint: 'Name the distro: buildenv distro NAME --output oci:FOLDER',
    });
  }
  return { kind, path: resolve(cwd, path) };
}

/** Writes the last of the distros, with the layers of what it stands on; asks no engine. */
export async function writeOutput(
  { progress, process }: CommandContext,
  planned: readonly PlannedDistro[],
  output: DistroOutput,
): Promise<DistroReport[]> {
  const layers = new Map<string, DistroPlan['layers']>();
  const reports: DistroReport[] = [];
  for (const { plan, base } of planned) {
    const below = base === undefined ? [] : (layers.get(base) ?? []);
    layers.set(plan.name, [...below, ...plan.layers]);
    if (plan !== planned.at(-1)?.plan) continue;
    progress.begin(plan.name, `writing ${output.path}`);
    try {
      const write = (signal: AbortSignal) => writeDistro(plan, below, output, signal);
      reports.push(distroReport(plan, await untilInterrupted(process, write)));
      progress.end(plan.name, output.path);
    } catch (error) {
      progress.fail(plan.name);
      throw error;
    }
  }
  return reports;
}
