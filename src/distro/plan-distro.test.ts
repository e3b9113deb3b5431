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
  time: 1,
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
    changes: [
      'LABEL "dev.buildenv.kind"="distro"',
      'LABEL "dev.buildenv.project"="km-project"',
      'LABEL "org.opencontainers.image.revision"="abc"',
      'ENTRYPOINT ["/km"]',
    ],
  });
});

test('where the source is, is a label', () => {
  const revision = { commit: 'abc', dirty: false, source: 'https://example.org/km' };
  expect(planDistro(spec, selection, { ...context, revision }).changes).toContain(
    'LABEL "org.opencontainers.image.source"="https://example.org/km"',
  );
});

test('changes that are not committed show in the revision', () => {
  const dirty = { ...context, revision: { commit: 'abc', dirty: true } };
  expect(planDistro(spec, selection, dirty).changes).toContain(
    'LABEL "org.opencontainers.image.revision"="abc-dirty"',
  );
  const { changes } = planDistro(spec, selection, { ...context, revision: undefined });
  expect(changes.join()).not.toContain('revision');
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
