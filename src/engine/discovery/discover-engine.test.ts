import { discoverEngine } from './discover-engine';
import type { HostFacts } from './host-facts';

const facts = (env: HostFacts['env']): HostFacts => ({ env, homedir: '/nonexistent', uid: 1000 });

test.each<[string, Record<string, string>, string | undefined, string]>([
  ['--engine over DOCKER_HOST', { DOCKER_HOST: 'unix:///a' }, 'unix:///b', 'unix:///b'],
  ['DOCKER_HOST', { DOCKER_HOST: 'unix:///a' }, undefined, 'unix:///a'],
  [
    'DOCKER_HOST over the context, as the docker CLI has it',
    { DOCKER_HOST: 'unix:///a', DOCKER_CONTEXT: 'nowhere' },
    undefined,
    'unix:///a',
  ],
])('%s is taken as it is', async (_name, env, named, url) => {
  expect(await discoverEngine(facts(env), named)).toMatchObject({ kind: 'unix', url });
});

test('an engine URL that cannot be used is refused before anything else is tried', async () => {
  await expect(
    discoverEngine(facts({ DOCKER_HOST: 'unix:///a' }), 'docker.sock'),
  ).rejects.toMatchObject({ code: 'usage' });
});

test('a context that does not exist is no reason to take another engine', async () => {
  await expect(discoverEngine(facts({ DOCKER_CONTEXT: 'nowhere' }))).rejects.toMatchObject({
    code: 'usage',
    message: "The docker context 'nowhere' has no engine",
  });
});
