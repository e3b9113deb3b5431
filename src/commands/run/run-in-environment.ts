import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import { defaultEnvironment } from '../../config/default-environment';
import type { Project } from '../../config/project';
import type { ContainerSpec, Engine, Mount } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { dockerArgv, quoteForShell } from '../../run/docker-argv';
import { ROOT } from '../../run/caller';
import type { EnvironmentSpec, Reuse } from '../../run/environment-spec';
import type { HostShare } from '../../run/host-share';
import { planRun } from '../../run/plan-run';
import { secretsShares, shownVariables } from '../../run/secret';
import type { Command, CommandArguments, CommandResult } from '../command';
import type { CommandContext } from '../command-context';
import { ensureImage } from '../image/ensure-image';
import { devicesOn } from './devices-on';
import { findGitFolders, hostShares } from './host-shares';
import { readSecrets } from './read-secrets';
import type { SupervisedRun } from './order-container';
import { isSynced, sourceMount } from './source-mount';
import { superviseRun } from './supervise-run';

const REUSES: readonly Reuse[] = ['standby', 'keep', 'off'];

/** Options of every command that runs something in an environment. */
export const runOptions: NonNullable<Command['options']> = {
  env: {
    kind: 'list',
    alias: 'e',
    placeholder: 'NAME[=value]',
    summary: 'Pass a variable of yours, or set one',
  },
  reuse: {
    kind: 'value',
    placeholder: 'standby|keep|off',
    summary: 'Run in a container made ready before, in one that is kept, or in a fresh one',
  },
  root: { kind: 'flag', summary: 'Run as root in the container' },
};

/**
 * Runs a command in the project's environment; with `--dry-run` prints the `docker` command that
 * does the same.
 * @param args values of {@link runOptions}
 * @param environment the default one without it
 */
export async function runInEnvironment(
  caller: CommandContext,
  command: readonly string[],
  args: CommandArguments,
  environment = defaultEnvironment(caller.project()),
): Promise<CommandResult> {
  const context = args.flag('root') ? { ...caller, caller: ROOT } : caller;
  const reuse = reuseOption(args.value('reuse')) ?? environment.reuse;
  const project = context.project();
  checkWorkingDirectory(project, context.cwd);
  const secrets = readSecrets(caller, environment.secrets);
  const engine = await context.engine();
  const devices = devicesOn(engine, environment);
  const { id: image, details } = await ensureImage(context, project, engine, environment.image);
  const git = findGitFolders(context, project);
  const folders = [project.root, ...(git?.folders.map(({ path }) => path) ?? [])];
  const synced = isSynced(environment, engine, folders);
  const source = sourceMount(context, project, engine, project.root, synced);
  const shares = [
    ...hostShares(context, project, environment, engine, git, synced),
    ...secretsShares(environment.secrets),
  ];
  const setting = { project, environment, engine, image, devices, source, shares };
  const spec = planCommand(context, setting, command, args.values('env'));
  if (context.dryRun) {
    const env = shownVariables(spec.env, environment.secrets);
    const argv = dockerArgv({ ...spec, env });
    return { text: quoteForShell(argv), json: { argv } };
  }
  const supervised = { engine, environment, reuse, image: details, run: spec, secrets };
  if (synced) return { status: await runSynced(context, setting, supervised) };
  makeMountPoints(project, spec);
  return { status: await superviseRun(context, supervised) };
}

async function runSynced(
  context: CommandContext,
  { project, environment, engine, image, source, shares }: Setting,
  supervised: SupervisedRun,
): Promise<number> {
  const [{ SyncedSource }, { TreeAgents }] = await Promise.all([
    import('./synced-source'),
    import('./tree-agents'),
  ]);
  const volumes = shares.flatMap(({ mounts }) => mounts).filter(({ type }) => type === 'volume');
  const trees = [source, ...volumes];
  const mountPoints = supervised.run.mounts.map(({ target }) => target);
  const { reuse } = supervised;
  const agents = await TreeAgents.find(context, project, environment, engine, image, reuse);
  const copy = await SyncedSource.open(
    context,
    project,
    environment,
    engine,
    agents,
    trees,
    mountPoints,
  );
  try {
    copy.release();
    const status = await superviseRun(context, supervised);
    await copy.finish(status, (text) => context.progress.notice(text));
    return status;
  } finally {
    await copy.close();
    agents.leave();
  }
}

function reuseOption(value: string | undefined): Reuse | undefined {
  const known = REUSES.find((one) => one === value);
  if (value !== undefined && known === undefined) {
    throw new BuildenvError('usage', `--reuse cannot be ${value}`, {
      hint: `It is one of ${REUSES.join(', ')}.`,
    });
  }
  return known;
}

/** Where a cache is mounted in the tree; the engine would make these folders as root's. */
function makeMountPoints({ root }: Project, { mounts }: ContainerSpec): void {
  for (const { type, target } of mounts) {
    if (type === 'volume' && target.startsWith(`${root}/`)) mkdirSync(target, { recursive: true });
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
