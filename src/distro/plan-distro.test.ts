import type { DistroSpec } from './distro-spec';
import { planDistro } from './plan-distro';
import type { Selection } from './selection';

const spec: DistroSpec = {
  name: 'km',
  files: [{ from: '/src/km', to: '/km', uid: 0, gid: 0 }],
  config: {
    entrypoint: ['/km'],
    env: {},
    labels: { 'dev.buildenv.kind': 'other' },
    exposedPorts: [],
    volumes: [],
  },
};
const context = {
  project: 'km-project',
  namespace: 'kontain',
  tag: 'main',
  times: { image: 2, files: 1 },
  platform: 'linux/amd64',
  revision: { commit: 'abc', dirty: false },
};
const file = { kind: 'file', by: 'files[0]', mode: 0o755, uid: 0, gid: 0 } as const;
const selection: Selection = {
  entries: [
    { ...file, origin: '/src/km', source: '/src/km', path: 'bin/km', size: 10 },
    { ...file, origin: '/src/x', source: '/src/x', path: 'x', size: 5 },
  ],
  problems: [],
};

test('the plan has the image, the entries, their bytes and the configuration', () => {
  expect(planDistro(spec, selection, context)).toMatchObject({
    name: 'km',
    repository: 'kontain/km',
    tag: 'main',
    entries: [{ path: 'bin' }, { path: 'bin/km', mode: 0o755, mtime: 1 }, { path: 'x' }],
    bytes: 15,
    config: {
      entrypoint: ['/km'],
      labels: {
        'dev.buildenv.kind': 'distro',
        'dev.buildenv.project': 'km-project',
        'org.opencontainers.image.revision': 'abc',
      },
    },
  });
});

const labelsOf = (revision: typeof context.revision | undefined) =>
  planDistro(spec, selection, { ...context, revision }).config.labels;

test('where the source is, is a label', () => {
  const source = 'https://example.org/km';
  const revision = { commit: 'abc', dirty: false, source };
  expect(labelsOf(revision)).toHaveProperty(['org.opencontainers.image.source'], source);
});

test('changes that are not committed show in the revision', () => {
  const label = ['org.opencontainers.image.revision'];
  expect(labelsOf({ commit: 'abc', dirty: true })).toHaveProperty(label, 'abc-dirty');
  expect(labelsOf(undefined)).not.toHaveProperty(label);
});

test('on a base there is only what differs, and the configuration goes on', () => {
  const base = planDistro({ ...spec, name: 'base' }, selection, context).asBase;
  const more: Selection = {
    entries: [
      ...selection.entries,
      { ...file, kind: 'link', origin: '/src/l', path: 'bin/python', target: 'km' },
    ],
    problems: [],
  };
  const config = { ...spec.config, entrypoint: undefined, cmd: ['/app'], env: { A: 'b' } };
  expect(planDistro({ ...spec, config }, more, context, base)).toMatchObject({
    entries: [{ path: 'bin' }, { path: 'bin/python' }],
    bytes: 0,
    config: { entrypoint: ['/km'], cmd: ['/app'], env: { A: 'b' } },
  });
  expect(planDistro(spec, selection, context, base).layers).toEqual([]);
});

test('all missing files are told at once, with where they are asked for', () => {
  const missing = (index: number) => ({
    by: `files[${index}]`,
    origin: `/src/${index}`,
    reason: 'is not there',
    missing: true,
  });
  const plan = () => planDistro(spec, { entries: [], problems: [missing(0), missing(2)] }, context);
  expect(plan).toThrow(
    [
      'Distro km: 2 problems',
      '  /src/0 is not there (distros.km.files[0])',
      '  /src/2 is not there (distros.km.files[2])',
    ].join('\n'),
  );
  expect(plan).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
});

test('a socket is an error of its own kind', () => {
  const problem = { by: 'files[0]', origin: '/src/s', reason: 'is a socket', missing: false };
  const plan = () => planDistro(spec, { entries: [], problems: [problem] }, context);
  expect(plan).toThrow('Distro km: /src/s is a socket (distros.km.files[0])');
  expect(plan).toThrow(expect.objectContaining({ code: 'host' }) as Error);
});
