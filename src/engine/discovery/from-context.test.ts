import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromContext } from './from-context';
import type { HostFacts } from './host-facts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'from-context-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const facts = (env: HostFacts['env'] = {}): HostFacts => ({ env, homedir: home, uid: 1000 });
const idOf = (name: string) => createHash('sha256').update(name).digest('hex');

function writeConfig(config: string, folder = '.docker'): void {
  mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(home, folder, 'config.json'), config);
}

/** As `docker context create NAME --docker host=..` writes it. */
function writeContext(name: string, host: string | undefined, folder = '.docker'): void {
  const meta = join(home, folder, 'contexts/meta', idOf(name));
  mkdirSync(meta, { recursive: true });
  const docker = host === undefined ? undefined : { Host: host, SkipTLSVerify: false };
  const text = JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } });
  writeFileSync(join(meta, 'meta.json'), text);
}

test('without a configuration there is no context', () => {
  expect(fromContext(facts())).toBeUndefined();
});

test.each(['{}', '{"currentContext":""}', '{"currentContext":"default"}'])(
  'the configuration %s means the usual sockets',
  (config) => {
    writeConfig(config);
    expect(fromContext(facts())).toBeUndefined();
  },
);

test('the context that `docker context use` chose is taken', () => {
  writeConfig('{"currentContext":"remote"}');
  writeContext('remote', 'tcp://build-host:2375');
  expect(fromContext(facts())).toMatchObject({ url: 'tcp://build-host:2375', secure: false });
});

test('DOCKER_CONTEXT goes over the configuration', () => {
  writeConfig('{"currentContext":"remote"}');
  writeContext('mine', 'unix:///run/mine.sock');
  expect(fromContext(facts({ DOCKER_CONTEXT: 'mine' }))).toMatchObject({
    socketPath: '/run/mine.sock',
  });
});

test('DOCKER_CONTEXT=default means the usual sockets, whatever the configuration says', () => {
  writeConfig('{"currentContext":"remote"}');
  expect(fromContext(facts({ DOCKER_CONTEXT: 'default' }))).toBeUndefined();
});

test('an empty DOCKER_CONTEXT is as good as none', () => {
  writeConfig('{"currentContext":"remote"}');
  writeContext('remote', 'unix:///run/remote.sock');
  expect(fromContext(facts({ DOCKER_CONTEXT: '' }))).toMatchObject({
    socketPath: '/run/remote.sock',
  });
});

test('DOCKER_CONFIG is another folder; an empty one is as good as none', () => {
  writeConfig('{"currentContext":"remote"}', 'elsewhere');
  writeContext('remote', 'unix:///run/remote.sock', 'elsewhere');
  expect(fromContext(facts({ DOCKER_CONFIG: join(home, 'elsewhere') }))).toMatchObject({
    socketPath: '/run/remote.sock',
  });
  writeConfig('{"currentContext":"home"}');
  writeContext('home', 'unix:///run/home.sock');
  expect(fromContext(facts({ DOCKER_CONFIG: '' }))).toMatchObject({
    socketPath: '/run/home.sock',
  });
});

test('the TLS files of a context go with it', () => {
  writeContext('safe', 'tcp://build-host');
  const tls = join(home, '.docker/contexts/tls', idOf('safe'), 'docker');
  mkdirSync(tls, { recursive: true });
  expect(fromContext(facts({ DOCKER_CONTEXT: 'safe' }))).toEqual({
    kind: 'tcp',
    url: 'tcp://build-host',
    host: 'build-host',
    port: 2376,
    secure: true,
    tls: { ca: join(tls, 'ca.pem'), cert: join(tls, 'cert.pem'), key: join(tls, 'key.pem') },
  });
});

test.each([
  ['a context that does not exist', () => undefined],
  ['a context without an engine, for Kubernetes alone', () => writeContext('gone', undefined)],
])('%s is an error', (_name, prepare) => {
  prepare();
  expect(() => fromContext(facts({ DOCKER_CONTEXT: 'gone' }))).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: "The docker context 'gone' has no engine",
      hint: 'See `docker context ls`, or name the engine with --engine.',
    }) as Error,
  );
});

test('a configuration that is no JSON is an error that names the file', () => {
  writeConfig('{"currentContext":');
  expect(() => fromContext(facts())).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: `${home}/.docker/config.json cannot be read as JSON`,
    }) as Error,
  );
});
