import type { EnvironmentSpec } from '../run/environment-spec';
import { defaultEnvironment } from './default-environment';
import type { Project } from './project';

function projectWith(...names: string[]): Project {
  const environment = (name: string): EnvironmentSpec => ({
    name,
    image: 'tools',
    network: 'host',
    devices: [],
    ulimits: {},
    capabilities: [],
    caches: {},
    grace: 4,
    reuse: 'standby',
    idle: 600,
    env: { pass: [], set: {} },
    source: undefined,
    exclude: [],
    outputs: { paths: [], onFailure: false, limit: 1 },
    ssh: false,
    docker: false,
    secrets: [],
  });
  return {
    root: '/src',
    file: '/src/buildenv.yaml',
    name: 'km',
    namespace: 'km',
    registries: new Map(),
    images: new Map(),
    environments: new Map(names.map((name) => [name, environment(name)])),
    test: undefined,
    distros: new Map(),
    protectedTags: [],
    ci: { branch: 'main', install: undefined, run: undefined },
    packages: new Map(),
    rpm: {
      image: undefined,
      server: undefined,
      keep: 'latest',
      repositoryFile: '/src/custom-repo.yaml',
      arch: 'x86_64',
      deps: undefined,
    },
  };
}

it('is the only one', () => {
  expect(defaultEnvironment(projectWith('fedora')).name).toBe('fedora');
});

it('is the one of that name among several', () => {
  expect(defaultEnvironment(projectWith('fedora', 'default')).name).toBe('default');
});

it('is an error that names them where there are several', () => {
  expect(() => defaultEnvironment(projectWith('fedora', 'debian'))).toThrow(
    'which environment? /src/buildenv.yaml has fedora, debian',
  );
});

it('is an error where there is none', () => {
  expect(() => defaultEnvironment(projectWith())).toThrow('/src/buildenv.yaml has no environments');
});
