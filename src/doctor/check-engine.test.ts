import type { Engine, EngineInfo } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { checkEngine } from './check-engine';

const info: EngineInfo = {
  url: 'unix:///run/docker.sock',
  product: 'Docker',
  version: '20.10',
  apiVersion: '1.41',
  buildkit: true,
  rootless: false,
  loadsPartialImages: true,
  dataRoot: '/var/lib/docker',
};
const answering = (changes: Partial<EngineInfo>) => () =>
  Promise.resolve({ info: () => Promise.resolve({ ...info, ...changes }) } as Engine);

test.each([
  ['Docker', true, 'BuildKit'],
  ['Docker', false, 'the classic builder'],
  ['Podman', false, 'its own builder'],
])('an engine that answers is told: %s, BuildKit: %j', async (product, buildkit, builder) => {
  expect(await checkEngine(answering({ product, buildkit }))).toEqual({
    info: { ...info, product, buildkit },
    finding: {
      check: 'engine',
      ok: true,
      text: `${product} 20.10 at unix:///run/docker.sock, builds with ${builder}`,
    },
  });
});

test('one that does not is a finding with its remedy; a bug stays a bug', async () => {
  const failing = (error: Error) => checkEngine(() => Promise.reject(error));
  const refusal = new BuildenvError('engine-unreachable', 'None answers', { hint: 'Start it.' });
  expect(await failing(refusal)).toEqual({
    finding: { check: 'engine', ok: false, text: 'None answers', remedy: 'Start it.' },
  });
  const bug = new TypeError('x');
  await expect(failing(bug)).rejects.toBe(bug);
});
