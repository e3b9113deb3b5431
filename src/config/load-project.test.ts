import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildenvError } from '../errors/buildenv-error';
import { ConfigError } from '../errors/config-error';
import { loadProject } from './load-project';

let root: string;
let file: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'buildenv-config-'));
  file = join(root, 'buildenv.yaml');
  writeFileSync(join(root, 'Dockerfile'), 'FROM scratch\n');
  mkdirSync(join(root, 'context'));
});

afterAll(() => rmSync(root, { recursive: true }));

/** What `loadProject` throws for a text. */
function errorOf(text: string | Buffer): unknown {
  writeFileSync(file, text);
  try {
    loadProject(file);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** `line:column message [hint]` of every problem. */
function problemsOf(text: string | Buffer): string[] {
  const error = errorOf(text);
  if (!(error instanceof ConfigError)) throw new Error('no ConfigError', { cause: error });
  return error.problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message} [${hint ?? ''}]`,
  );
}

const HEAD = 'version: 1\nproject: km\n';
const IMAGES = 'images:\n  tools: {dockerfile: Dockerfile}\n';
/** A file with one environment, whose further keys stand in line 7. */
const environment = (keys: string): string =>
  `${HEAD}${IMAGES}environments:\n  default:\n    image: tools\n    ${keys}\n`;
/** A file with one distro, whose keys stand in line 5. */
const distro = (keys: string): string => `${HEAD}distros:\n  km:\n    ${keys}\n`;

describe('a complete file', () => {
  it('is read with defaults filled in and paths absolute', () => {
    writeFileSync(
      file,
      `version: 1
project: km
namespace: kontain
images:
  base-debian:
    from: debian:bookworm-slim
    bootstrap: { distribution: debian, suite: bookworm }
  tools:
    dockerfile: Dockerfile
    context: context
    needs: [base-debian]
    args: { GCC: "12" }
    target: build
environments:
  default:
    image: tools
    network: none
    devices: [/dev/fuse, { path: /dev/kvm, required: false }]
    ulimits: { nofile: 1024:4096, core: -1, stack: { soft: 1, hard: 2 } }
    capabilities: [SYS_PTRACE]
    caches: { ccache: ~/.cache/ccache }
    env: { pass: [CI], set: { CCACHE_DIR: ~/.cache/ccache } }
test: { environment: default, command: [make, test] }
distros:
  km:
    files:
      - { from: build/km, to: /opt//km, mode: "0755", owner: "1:2" }
      - { from: /etc/hosts, to: /etc/hosts }
    config: { entrypoint: [/opt/km], exposedPorts: ["80", 53/udp], user: "1000" }
publish: { protect: [release-*] }
ci: { branch: master, install: npm ci, run: [make, 'make test'] }
`,
    );

    expect(loadProject(file)).toEqual({
      root,
      file,
      name: 'km',
      namespace: 'kontain',
      registries: new Map(),
      images: new Map<string, unknown>([
        [
          'base-debian',
          {
            kind: 'base',
            name: 'base-debian',
            from: 'debian:bookworm-slim',
            bootstrap: { distribution: 'debian', suite: 'bookworm', packages: [] },
          },
        ],
        [
          'tools',
          {
            kind: 'dockerfile',
            name: 'tools',
            dockerfile: join(root, 'Dockerfile'),
            context: join(root, 'context'),
            needs: ['base-debian'],
            args: { GCC: '12' },
            target: 'build',
          },
        ],
      ]),
      environments: new Map([
        [
          'default',
          {
            name: 'default',
            image: 'tools',
            network: 'none',
            devices: [
              { path: '/dev/fuse', required: true },
              { path: '/dev/kvm', required: false },
            ],
            ulimits: {
              nofile: { soft: 1024, hard: 4096 },
              core: { soft: -1, hard: -1 },
              stack: { soft: 1, hard: 2 },
            },
            capabilities: ['SYS_PTRACE'],
            grace: 4,
            reuse: 'standby',
            idle: 600,
            caches: { ccache: '~/.cache/ccache' },
            env: { pass: ['CI'], set: { CCACHE_DIR: '~/.cache/ccache' } },
            source: undefined,
            exclude: [],
            outputs: { paths: [], onFailure: false, limit: 10 * 2 ** 30 },
            ssh: false,
            docker: false,
            secrets: [],
          },
        ],
      ]),
      test: { environment: 'default', command: ['make', 'test'] },
      distros: new Map([
        [
          'km',
          {
            name: 'km',
            files: [
              { from: join(root, 'build/km'), to: '/opt/km', mode: 0o755, uid: 1, gid: 2 },
              { from: '/etc/hosts', to: '/etc/hosts', mode: undefined, uid: 0, gid: 0 },
            ],
            config: {
              entrypoint: ['/opt/km'],
              env: {},
              user: '1000',
              labels: {},
              exposedPorts: ['80/tcp', '53/udp'],
              volumes: [],
            },
          },
        ],
      ]),
      protectedTags: ['release-*'],
      ci: { branch: 'master', install: 'npm ci', run: ['make', 'make test'] },
      packages: new Map(),
      rpm: {
        image: undefined,
        server: undefined,
        keep: 'latest',
        repositoryFile: join(root, 'custom-repo.yaml'),
        arch: 'x86_64',
        deps: undefined,
      },
    });
  });

  it('needs no more than version and project', () => {
    writeFileSync(file, `\ufeff${HEAD}`);
    const { name, namespace, images, environments, distros, protectedTags, ci } = loadProject(file);
    expect({ protectedTags, ci }).toEqual({ protectedTags: [], ci: { branch: 'main' } });
    expect({ name, namespace }).toEqual({ name: 'km', namespace: 'km' });
    expect([images.size, environments.size, distros.size]).toEqual([0, 0, 0]);
  });

  it('may share a value by an alias, and runs on the host network by default', () => {
    writeFileSync(
      file,
      `${HEAD}${IMAGES}environments:\n  a: &a {image: tools, env: {set: {__proto__: x}}}\n  b: *a\n`,
    );
    const { environments } = loadProject(file);
    expect(environments.get('b')).toEqual({ ...environments.get('a'), name: 'b' });
    expect(environments.get('b')?.network).toBe('host');
    expect(Object.entries(environments.get('b')?.env.set ?? {})).toEqual([['__proto__', 'x']]);
  });
});

const MISTAKES: Record<string, [text: string, ...problems: string[]]> = {
  'an empty file': [
    '',
    "1:1 the file is empty [remove it, and let 'buildenv init' write one to begin with]",
  ],
  'comments alone': [
    '# x\n',
    "1:1 the file is empty [remove it, and let 'buildenv init' write one to begin with]",
  ],
  'a list': ['- a\n', '1:1 the file must be a mapping, but is a list []'],
  null: ['~\n', '1:1 the file must be a mapping, but is empty []'],
  'a tab': [
    'version: 1\nimages:\n\ta: 1\n',
    '3:1 not valid YAML: tab characters must not be used in indentation [indent with spaces]',
  ],
  'an open bracket': ['version: [1\nb: 2\n', '2:1 not valid YAML: deficient indentation []'],
  'an unknown alias': ['version: *one\n', '1:11 not valid YAML: unidentified alias "one" []'],
  'an unknown tag': [
    'version: !!one 1\n',
    '1:10 not valid YAML: unknown scalar tag !<tag:yaml.org,2002:one> []',
  ],
  'a complex key': [
    '? [a]\n: 1\n',
    '1:1 not valid YAML: object-based map does not support complex keys []',
  ],
  'two documents': [
    `${HEAD}---\nproject: b\n`,
    "4:1 a second YAML document begins here [remove the '---' before it]",
  ],
  'duplicate keys, and what else is wrong': [
    `${HEAD}project: kn\nimages: {a: {from: x}, "a": 3}\n`,
    "3:1 'project' is there twice [the first one is in line 2]",
    "4:24 'a' is there twice [the first one is in line 4]",
    '4:29 images.a must be a mapping, but is a whole number [for example {"dockerfile":"Dockerfile"}]',
  ],
  'merge keys': [
    `${HEAD}${IMAGES}environments:\n  <<: {a: 1}\n  b: {<<: {}, image: tools}\n`,
    "6:3 merge keys ('<<') are not supported, in environments [write the keys out, or share a whole value with an alias]",
    "7:7 merge keys ('<<') are not supported, in environments.b [write the keys out, or share a whole value with an alias]",
  ],
  'a circle of aliases': [
    `${HEAD}images: &a {b: *a}\n`,
    "3:13 unknown key 'b' in images.b [known here: from, bootstrap, dockerfile, context, needs, args, target]",
  ],
  'a version that holds itself': [
    'version: &a [*a]\nproject: km\n',
    '1:13 version must be a whole number, but is a list [for example 1]',
  ],
  'escape sequences for the terminal': [
    `${HEAD}"\\e[31m\\n": 1\n`,
    "3:1 unknown key '\\x1b[31m\\x0a' in the file [known here: version, project, namespace, registries, images, environments, test, distros, publish, ci, packages, rpm]",
  ],
  'another version': [
    'version: 2\nproject: km\n',
    '1:10 version must be 1, not 2 [for example version: 1]',
  ],
  'no version and no project': [
    'images: {}\n',
    "1:1 the file needs 'version' [for example version: 1]",
    '1:1 the file needs \'project\' [for example project: "km"]',
  ],
  'bad names': [
    'version: 1\r\nproject: Km\r\nnamespace: ghcr.io/km\r\nimages: {A: {}}\r\n',
    "2:10 project must be lower-case letters and digits, with '-' or '_' between them, not 'Km' [for example \"km\"]",
    "3:12 namespace must be lower-case letters and digits, with '-' or '_' between them and no dot in its first part, not 'ghcr.io/km' [for example \"kontain\"]",
    "4:10 the name 'A' in images must be lower-case letters and digits, with '-', '_' or '.' between them []",
  ],
  'unknown keys': [
    `${HEAD}image: {}\nimages: {a: {dockerfle: Dockerfile}}\nconstructor: 1\n`,
    "3:1 unknown key 'image' in the file [did you mean 'images'?]",
    "4:14 unknown key 'dockerfle' in images.a [did you mean 'dockerfile'?]",
    "5:1 unknown key 'constructor' in the file [known here: version, project, namespace, registries, images, environments, test, distros, publish, ci, packages, rpm]",
  ],
  'images that are two things or none': [
    `${HEAD}images:\n  a: {dockerfile: Dockerfile, from: x}\n  b: {args: {}}\n  c: {}\n  d:\n`,
    "4:31 images.a: 'from' does not go with 'dockerfile' [remove one of the two]",
    "5:7 images.b: 'args' goes with 'dockerfile' only [add 'dockerfile', or remove 'args']",
    '6:3 images.c is empty [for example {"dockerfile":"Dockerfile"}]',
    '7:3 images.d must be a mapping, but is empty [for example {"dockerfile":"Dockerfile"}]',
  ],
  'a bad base image': [
    `${HEAD}images: {a: {from: "a b", bootstrap: {distribution: debain, mirror: ftp://x}}}\n`,
    '3:20 images.a.from must be an image reference, not \'a b\' [for example "debian:bookworm-slim"]',
    '3:27 images.a.bootstrap needs \'suite\' [for example suite: "bookworm"]',
    "3:53 images.a.bootstrap.distribution: 'debain' is not known here [did you mean 'debian'?]",
    '3:69 images.a.bootstrap.mirror must be an http, https or file URL, not \'ftp://x\' [for example "http://mirror.example.org/debian"]',
  ],
  'names of images that are not there': [
    `${HEAD}images:\n  tools: {dockerfile: Dockerfile, needs: [tool]}\nenvironments: {x: {image: base}}\n`,
    "4:43 there is no image 'tool' [did you mean 'tools'?]",
    "5:27 there is no image 'base' [known: tools]",
  ],
  'a mistake in a shared value, shown where it is written': [
    `${HEAD}${IMAGES}environments:\n  a: &a {image: tools, network: 3}\n  b: *a\n`,
    '6:33 environments.a.network must be text, but is a whole number [one of host, bridge, none]',
    '6:33 environments.b.network must be text, but is a whole number [one of host, bridge, none]',
  ],
  'a circle of needs': [
    `${HEAD}images:\n  a: &d {dockerfile: Dockerfile}\n  b: {dockerfile: Dockerfile, needs: [a, c]}\n  c: {dockerfile: Dockerfile, needs: [b]}\n`,
    '6:39 images need each other in a circle: b -> c -> b [remove one of these needs]',
  ],
  'the same name for an image and a distro': [
    `${HEAD}${IMAGES}distros: {tools: {files: [{from: a, to: /a}]}}\n`,
    "5:11 the distro 'tools' has the name of an image [give it another name: both would be the same image]",
  ],
  'a bad network': [
    environment('network: brige'),
    "8:14 environments.default.network: 'brige' is not known here [did you mean 'bridge'?]",
  ],
  'a network unlike any': [
    environment('network: weave'),
    "8:14 environments.default.network: 'weave' is not known here [one of host, bridge, none]",
  ],
  'bad devices': [
    environment('devices: [kvm, 3, {path: /x, required: yes}, {}]'),
    '8:15 environments.default.devices[0] must be an absolute path, not \'kvm\' [for example "/dev/kvm"]',
    '8:20 environments.default.devices[1] must be text or a mapping, but is a whole number [for example "/dev/kvm"]',
    '8:44 environments.default.devices[2].required must be true or false, but is text [for example false]',
    '8:50 environments.default.devices[3] needs \'path\' [for example path: "/dev/kvm"]',
  ],
  'bad limits': [
    environment('ulimits: {nofle: 1, core: a, cpu: -2, data: 1.5, rss: {soft: 1}, nproc: "2:1"}'),
    "8:15 unknown key 'nofle' in environments.default.ulimits [did you mean 'nofile'?]",
    "8:31 environments.default.ulimits.core must be a number, or two with ':' between them, not 'a' [for example \"1024:4096\"]",
    '8:39 environments.default.ulimits.cpu must be from -1 to 999999999999999, not -2 [for example "1024:4096"]',
    '8:49 environments.default.ulimits.data must be text or a whole number or a mapping, but is a number [for example "1024:4096"]',
    "8:54 environments.default.ulimits.rss needs 'hard' [for example hard: 4096]",
    '8:77 the soft limit 2 is above the hard limit 1 [the soft limit comes first: "1024:4096"]',
  ],
  'a bad capability': [
    environment('capabilities: [CAP_SYS_PTRACE]'),
    "8:20 environments.default.capabilities[0]: 'CAP_SYS_PTRACE' is not known here [did you mean 'SYS_PTRACE'?]",
  ],
  'bad caches': [
    environment('caches: {a/b: /x, c: x, d: /y, e: //y}'),
    "8:14 the name 'a/b' in environments.default.caches must be letters, digits, '_', '.' and '-', a letter or digit first, at most 64 []",
    "8:26 environments.default.caches.c must be an absolute path, or one that begins with '~/', not 'x' [for example \"~/.cache/ccache\"]",
    "8:39 environments.default.caches.e must be an absolute path, or one that begins with '~/', not '//y' [for example \"~/.cache/ccache\"]",
  ],
  'bad variables': [
    environment('env: {pass: CI, set: {1A: x, N: 4, B: true, C: [x]}}'),
    '8:17 environments.default.env.pass must be a list, but is text [for example ["CI"]]',
    "8:27 the name '1A' in environments.default.env.set must be a variable name: letters, digits and '_', no digit first []",
    '8:37 environments.default.env.set.N must be text, but is a whole number [put it in quotes]',
    '8:43 environments.default.env.set.B must be text, but is true or false [put it in quotes]',
    '8:52 environments.default.env.set.C must be text, but is a list []',
  ],
  'an empty distro': [
    distro('files: []'),
    '5:5 distros.km.files is empty [for example [{"from":"build/bin/km","to":"/opt/kontain/bin/km"}]]',
  ],
  'bad files': [
    distro('files: [{from: a, to: b, mode: 0755, owner: root}, {to: /a/}, {from: "\\0", to: /c}]'),
    '5:27 distros.km.files[0].to must be an absolute path with no slash at its end, not \'b\' [for example "/opt/kontain/bin/km"]',
    '5:36 distros.km.files[0].mode must be text, but is a whole number [put it in quotes]',
    "5:49 distros.km.files[0].owner must be two numbers with ':' between them, not 'root' [for example \"1000:1000\"]",
    '5:56 distros.km.files[1] needs \'from\' or \'fromImage\' [for example {"from":"build/bin/km","to":"/opt/kontain/bin/km"}]',
    '5:61 distros.km.files[1].to must be an absolute path with no slash at its end, not \'/a/\' [for example "/opt/kontain/bin/km"]',
    '5:74 distros.km.files[2].from must be a path, not \'\\x00\' [for example "build/bin/km"]',
  ],
  'one target twice': [
    distro('files: [{from: a, to: /x/y}, {from: b, to: /x//y}]'),
    "5:48 '/x//y' is the target of an earlier entry [give each its own target]",
  ],
  'a bad image configuration': [
    distro(
      'files: [{from: a, to: /a}]\n    config: {entrypoint: /a, exposedPorts: [8080, "65536"], stopSignal: TERM}',
    ),
    '6:26 distros.km.config.entrypoint must be a list, but is text [for example ["/opt/kontain/bin/km"]]',
    '6:45 distros.km.config.exposedPorts[0] must be text, but is a whole number [put it in quotes]',
    "6:51 distros.km.config.exposedPorts[1] must be a port number, alone or followed by '/tcp', '/udp' or '/sctp', not '65536' [for example \"8080/tcp\"]",
    '6:73 distros.km.config.stopSignal must be the name of a signal, not \'TERM\' [for example "SIGINT"]',
  ],
};

describe('mistakes', () => {
  it.each(Object.entries(MISTAKES))('%s', (_, [text, ...expected]) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('a Dockerfile and a context that are not there, or are of the wrong kind', () => {
    const images = 'images:\n  a: {dockerfile: nope, context: Dockerfile}\n  b: {dockerfile: .}\n';
    expect(problemsOf(HEAD + images)).toEqual([
      `4:19 there is no file 'nope' [paths start from ${root}]`,
      `4:34 there is no folder 'Dockerfile' [paths start from ${root}]`,
      `5:19 there is no file '.' [paths start from ${root}]`,
    ]);
  });

  it('a bomb of aliases is refused at once', () => {
    const level = (name: string, below: string): string =>
      `${name}: &${name} [${Array(20).fill(`*${below}`).join(', ')}]\n`;
    const names = ['b', 'c', 'd', 'e', 'f', 'g'];
    const levels = names.map((name, index) => level(name, names[index - 1] ?? 'a')).join('');
    const problems = problemsOf(`${HEAD}a: &a [1]\n${levels}`);
    expect(problems).toEqual(['9:8 more than 100 aliases [write the values out]']);
  });

  it('a file that is not UTF-8', () => {
    expect(problemsOf(Buffer.from([0x61, 0x3a, 0x20, 0xe9]))).toEqual([
      '1:1 the file is not UTF-8 text [save it as UTF-8]',
    ]);
  });

  it('a file that cannot be read names the file and the reason', () => {
    const read = (path: string) => () => loadProject(path);
    expect(read(join(root, 'none'))).toThrow(`cannot read ${root}/none: it is not there`);
    expect(read(root)).toThrow(`cannot read ${root}: it is a folder`);
    expect(read(root)).toThrow(BuildenvError);
  });
});
