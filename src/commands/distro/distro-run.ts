import { randomUUID } from 'node:crypto';
import { defaultEnvironment } from '../../config/default-environment';
import type { DistroSpec } from '../../distro/distro-spec';
import type { Engine, ImageDetails } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { dockerArgv, quoteForShell } from '../../run/docker-argv';
import type { EnvironmentSpec } from '../../run/environment-spec';
import { type ImageSetting, imageUser, planImageRun } from '../../run/plan-image-run';
import type { Command } from '../command';
import type { CommandContext, Project } from '../command-context';
import { devicesOn } from '../run/devices-on';
import { superviseFresh } from '../run/supervise-run';
import { assembleDistros } from './assemble-distros';
import { chosenDistros, distroContext } from './plan-project-distros';

/** Of a project without environments. */
const BARE: ImageSetting & Pick<EnvironmentSpec, 'devices' | 'grace'> = {
  ulimits: {},
  capabilities: [],
  network: 'bridge',
  devices: [],
  grace: 10,
};

export const distroRun: Command = {
  name: 'distro run',
  words: 'NAME [ARG..]',
  takesCommand: true,
  summary: 'Run a distro as its configuration has it',
  details:
    'It is assembled first where it is not up to date. Devices, limits, capabilities and the network ' +
    'are those of its environment; nothing of this machine is mounted. ARGs replace its "cmd". The ' +
    "exit status is the program's own.",
  examples: [
    ['buildenv distro run km', 'Run what it starts by itself'],
    ['buildenv distro run python-km -c "print(6 * 7)"', 'Give it arguments'],
    ['buildenv distro run --dry-run km', 'Print the docker command that does the same'],
  ],
  async run(context, { words }) {
    const [name, ...args] = words;
    if (name === undefined) {
      throw new BuildenvError('usage', 'distro run needs a distro', {
        hint: 'Name one: buildenv distro run NAME',
      });
    }
    const project = context.project();
    const specs = chosenDistros(project, [name]);
    const engine = await context.engine();
    const environment = environmentOf(project, project.distros.get(name));
    const devices = devicesOn(engine, environment);
    const image = await currentImage(context, project, engine, specs);
    const { env, owner, process } = context;
    if (image.entrypoint.length + image.cmd.length + args.length === 0) {
      throw new BuildenvError('usage', `Distro ${name} starts nothing by itself`, {
        hint: `Name a program of it: buildenv distro run ${name} PROGRAM`,
      });
    }
    const run = planImageRun({
      project: project.name,
      title: name,
      image,
      args,
      setting: environment,
      devices,
      term: process.terminal ? (env['TERM'] ?? 'dumb') : undefined,
      name: `buildenv-${project.name}-${randomUUID().slice(0, 8)}`,
      owner,
    });
    if (context.dryRun) {
      const argv = dockerArgv(run);
      return { text: quoteForShell(argv), json: { argv } };
    }
    const caller = imageUser(name, image);
    const secrets = { files: [], variables: [] };
    const fresh = { engine, environment, run, secrets };
    return { status: await superviseFresh({ ...context, caller }, fresh) };
  },
};

function environmentOf(project: Project, spec: DistroSpec | undefined): typeof BARE {
  if (project.environments.size === 0) return BARE;
  const named = project.environments.get(spec?.environment ?? '');
  return named ?? defaultEnvironment(project);
}

/** The image of the last of the distros, assembled first except in a dry run. */
async function currentImage(
  context: CommandContext,
  project: Project,
  { images }: Engine,
  specs: readonly DistroSpec[],
): Promise<ImageDetails> {
  const top = specs.at(-1)?.name ?? '';
  const reference = context.dryRun
    ? `${project.namespace}/${top}:${(await distroContext(context, project)).tag}`
    : (await assembleDistros(context, project, specs)).at(-1)?.reference;
  const image = await images.inspectImage(reference ?? '');
  if (image !== undefined) return image;
  throw new BuildenvError('not-found', `The engine has no image ${reference ?? top}`, {
    hint: `Assemble it first: buildenv distro ${top}`,
  });
}
