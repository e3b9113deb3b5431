import type { Mount } from '../engine/engine';
import type { Caller } from './caller';
import type { EnvironmentSpec } from './environment-spec';
import { planRun, type RunRequest } from './plan-run';

const caller: Caller = {
  uid: 1000,
  gid: 100,
  groups: [100, 27, 998],
  name: 'me',
  home: '/home/me',
};
const environment: EnvironmentSpec = {
  name: 'default',
  image: 'tools',
  network: 'host',
  devices: [],
  ulimits: { nofile: { soft: 1024, hard: 4096 } },
  capabilities: ['SYS_PTRACE'],
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
};
const request: RunRequest = {
  project: 'km',
  root: '/src/km',
  cwd: '/src/km/tests',
  environment,
  image: 'sha256:1',
  command: ['make', 'test'],
  caller,
  devices: ['/dev/kvm'],
  shares: [],
  source: { type: 'bind', source: '/src/km', target: '/src/km' },
  env: { CI: '1', TERM: 'xterm', EMPTY: '' },
  extraEnv: [],
  terminal: false,
  name: 'buildenv-km-1',
  owner: 'host:7',
};
const tmpfs = (target: string): Mount => ({
  type: 'tmpfs',
  source: '',
  target,
  options: 'exec,mode=0755',
  owner: { uid: 1000, gid: 100 },
});

function plan(
  changes: Partial<Omit<RunRequest, 'environment'>> = {},
  environmentChanges: Partial<EnvironmentSpec> = {},
) {
  const root = changes.root ?? request.root;
  return planRun({
    ...request,
    source: { type: 'bind', source: root, target: root },
    ...changes,
    environment: { ...environment, ...environmentChanges },
  });
}
const targets = (mounts: readonly Mount[]) => mounts.map(({ type, target }) => `${type} ${target}`);

test('a run has all that the request says', () => {
  expect(plan()).toEqual({
    name: 'buildenv-km-1',
    image: 'sha256:1',
    command: ['make', 'test'],
    user: '1000:100',
    workingDir: '/src/km/tests',
    env: ['HOME=/home/me', 'USER=me', 'LOGNAME=me'],
    labels: {
      'dev.buildenv.project': 'km',
      'dev.buildenv.kind': 'run',
      'dev.buildenv.name': 'default',
      'dev.buildenv.owner': 'host:7',
    },
    mounts: [tmpfs('/home/me'), { type: 'bind', source: '/src/km', target: '/src/km' }],
    devices: ['/dev/kvm'],
    ulimits: [{ name: 'nofile', soft: 1024, hard: 4096 }],
    capabilities: ['SYS_PTRACE'],
    network: 'host',
    groups: ['27', '998'],
    securityOptions: ['label=disable'],
    terminal: false,
  });
});

describe('home', () => {
  test.each([
    ['is where it is on the host', {}, '/home/me', ['tmpfs /home/me']],
    ["is the image's own for root", { uid: 0, home: '/root' }, '/root', []],
    ['of root elsewhere is /root as well', { uid: 0, home: '/srv/root' }, '/root', []],
    ['that is / is made', { home: '/' }, '/home/me', ['tmpfs /home/me']],
    ['that does not exist is made', { home: '/nonexistent' }, '/home/me', ['tmpfs /home/me']],
    ['that is unknown is made', { home: '' }, '/home/me', ['tmpfs /home/me']],
  ])('%s', (_name, who, home, mounts) => {
    const { env, mounts: all } = plan({ caller: { ...caller, ...who } });
    expect(env).toContain(`HOME=${home}`);
    expect(targets(all).filter((target) => target.startsWith('tmpfs'))).toEqual(mounts);
  });

  test.each(['/home/me', '/home', '/home/me/km'])('with the tree %s', (root) => {
    const { mounts } = plan({ root, cwd: root });
    const holdsHome = root !== '/home/me/km';
    expect(targets(mounts)).toEqual([...(holdsHome ? [] : ['tmpfs /home/me']), `bind ${root}`]);
  });
});

describe('caches', () => {
  const mountsOf = (caches: EnvironmentSpec['caches'], changes: Partial<RunRequest> = {}) =>
    targets(plan({ ...changes }, { caches }).mounts);

  test('are volumes of the project and the user', () => {
    const { mounts } = plan({}, { caches: { ccache: '~/.ccache' } });
    expect(mounts.at(-1)).toEqual({
      type: 'volume',
      source: 'buildenv-km-ccache-1000',
      target: '/home/me/.ccache',
      labels: {
        'dev.buildenv.project': 'km',
        'dev.buildenv.kind': 'cache',
        'dev.buildenv.name': 'ccache',
      },
    });
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['outside of home need no folders', { a: '/var/cache/a' }, ['volume /var/cache/a']],
    [
      'below home have the folders between in memory',
      { a: '~/.cache/deep/a', b: '~/.cache/b' },
      [
        'tmpfs /home/me/.cache/deep',
        'tmpfs /home/me/.cache',
        'volume /home/me/.cache/deep/a',
        'volume /home/me/.cache/b',
      ],
    ],
    [
      'below another cache leave that one in place',
      { a: '~/.cache', b: '~/.cache/b' },
      ['volume /home/me/.cache', 'volume /home/me/.cache/b'],
    ],
  ])('%s', (_name, caches, expected) => {
    expect(mountsOf(caches)).toEqual([
      'tmpfs /home/me',
      ...expected.filter((one) => one.startsWith('tmpfs')),
      'bind /src/km',
      ...expected.filter((one) => one.startsWith('volume')),
    ]);
  });

  test('below a tree that is below home hide nothing of the tree', () => {
    const root = '/home/me/km';
    expect(mountsOf({ a: '~/km/build/cache' }, { root, cwd: root })).toEqual([
      'tmpfs /home/me',
      'bind /home/me/km',
      'volume /home/me/km/build/cache',
    ]);
  });

  test('of root need no home', () => {
    expect(mountsOf({ a: '~/.cache/a' }, { caller: { ...caller, uid: 0 } })).toEqual([
      'bind /src/km',
      'volume /root/.cache/a',
    ]);
  });
});

describe('variables', () => {
  const own = ['HOME=/home/me', 'USER=me', 'LOGNAME=me'];
  const added = (changes: Partial<RunRequest>, env: Partial<EnvironmentSpec['env']> = {}) =>
    plan(changes, { env: { pass: [], set: {}, ...env } }).env.filter((one) => !own.includes(one));

  test.each<[string, Partial<RunRequest>, Partial<EnvironmentSpec['env']>, string[]]>([
    ['those that are set are passed', {}, { pass: ['CI', 'UNSET', 'EMPTY'] }, ['CI=1', 'EMPTY=']],
    [
      '~ is the home where a value begins with it',
      {},
      { set: { A: '~/a', B: 'x~/b', C: '~' } },
      ['A=/home/me/a', 'B=x~/b', 'C=/home/me'],
    ],
    ['a set one goes over a passed one', {}, { pass: ['CI'], set: { CI: '2' } }, ['CI=2']],
    ['-e NAME passes', { extraEnv: ['CI', 'UNSET'] }, {}, ['CI=1']],
    ['-e NAME=value sets', { extraEnv: ['A=1=2', 'B='] }, {}, ['A=1=2', 'B=']],
    ['-e goes over all', { extraEnv: ['CI=3'] }, { set: { CI: '2' } }, ['CI=3']],
    ['-e ~ is what it is: the shell has its say before', { extraEnv: ['A=~/a'] }, {}, ['A=~/a']],
    ['with a terminal TERM is passed', { terminal: true }, {}, ['TERM=xterm']],
  ])('%s', (_name, changes, env, expected) => {
    expect(added(changes, env)).toEqual(expected);
  });

  test('HOME can be set', () => {
    expect(plan({ extraEnv: ['HOME=/tmp'] }).env).toEqual(['HOME=/tmp', 'USER=me', 'LOGNAME=me']);
  });
});
