import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { defaultEnvironment } from '../config/default-environment';
import type { Project } from '../config/project';
import type { ContainerSpec, Engine } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { dockerArgv, quoteForShell } from '../run/docker-argv';
import type { EnvironmentSpec } from '../run/environment-spec';
import { planRun } from '../run/plan-run';
import type { Command, CommandResult } from './command';
import type { CommandContext } from './command-context';
import { ensureImage } from './ensure-image';
import { hostShares } from './host-shares';
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
  const devices = presentDevices(environment);
  const engine = await context.engine();
  const image = await ensureImage(context, project, engine, environment.image);
  const spec = planCommand(
    context,
    { project, environment, engine, image, devices },
    command,
    extraEnv,
  );
  if (context.dryRun) {
    const argv = dockerArgv(spec);
    return { text: quoteForShell(argv), json: { argv } };
  }
  return { status: await superviseRun(context, engine, environment, spec) };
}

interface Setting {
  project: Project;
  environment: EnvironmentSpec;
  engine: Engine;
  image: string;
  devices: readonly string[];
}

function planCommand(
  context: CommandContext,
  { project, environment, engine, image, devices }: Setting,
  command: readonly string[],
  extraEnv: readonly string[],
): ContainerSpec {
  const { caller, cwd, env, owner } = context;
  return planRun({
    project: project.name,
    root: project.root,
    cwd,
    environment,
    image,
    command,
    caller,
    devices,
    shares: hostShares(context, project, environment, engine),
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
