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
  [true, 'BuildKit'],
  [false, 'the classic builder'],
])('an engine that answers is told (BuildKit: %j)', async (buildkit, builder) => {
  expect(await checkEngine(answering({ buildkit }))).toEqual({
    info: { ...info, buildkit },
    finding: {
      check: 'engine',
      ok: true,
      text: `Docker 20.10 at unix:///run/docker.sock, builds with ${builder}`,
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
