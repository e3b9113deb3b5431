import { chooseRegistry } from '../../config/choose-registry';
import { BuildenvError } from '../../errors/buildenv-error';
import type { RegistrySpec } from '../../registry/registry-spec';
import type { Command } from '../command';
import type { CommandContext } from '../command-context';

export const login: Command = {
  name: 'login',
  words: '[REGISTRY]',
  maxWords: 1,
  summary: 'Prove that the credentials of a registry work, and say as whom and until when',
  details:
    'REGISTRY is a name of the configuration, or the host of any registry that the docker client ' +
    'has credentials for. Nothing is stored: what a registry issues, it issues again when needed.',
  examples: [
    ['buildenv login', 'The first registry of the configuration'],
    ['buildenv login azure', 'The one with that name'],
    ['buildenv login docker.io', 'With what `docker login` left'],
  ],
  async run(context, { words }) {
    const spec = namedRegistry(context, words[0]);
    const registry = await context.registry(spec);
    const { identity, expires } = await registry.login();
    const until = expires === undefined ? '' : ` until ${expires.toISOString()}`;
    return {
      text: `${registry.host}: logged in as ${identity}${until}`,
      json: { registry: registry.host, identity, expires: expires?.toISOString() ?? null },
    };
  },
};

/** A host that the configuration does not have: with a dot or a port, as engines tell hosts. */
const HOST = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?$|^[a-z0-9-]+:\d+$/i;

function namedRegistry(context: CommandContext, name: string | undefined): RegistrySpec {
  const configured = context.configFile() !== undefined;
  if (name !== undefined && HOST.test(name)) {
    const registries = configured ? [...context.project().registries.values()] : [];
    const known = registries.find((one) => one.name === name || one.host === name);
    return known ?? { name, host: name, auth: { kind: 'docker' } };
  }
  if (!configured && name !== undefined) {
    throw new BuildenvError('usage', `There is no buildenv.yaml that could name '${name}'`, {
      hint: 'Name the host of a registry: buildenv login registry.example.org',
    });
  }
  return chooseRegistry(context.project(), name);
}
