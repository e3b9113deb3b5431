import { BuildenvError } from '../errors/buildenv-error';
import type { RegistrySpec } from '../registry/registry-spec';
import { chooseRegistry } from './choose-registry';

const registry = (name: string): [string, RegistrySpec] => [
  name,
  { name, host: `${name}.example.org`, auth: { kind: 'docker' } },
];
const project = { file: '/km/buildenv.yaml', registries: new Map(['azure', 'hub'].map(registry)) };

test('the one that is named, else the first', () => {
  expect(chooseRegistry(project, 'hub').name).toBe('hub');
  expect(chooseRegistry(project, undefined).name).toBe('azure');
});

test('one that is not there', () => {
  expect(() => chooseRegistry(project, 'hup')).toThrow(BuildenvError);
  expect(() => chooseRegistry(project, '')).toThrow("There is no registry ''");
  expect(() => chooseRegistry({ ...project, registries: new Map() }, undefined)).toThrow(
    '/km/buildenv.yaml has no registries',
  );
});
