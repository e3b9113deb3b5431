import { join } from 'node:path';
import type { ContainerStore } from '../../engine/engine';
import { BuildFailedError } from '../../errors/build-failed-error';
import type { BuiltPackage } from '../package-state';
import type { Rpm } from '../rpm';
import { type BuilderJob, runBuilder } from '../run-builder';
import { BuildLog } from './build-log';
import type { PackageStep } from './plan-packages';
import { type BuilderLine, readBuilderLine } from './read-output';

/** What happens while packages are built. */
export type PackageEvent =
  | { kind: 'begin'; text: string }
  | { kind: 'phase'; phase: string }
  | { kind: 'log'; text: string }
  | { kind: 'end'; text: string }
  | { kind: 'fail' };

export type OnPackageEvent = (name: string, event: PackageEvent) => void;

export interface ApplyOptions {
  /** Absolute path of the folder for logs. */
  logFolder: string;
  signal: AbortSignal;
  onEvent: OnPackageEvent;
  /** Called for each package as soon as it is built. */
  onBuilt(name: string, built: BuiltPackage): void;
}

/**
 * Builds what a plan says, all packages at the same time. When one fails the others are finished,
 * and what they made is kept; then the first failure is thrown.
 * @throws {BuildFailedError} with the phase that failed and the end of its output
 */
export async function applyPackages(
  containers: ContainerStore,
  steps: readonly PackageStep[],
  options: ApplyOptions,
): Promise<void> {
  const ends = await Promise.allSettled(
    steps.map(async (step) => {
      if (step.action === 'none') return;
      const rpms = await buildPackage(containers, step.name, step.job, options);
      options.onBuilt(step.name, { key: step.key, rpms });
      options.onEvent(step.name, { kind: 'end', text: `${rpms.length} RPMs` });
    }),
  );
  options.signal.throwIfAborted();
  for (const end of ends) {
    if (end.status === 'rejected') throw end.reason;
  }
}

async function buildPackage(
  containers: ContainerStore,
  name: string,
  job: BuilderJob,
  options: ApplyOptions,
): Promise<Rpm[]> {
  options.onEvent(name, { kind: 'begin', text: 'sending the source' });
  try {
    const output = await runLogged(containers, name, job, options);
    return output.flatMap((line) => (line.kind === 'rpm' ? [line.rpm] : []));
  } catch (error) {
    options.onEvent(name, { kind: 'fail' });
    throw error;
  }
}

/**
 * Runs a job whose output is kept in a log.
 * @returns the lines that were meant for this tool
 * @throws {BuildFailedError}
 */
export async function runLogged(
  containers: ContainerStore,
  name: string,
  job: BuilderJob,
  {
    logFolder,
    logName = `${name}.log`,
    signal,
    onEvent,
  }: Pick<ApplyOptions, 'logFolder' | 'signal' | 'onEvent'> & { logName?: string },
): Promise<BuilderLine[]> {
  const log = new BuildLog(join(logFolder, logName));
  const told: BuilderLine[] = [];
  let phase = 'start';
  try {
    const onLine = (text: string) => {
      const line = readBuilderLine(text);
      if (line.kind === 'log') {
        log.add(line.text);
        onEvent(name, { kind: 'log', text: line.text });
        return;
      }
      told.push(line);
      if (line.kind !== 'phase') return;
      phase = line.phase;
      log.begin(phase);
      onEvent(name, line);
    };
    const status = await runBuilder(containers, job, onLine, signal);
    if (status === 0) return told;
    throw new BuildFailedError(name, phase, `exit status ${status}`, log.tail(), {
      hint: `All of its output: ${log.file}`,
    });
  } finally {
    log.close();
  }
}
