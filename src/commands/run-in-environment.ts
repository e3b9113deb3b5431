import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { defaultEnvironment } from '../config/default-environment';
import type { Project } from '../config/project';
import type { ContainerSpec, Engine, Mount } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { dockerArgv, quoteForShell } from '../run/docker-argv';
import type { EnvironmentSpec } from '../run/environment-spec';
import type { HostShare } from '../run/host-share';
import { planRun } from '../run/plan-run';
import type { Command, CommandResult } from './command';
import type { CommandContext } from './command-context';
import { ensureImage } from './ensure-image';
import { hostShares } from './host-shares';
import { isSynced, sourceMount } from './source-mount';
import { superviseRun } from './supervise-run';

/** Options of every command that runs something in an environment. */
export const runOptions: NonNullable<Command['options']> = {
  env: {
    kind: 'list',
    alias: 'e',
    placeholder: 'NAME[=value]',
    summary: 'Pass a variable of yours, or set one',
  },
};

/**
 * Runs a command in the project's environment; with `--dry-run` prints the `docker` command that
 * does the same.
 * @param extraEnv values of `-e`
 * @param environment the default one without it
 */
export async function runInEnvironment(
  context: CommandContext,
  command: readonly string[],
  extraEnv: readonly string[],
  environment = defaultEnvironment(context.project()),
): Promise<CommandResult> {
  const project = context.project();
  checkWorkingDirectory(project, context.cwd);
  const engine = await context.engine();
  const devices = presentDevices(environment);
  const image = await ensureImage(context, project, engine, environment.image);
  const synced = isSynced(environment, engine);
  const source = sourceMount(context, project, project.root, synced);
  const shares = hostShares(context, project, environment, engine);
  const setting = { project, environment, engine, image, devices, source, shares };
  const spec = planCommand(context, setting, command, extraEnv);
  if (context.dryRun) {
    const argv = dockerArgv(spec);
    return { text: quoteForShell(argv), json: { argv } };
  }
  const run = () => superviseRun(context, engine, environment, spec);
  return { status: synced ? await runSynced(context, setting, run) : await run() };
}

async function runSynced(
  context: CommandContext,
  { project, environment, engine, image, source, shares }: Setting,
  run: () => Promise<number>,
): Promise<number> {
  const { SyncedSource } = await import('./synced-source');
  const volumes = shares.flatMap(({ mounts }) => mounts).filter(({ type }) => type === 'volume');
  const trees = [source, ...volumes];
  const copy = await SyncedSource.open(context, project, environment, engine, image, trees);
  try {
    copy.release();
    const status = await run();
    await copy.finish(status, (text) => context.progress.notice(text));
    return status;
  } finally {
    await copy.close();
  }
}

interface Setting {
  project: Project;
  environment: EnvironmentSpec;
  engine: Engine;
  image: string;
  devices: readonly string[];
  source: Mount;
  shares: readonly HostShare[];
}

function planCommand(
  context: CommandContext,
  { project, environment, image, devices, source, shares }: Setting,
  command: readonly string[],
  extraEnv: readonly string[],
): ContainerSpec {
  const { caller, cwd, env, owner } = context;
  return planRun({
    project: project.name,
    root: project.root,
    source,
    cwd,
    environment,
    image,
    command,
    caller,
    devices,
    shares,
    env,
    extraEnv,
    terminal: context.process.terminal,
    name: `buildenv-${project.name}-${randomUUID().slice(0, 8)}`,
    owner,
  });
}

function checkWorkingDirectory({ root, file }: Project, cwd: string): void {
  const path = relative(root, cwd);
  if (path !== '..' && !path.startsWith('../')) return;
  throw new BuildenvError('usage', `${cwd} is not in the tree of ${file}`, {
    hint: `Run the command in ${root} or below it, or name that folder with -C.`,
  });
}

function presentDevices({ devices }: EnvironmentSpec): string[] {
  const missing = devices.find(({ path, required }) => required && !existsSync(path));
  if (missing !== undefined) {
    throw new BuildenvError(
      'host',
      `This machine has no ${missing.path}, which the environment requires`,
      {
        hint: 'Say `required: false` for a device that is not always needed.',
      },
    );
  }
  return devices.map(({ path }) => path).filter(existsSync);
}
