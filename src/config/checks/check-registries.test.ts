import { checkSchema } from '../schema/check-schema';
import { toProject } from '../to-project';
import type { ProjectFile } from '../project-file';
import { checkRegistries } from './check-registries';

const file = (registries: object): ProjectFile =>
  ({ version: 1, project: 'km', registries }) as ProjectFile;

const problems = (registry: object): string[] => {
  const written = file({ r: registry });
  return [...checkSchema(written), ...checkRegistries(written)].map(({ message }) => message);
};

test('registries are read with their defaults, in the order of the file', () => {
  const azure = {
    url: 'x.azurecr.io',
    auth: 'azure',
    ca: 'ca.pem',
    azure: { tenant: 'example.org', disableInstanceDiscovery: true },
  };
  const robot = { url: 'h:5000/a/b', auth: 'basic', username: 'u', passwordVariable: 'P' };
  const written = file({ azure, hub: { url: 'docker.io/km' }, robot });
  expect(checkSchema(written)).toEqual([]);
  expect([...toProject(written, '/km/buildenv.yaml').registries.values()]).toEqual([
    {
      name: 'azure',
      host: 'x.azurecr.io',
      path: undefined,
      auth: { kind: 'azure', options: { tenant: 'example.org', disableInstanceDiscovery: true } },
      caFile: '/km/ca.pem',
    },
    {
      name: 'hub',
      host: 'docker.io',
      path: 'km',
      auth: { kind: 'docker' },
      caFile: undefined,
    },
    {
      name: 'robot',
      host: 'h:5000',
      path: 'a/b',
      auth: { kind: 'basic', username: 'u', passwordVariable: 'P' },
      caFile: undefined,
    },
  ]);
});

test.each([
  [{ url: 'localhost' }],
  [{ url: 'localhost:5000/a' }],
  [{ url: '127.0.0.1:5000' }],
  [{ url: 'x.azurecr.io', auth: 'azure' }],
  [{ url: 'x.org', auth: 'anonymous' }],
])('%j is right', (registry) => expect(problems(registry)).toEqual([]));

test.each<[object, RegExp]>([
  [{ url: 'https://x.org' }, /must be a host/],
  [{ url: 'kontain' }, /must be a host/],
  [{ url: 'x.org/' }, /must be a host/],
  [{ url: 'x.org', auth: 'basic' }, /needs 'username'/],
  [{ url: 'x.org', auth: 'docker', azure: {} }, /'azure' goes with 'auth: azure'/],
  [{ url: 'x.org', username: 'u', passwordVariable: 'P' }, /auth/],
  [
    { url: 'x.org', auth: 'anonymous', username: 'u', passwordVariable: 'P' },
    /'username' goes with/,
  ],
  [{ url: 'x.org', auth: 'azure', azure: { serviceConnection: 'a' } }, /tenant/],
  [{ url: 'x.org', auth: 'azure', azure: { authorityHost: 'http://x' } }, /must be an https URL/],
])('%j is wrong', (registry, message) => expect(problems(registry).join()).toMatch(message));
