import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultEnvironment } from '../default-environment';
import { loadProject } from '../load-project';
import { starterDockerfile } from './starter-dockerfile';
import { STARTER_DOCKERFILE, starterFile } from './starter-file';
import type { TreeFacts } from './starter-file';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'buildenv-config-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes the text and its Dockerfile as `init` would. */
function write(text: string, dockerfile: string): string {
  mkdirSync(dirname(join(root, dockerfile)), { recursive: true });
  writeFileSync(join(root, dockerfile), starterDockerfile());
  const file = join(root, 'buildenv.yaml');
  writeFileSync(file, text);
  return file;
}

const FACTS: TreeFacts = { project: 'My App_2.0!', schema: 'buildenv.schema.json' };

it.each<TreeFacts>([
  FACTS,
  { ...FACTS, buildSystem: 'cmake' as const },
  { ...FACTS, dockerfile: 'Dockerfile', buildSystem: 'make' as const },
  { ...FACTS, dockerfile: 'Dockerfile', copies: true },
  { ...FACTS, dockerfile: 'build env/a: b.dockerfile', copies: true },
  { ...FACTS, project: '...', buildSystem: 'cargo' as const },
  { ...FACTS, project: '12' },
])('loads with no problem: %j', (facts) => {
  const project = loadProject(write(starterFile(facts), facts.dockerfile ?? STARTER_DOCKERFILE));
  const { image } = defaultEnvironment(project);
  expect(image).toBe(`buildenv-${project.name}`);
  expect(project.images.get(image)).toMatchObject({
    kind: 'dockerfile',
    dockerfile: join(root, facts.dockerfile ?? STARTER_DOCKERFILE),
    context: facts.copies === true ? dirname(join(root, facts.dockerfile ?? '')) : undefined,
  });
});

it('names the schema in its first line, and the project after the folder', () => {
  const lines = starterFile(FACTS).split('\n');
  expect(lines[0]).toBe('# yaml-language-server: $schema=buildenv.schema.json');
  expect(lines[2]).toBe('project: "my-app-2-0"');
});

it('offers examples that are valid when they are no comments any more', () => {
  const [, ...lines] = starterFile({ ...FACTS, buildSystem: 'make' }).split('\n');
  const sections = lines.join('\n').replace(/^(\s*)# (?=\s*[\w-]+:( |$)|\s*- )/gm, '$1');
  mkdirSync(join(root, 'images/buildenv-my-app-2-0'), { recursive: true });
  const project = loadProject(write(sections, STARTER_DOCKERFILE));
  expect(project.namespace).toBe('acme');
  expect(defaultEnvironment(project)).toMatchObject({
    network: 'none',
    devices: [{ path: '/dev/kvm', required: false }],
    caches: { ccache: '~/.cache/ccache' },
    env: { pass: ['CI'] },
  });
  expect(project.distros.get('my-app-2-0')?.files).toHaveLength(1);
});

it('comes with a Dockerfile for the build system', () => {
  expect(starterDockerfile('meson')).toBe(`FROM debian:bookworm-slim

RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
      build-essential \\
      ca-certificates \\
      git \\
      meson \\
      ninja-build \\
      pkg-config \\
 && rm -rf /var/lib/apt/lists/*
`);
});
