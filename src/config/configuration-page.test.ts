import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import schema from '../../schema/buildenv.schema.json';
import { loadProject } from './load-project';

const page = readFileSync(join(__dirname, '../../docs/configuration.md'), 'utf8');

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'buildenv-config-'));
});
afterAll(() => rmSync(root, { recursive: true }));

it('has an example that loads', () => {
  const dockerfile = join(root, 'Dockerfiles/buildenv-km-debian.dockerfile');
  mkdirSync(dirname(dockerfile));
  mkdirSync(join(root, 'images/buildenv-km-debian'), { recursive: true });
  writeFileSync(dockerfile, '');
  const file = join(root, 'buildenv.yaml');
  writeFileSync(file, /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '');

  const project = loadProject(file);
  expect([...project.images.keys()]).toEqual(['base-debian', 'buildenv-km-debian']);
  expect(project.distros.get('km')?.files).toHaveLength(2);
});

it('has every key of the schema', () => {
  const { registry, image, environment, distro, rpm } = schema.definitions;
  const recipe = schema.definitions.package;
  const nested = ['source', 'packaging', 'tarball', 'rpmbuild'] as const;
  const below = (prefix: string, properties: object): string[] =>
    Object.keys(properties).map((key) => prefix + key);
  const { publish, ci } = schema.properties;
  const keys = [
    ...below('', publish.properties),
    ...below('', ci.properties),
    ...below('', schema.properties),
    ...below('', registry.properties).filter((key) => key !== 'azure'),
    ...below('azure.', registry.properties.azure.properties),
    ...below('', image.properties).filter((key) => key !== 'bootstrap'),
    ...below('bootstrap.', image.properties.bootstrap.properties),
    ...below('', environment.properties).filter((key) => key !== 'env'),
    ...below('env.', environment.properties.env.properties),
    ...below('test.', schema.properties.test.properties),
    ...below('files[].', distro.properties.files.items.properties),
    ...below('config.', distro.properties.config.properties),
    ...below('', recipe.properties).filter((key) => !(nested as readonly string[]).includes(key)),
    ...nested.flatMap((key) => below(`${key}.`, recipe.properties[key].properties)),
    ...below('', rpm.properties).filter((key) => key !== 'deps'),
    ...below('deps.', rpm.properties.deps.properties),
  ];
  expect(keys.filter((key) => !page.includes(`\n| \`${key}\` `))).toEqual([]);
});
