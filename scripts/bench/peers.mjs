import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE, withProject } from './bench-project.mjs';
import { BUILDENV, compare, compareWith, report } from './measure.mjs';
import { containersWait } from './waiting-containers.mjs';

const OURS = 'buildenv run true';
const DEVCONTAINER = 'devcontainer exec true';
const PODMAN = 'podman run --rm true';

/** A short command by other tools that run commands in containers. */
export function peers() {
  return withProject(async (cwd) => {
    const runtime = join(cwd, 'runtime');
    mkdirSync(runtime);
    process.env.XDG_RUNTIME_DIR = runtime;
    const devcontainer = startDevcontainer(cwd);
    const podman = preparePodman(cwd);
    const buildenv = (...args) => execFileSync(BUILDENV[0], [BUILDENV[1], ...args], { cwd });
    try {
      buildenv('run', 'true');
      const results = await compare(
        {
          [OURS]: {
            argv: [...BUILDENV, 'run', 'true'],
            cwd,
            before: () => containersWait(runtime, 1),
          },
          [DEVCONTAINER]: { argv: [...devcontainer.exec, 'true'], cwd },
          [PODMAN]: { argv: [...podman, 'run', '--rm', '--network=host', IMAGE, 'true'] },
        },
        10,
      );
      report('peers', results, OURS, [DEVCONTAINER, results[DEVCONTAINER].seconds]);
      compareWith(results, OURS, [PODMAN, results[PODMAN].seconds]);
    } finally {
      execFileSync('docker', ['rm', '--force', devcontainer.id], { stdio: 'ignore' });
      execFileSync(podman[0], [...podman.slice(1), 'rmi', '--force', IMAGE], { stdio: 'ignore' });
      rmSync(join(cwd, 'podman'), { recursive: true });
      buildenv('stop');
    }
  });
}

/** The devcontainer CLI, for this measurement alone, and a container of its making. */
function startDevcontainer(cwd) {
  const folder = join(cwd, 'devcontainer');
  const workspace = join(folder, 'workspace');
  mkdirSync(join(workspace, '.devcontainer'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  writeFileSync(
    join(workspace, '.devcontainer/devcontainer.json'),
    JSON.stringify({ image: IMAGE }),
  );
  const npm = ['install', '--no-audit', '--no-fund', '@devcontainers/cli'];
  execFileSync('npm', npm, { cwd: folder, stdio: 'ignore' });
  const cli = join(folder, 'node_modules/.bin/devcontainer');
  const where = ['--workspace-folder', workspace];
  const up = execFileSync(cli, ['up', ...where], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { exec: [cli, 'exec', ...where], id: JSON.parse(up).containerId };
}

/** @returns Podman with storage of its own, which has the image */
function preparePodman(cwd) {
  const folder = join(cwd, 'podman');
  mkdirSync(folder);
  process.env.CONTAINERS_CONF = join(import.meta.dirname, '../lib/containers.conf');
  const places = ['root', 'runroot', 'tmpdir'].map((name) => `--${name}=${join(folder, name)}`);
  const podman = ['podman', ...places];
  const load = `docker save ${IMAGE} | ${podman.join(' ')} load`;
  execFileSync('sh', ['-c', load], { stdio: 'ignore' });
  return podman;
}
