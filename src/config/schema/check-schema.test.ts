import { Ajv } from 'ajv';
import { build } from 'esbuild';
import { join } from 'node:path';
import schema from '../../../schema/buildenv.schema.json';
import { checkSchema } from './check-schema';
import type { SchemaNode } from './schema-node';

/** Every property of the schema with the path that leads to it, definitions included. */
function properties(node: SchemaNode, path = ''): [string, SchemaNode][] {
  const own = Object.entries(node.properties ?? {}).map(([key, value]): [string, SchemaNode] => [
    `${path}.${key}`,
    value,
  ]);
  const definitions = Object.entries(node.definitions ?? {});
  const below = [
    ...own,
    ...definitions.map(([key, value]): [string, SchemaNode] => [`#${key}`, value]),
    ...[node.items, node.additionalProperties].flatMap((value): [string, SchemaNode][] =>
      typeof value === 'object' ? [[`${path}[]`, value]] : [],
    ),
  ];
  return [...own, ...below.flatMap(([place, value]) => properties(value, place))];
}

const root = schema as unknown as SchemaNode;
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false });
ajv.addKeyword({ keyword: 'patternErrorMessage', schemaType: 'string' });

/** One value of each kind, and what the patterns and enums of the schema tell apart. */
const VALUES: readonly unknown[] = [
  null,
  true,
  -2,
  -1,
  1,
  1.5,
  1e15,
  '',
  'a',
  'A',
  '1',
  '/',
  '/a',
  '~/a',
  '1:2',
  '0755',
  'host',
  'SIGINT',
  'ALL',
  'a b',
  'http://x',
  '80/udp',
  '\u0000',
  [],
  ['a'],
  ['/a'],
  ['ALL'],
  [3],
  [{}],
  [{ path: '/a' }],
  [{ from: 'a', to: '/a' }],
  {},
  { a: 'b' },
  { nofile: 1 },
  { nofile: { soft: 1 } },
  { from: 'a' },
  { from: 'a', dockerfile: 'b' },
  { context: 'a' },
  { image: 'a' },
  { distribution: 'debian', suite: 'x' },
  { pass: ['A'], set: { A: 'b' } },
];

/** Files that hold every value in every place. */
function files(): Record<string, unknown>[] {
  const file = { version: 1, project: 'km' };
  const all: Record<string, unknown>[] = VALUES.map((value) => ({ ...file, extra: value }));
  const put = (make: (value: unknown) => object): void => {
    all.push(...VALUES.map((value) => ({ ...file, ...make(value) })));
  };
  const keys = (name: string): string[] => Object.keys(root.definitions?.[name]?.properties ?? {});
  for (const key of Object.keys(root.properties ?? {})) put((value) => ({ [key]: value }));
  for (const key of ['images', 'environments', 'distros']) {
    put((value) => ({ [key]: { x: value } }));
    put((value) => ({ [key]: { X: value } }));
  }
  for (const key of keys('image')) {
    put((value) => ({ images: { x: { dockerfile: 'a', [key]: value } } }));
    put((value) => ({ images: { x: { from: 'a', [key]: value } } }));
  }
  for (const key of keys('environment')) {
    put((value) => ({ environments: { x: { image: 'a', [key]: value } } }));
  }
  const distro = root.definitions?.['distro']?.properties;
  for (const key of Object.keys(distro?.['config']?.properties ?? {})) {
    const good = [{ from: 'a', to: '/a' }];
    put((value) => ({ distros: { x: { files: good, config: { [key]: value } } } }));
  }
  for (const key of Object.keys(distro?.['files']?.items?.properties ?? {})) {
    put((value) => ({ distros: { x: { files: [{ from: 'a', to: '/a', [key]: value }] } } }));
  }
  return all;
}

describe('the schema', () => {
  it('is one that ajv accepts in strict mode', () => {
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  it('describes every property', () => {
    const all = properties(root);
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([]);
  });

  it('has examples that are valid where they stand', () => {
    const wrong = properties(root).flatMap(([path, node]) => {
      const validate = ajv.compile({ definitions: schema.definitions, ...node });
      return (node.examples ?? []).filter((example) => !validate(example)).map(() => path);
    });
    expect(wrong).toEqual([]);
  });
});

/** Every keyword that some part of the schema uses. */
function keywordsOf(node: unknown, named = false): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => keywordsOf(item));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (named) return keywordsOf(value);
    if (['examples', 'dependencies', 'default'].includes(key)) return [key];
    return [key, ...keywordsOf(value, ['properties', 'definitions'].includes(key))];
  });
}

describe('checkSchema', () => {
  it('knows every keyword of the schema', () => {
    const annotations = '$schema title description default examples patternErrorMessage';
    const any = '$ref definitions type const enum allOf not';
    const scalars = 'pattern minimum maximum';
    const lists = 'items minItems';
    const mappings =
      'properties additionalProperties propertyNames required dependencies minProperties anyOf';
    const known = [annotations, any, scalars, lists, mappings].join(' ').split(' ');
    expect([...new Set(keywordsOf(schema))].sort()).toEqual(known.sort());
  });

  it('accepts and refuses what ajv does', () => {
    const validate = ajv.compile(schema);
    const all = files();
    const differing = all.filter((file) => validate(file) !== (checkSchema(file).length === 0));
    expect(differing).toEqual([]);
    expect(all.filter((file) => validate(file)).length).toBeGreaterThan(100);
    expect(all.filter((file) => !validate(file)).length).toBeGreaterThan(100);
  });

  it('brings no validator library into the bundle', async () => {
    const { metafile } = await build({
      entryPoints: [join(__dirname, '../load-project.ts')],
      bundle: true,
      platform: 'node',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const packages = Object.keys(metafile.inputs)
      .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
      .filter((name) => name !== undefined);
    expect([...new Set(packages)]).toEqual(['js-yaml']);
  });
});
