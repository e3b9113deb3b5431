import { imageChanges } from './image-changes';

const empty = { env: {}, labels: {}, exposedPorts: [], volumes: [] };

test('nothing configured, nothing changed', () => {
  expect(imageChanges(empty, {})).toEqual([]);
});

test('everything, the command after the entrypoint that would drop it', () => {
  const config = {
    entrypoint: ['/km', '--x'],
    cmd: [],
    env: { PATH: '/bin' },
    workingDir: '/work',
    user: '7:8',
    labels: { title: 'KM' },
    exposedPorts: ['8080/tcp'],
    volumes: ['/data'],
    stopSignal: 'SIGINT',
  };
  expect(imageChanges(config, { 'dev.buildenv.kind': 'distro' })).toEqual([
    'ENV "PATH"="/bin"',
    'LABEL "title"="KM"',
    'LABEL "dev.buildenv.kind"="distro"',
    'WORKDIR "/work"',
    'USER "7:8"',
    'EXPOSE "8080/tcp"',
    String.raw`VOLUME ["\"/data\""]`,
    'STOPSIGNAL "SIGINT"',
    'ENTRYPOINT ["/km","--x"]',
    'CMD []',
  ]);
});

test('values are quoted so that nothing is expanded', () => {
  const config = { ...empty, env: { A: String.raw`"$HOME" \ 'x'` } };
  expect(imageChanges(config, {})).toEqual([String.raw`ENV "A"="\"\$HOME\" \\ 'x'"`]);
});

test.each([
  [{ env: { A: 'two\nlines' } }, 'ENV: "two\\nlines" has a line break'],
  [{ labels: { 'a=b': 'c' } }, 'LABEL: "a=b" is no name'],
  [{ workingDir: '/a\rb' }, 'WORKDIR: "/a\\rb" has a line break'],
  [{ volumes: ['/a\nb'] }, 'VOLUME: "/a\\nb" has a line break'],
])('what no instruction can carry is refused: %j', (config, message) => {
  expect(() => imageChanges({ ...empty, ...config }, {})).toThrow(message);
});

test('an entrypoint may have line breaks', () => {
  const entrypoint = ['sh', '-c', 'a\nb'];
  expect(imageChanges({ ...empty, entrypoint }, {})).toEqual([
    String.raw`ENTRYPOINT ["sh","-c","a\nb"]`,
  ]);
});
