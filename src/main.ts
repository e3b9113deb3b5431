import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { CiProgress } from './cli/ci/ci-progress';
import { findCiSystem } from './cli/ci/find-ci-system';
import { nodeProcessSide } from './cli/node-process-side';
import { PlainProgress } from './cli/plain-progress';
import { quietProgress } from './cli/quiet-progress';
import { runCli } from './cli/run-cli';
import { SpinnerProgress } from './cli/spinner-progress';
import type { CommandArguments } from './commands/command';
import type { CommandContext } from './commands/command-context';
import type { Progress } from './commands/progress';
import { findConfigFile } from './config/find-config-file';
import { loadProject } from './config/load-project';
import type { Project } from './config/project';
import { discoverEngine } from './engine/discovery/discover-engine';
import { DockerEngine } from './engine/docker/docker-engine';
import type { Engine } from './engine/engine';
import { privateEnginePaths } from './engine/private-engine-paths';
import { ownMounts } from './engine/own-mounts';
import { BuildenvError } from './errors/buildenv-error';
import { machineName, ownContainerIds } from './host/own-container';
import type { Caller } from './run/caller';
import type { StandbyOrder } from './run/standby/prepare-container';
import type { Supervisor } from './run/supervisor';

const { env } = process;

/** Set by the bundler. */
declare const SUPERVISOR_VERSION: string;
const ci = findCiSystem(env);

/** Node's names of processors and the platform names of images. */
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

/** In the terms of images. */
function architecture(): string {
  return ARCHITECTURES[process.arch] ?? process.arch;
}

function caller(): Caller {
  const uid = process.getuid?.() ?? 0;
  return {
    uid,
    gid: process.getgid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
    name: userName(uid),
    home: homedir(),
  };
}

/** A user without an entry in the host's account files has a number only. */
function userName(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    const name = env['USER'] ?? '';
    return /^[\w.@-]+$/.test(name) ? name : `user${uid}`;
  }
}

function progress(globals: CommandArguments): Progress {
  if (globals.flag('quiet')) return quietProgress;
  const verbose = globals.flag('verbose');
  const { isTTY, columns } = process.stderr;
  const plain = !isTTY || !(columns > 0) || (env['NO_COLOR'] ?? '') !== '' || ci !== undefined;
  if (!plain) return new SpinnerProgress(process.stderr, verbose);
  const lines = new PlainProgress(process.stderr, verbose, () => process.uptime() * 1000);
  return ci === undefined ? lines : new CiProgress(ci, process.stderr, lines);
}

function configFile(globals: CommandArguments, cwd: string): string | undefined {
  const named = globals.value('file');
  return named === undefined ? findConfigFile(cwd) : resolve(cwd, named);
}

function requireConfigFile(globals: CommandArguments, cwd: string): string {
  const file = configFile(globals, cwd);
  if (file !== undefined) return file;
  throw new BuildenvError('config', `There is no buildenv.yaml in ${cwd} or above`, {
    hint: 'Write one: buildenv init',
  });
}

function workingDirectory(globals: CommandArguments): string {
  const directory = globals.value('directory');
  if (directory === undefined) return process.cwd();
  try {
    process.chdir(directory);
  } catch (cause) {
    throw new BuildenvError('usage', `Cannot work in ${directory}`, {
      hint: 'Check the path after -C.',
      cause,
    });
  }
  return process.cwd();
}

function syncAgent(of: string): string {
  const program = resolve(__dirname, `sync-agent-${of}`);
  if (existsSync(program)) return program;
  throw new BuildenvError('host', `This buildenv cannot copy a tree to ${of}`, {
    hint: 'Build it where a C compiler for that processor is installed, see CONTRIBUTING.md.',
  });
}

/** Memory of a value that is made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** As the XDG Base Directory Specification 0.8 has it; where there is none, beside what is stored. */
function runtimeFolder(home: string): string {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  if (isAbsolute(runtime)) return join(runtime, 'buildenv');
  const state = env['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(state) ? state : join(home, '.local/state'), 'buildenv/run');
}

function prepareStandby({ socket = '' }: Engine, order: StandbyOrder): void {
  const program = resolve(__dirname, 'standby.cjs');
  const argv = [program, `unix://${socket}`, JSON.stringify(order)];
  const options = { detached: true, stdio: 'ignore', cwd: '/', env: {} } as const;
  // Loaded late, as most commands start no process; not by `import`, since this one ends at once.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(process.execPath, argv, options);
  child.on('error', () => undefined);
  child.unref();
}

function supervisor(of = architecture()): Supervisor {
  const program = resolve(__dirname, `supervisor-${of}`);
  if (existsSync(program)) return { program, version: SUPERVISOR_VERSION };
  throw new BuildenvError('host', `${program} is not there, without which nothing can be run`, {
    hint: 'Install a C compiler (Debian: gcc, libc6-dev) and build buildenv anew: npm run build',
  });
}

function context(globals: CommandArguments): CommandContext {
  const cwd = workingDirectory(globals);
  const home = homedir();
  const user = caller();
  return {
    cwd,
    env,
    caller: user,
    platform: `linux/${architecture()}`,
    owner: `${machineName()}:${process.pid}`,
    cacheFolder: join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'buildenv'),
    runtimeFolder: runtimeFolder(home),
    prepareStandby,
    syncAgent,
    supervisor,
    schema: resolve(__dirname, '../schema/buildenv.schema.json'),
    dryRun: globals.flag('dry-run'),
    progress: progress(globals),
    now: Date.now,
    process: nodeProcessSide(process),
    project: once((): Project => loadProject(requireConfigFile(globals, cwd))),
    configFile: () => configFile(globals, cwd),
    engine: once(async (): Promise<Engine> => {
      const facts = { env, homedir: home, uid: user.uid };
      const endpoint = await discoverEngine(facts, globals.value('engine'));
      const engine = new DockerEngine(endpoint);
      if (engine.socket === undefined || ownContainerIds().length === 0) return engine;
      const mounts = await ownMounts(engine.containers, engine.socket);
      return mounts === undefined ? engine : new DockerEngine(endpoint, mounts);
    }),
    registry: async (spec) => {
      const { openRegistry, processRegistryHost } = await import('./open-registry');
      return openRegistry(spec, processRegistryHost(env, home));
    },
    privateEngine: async () => {
      const { LocalEngine } = await import('./engine/local/local-engine');
      return new LocalEngine(env, user.uid, privateEnginePaths(env, home));
    },
  };
}

void runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  ci,
  context,
}).then((status) => process.exit(status));
