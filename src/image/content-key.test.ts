import type { BuildContext, ContextEntry } from './build-context';
import { baseImageKey, dockerfileImageKey } from './content-key';
import type { BaseImageSpec, DockerfileImageSpec } from './image-spec';

const spec: DockerfileImageSpec = {
  kind: 'dockerfile',
  name: 'toolchain',
  dockerfile: '/tree/Dockerfile',
  context: '/tree',
  needs: ['base'],
  args: { A: '1', B: '2' },
  target: undefined,
};
const file: ContextEntry = {
  kind: 'file',
  path: 'run.sh',
  mode: 0o755,
  size: 3,
  digest: 'aa',
  source: '/tree/run.sh',
};
const link: ContextEntry = {
  kind: 'link',
  path: 'sh',
  mode: 0o755,
  target: 'run.sh',
  source: '/tree/sh',
};
const context: BuildContext = { dockerfile: 'FROM x\n', entries: [file, link] };
const inputs = { spec, context, needed: ['key-of-base'], platform: 'linux/amd64' };

const keyOf = (changes: Partial<typeof inputs> = {}) => {
  const { spec, context, needed, platform } = { ...inputs, ...changes };
  return dockerfileImageKey(spec, context, needed, platform);
};
const withEntries = (...entries: ContextEntry[]) => ({ context: { ...context, entries } });

test('a key is 128 bits in hexadecimal, the same for the same inputs', () => {
  expect(keyOf()).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf(structuredClone(inputs))).toBe(keyOf());
});

test.each<[string, Partial<typeof inputs>]>([
  ['the order of the arguments', { spec: { ...spec, args: { B: '2', A: '1' } } }],
  ["the image's name", { spec: { ...spec, name: 'other' } }],
  [
    'where the tree is',
    {
      spec: { ...spec, dockerfile: '/elsewhere/Dockerfile', context: '/elsewhere' },
      ...withEntries(
        { ...file, source: '/elsewhere/run.sh' },
        { ...link, source: '/elsewhere/sh' },
      ),
    },
  ],
])('%s is no part of the key', (_name, changes) => {
  expect(keyOf(changes)).toBe(keyOf());
});

test('every input makes another key', () => {
  const variants: Partial<typeof inputs>[] = [
    {},
    { context: { ...context, dockerfile: 'FROM y\n' } },
    { spec: { ...spec, args: { A: '1', B: '3' } } },
    { spec: { ...spec, args: { A: '1' } } },
    { spec: { ...spec, target: 'test' } },
    { needed: ['another-key'] },
    { needed: [] },
    { platform: 'linux/arm64' },
    withEntries(file),
    withEntries({ ...file, digest: 'bb' }, link),
    withEntries({ ...file, mode: 0o644 }, link),
    withEntries({ ...file, path: 'start.sh' }, link),
    withEntries(file, { ...link, target: 'other' }),
    withEntries(file, { kind: 'folder', path: 'sh', mode: 0o755, source: '/tree/sh' }),
  ];
  const keys = variants.map(keyOf);
  expect(new Set(keys).size).toBe(variants.length);
});

test('a name and a value are not mixed up', () => {
  const keys = [{ AB: 'C' }, { A: 'BC' }, { A: 'B', C: '' }, { 'A,B': 'C' }].map((args) =>
    keyOf({ spec: { ...spec, args } }),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('every input of a base image makes another key, its name does not', () => {
  const bootstrap = { distribution: 'debian', suite: 'bookworm', packages: ['make'] } as const;
  const base: BaseImageSpec = { kind: 'base', name: 'base', from: 'debian:12', bootstrap };
  const variants: BaseImageSpec[] = [
    base,
    { ...base, from: 'debian:13' },
    { ...base, from: undefined },
    { ...base, bootstrap: undefined },
    { ...base, bootstrap: { ...bootstrap, distribution: 'ubuntu' } },
    { ...base, bootstrap: { ...bootstrap, suite: 'trixie' } },
    { ...base, bootstrap: { ...bootstrap, packages: [] } },
    { ...base, bootstrap: { ...bootstrap, mirror: 'http://mirror' } },
  ];
  const keys = variants.map((variant) => baseImageKey(variant, 'linux/amd64'));
  keys.push(baseImageKey(base, 'linux/arm64'));
  expect(new Set(keys).size).toBe(variants.length + 1);
  expect(baseImageKey({ ...base, name: 'other' }, 'linux/amd64')).toBe(keys[0]);
});
