import type { ImageDetails, ImageStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import type { ImageEvent } from './apply-images';
import { obtainBase } from './obtain-base';

const FROM = 'debian:bookworm-slim';
const reference = { repository: 'ns/base', tag: 'latest' };
const refusal = new BuildenvError('engine-failed', `Cannot pull ${FROM}: no such host`);

/** An engine that has the image or not, and whose registry answers or not. */
function engine(has: boolean, answers: boolean) {
  const pulled: string[] = [];
  const store: Partial<ImageStore> = {
    inspectImage: (name) =>
      Promise.resolve(has || pulled.includes(name) ? ({ id: 'id' } as ImageDetails) : undefined),
    pullImage: ({ reference: name }) => {
      if (!answers) return Promise.reject(refusal);
      pulled.push(name);
      return Promise.resolve();
    },
  };
  return { store: store as ImageStore, pulled };
}

const credentialFor = () => Promise.resolve({ kind: 'anonymous' } as const);

function obtain(
  store: ImageStore,
  refresh = false,
  onEvent: (event: ImageEvent) => void = () => undefined,
) {
  const spec = { kind: 'base', name: 'base', from: FROM } as const;
  const options = { labels: {}, refresh, signal: new AbortController().signal, credentialFor };
  return obtainBase(store, { spec, reference }, options, onEvent);
}

test('what the engine has is taken, without asking a registry', async () => {
  const { store, pulled } = engine(true, true);
  expect(await obtain(store)).toBe('id');
  expect(pulled).toEqual([]);
});

test('what the engine lacks is pulled; with refresh also what it has', async () => {
  const lacking = engine(false, true);
  expect(await obtain(lacking.store)).toBe('id');
  expect(lacking.pulled).toEqual([FROM]);
  const having = engine(true, true);
  await obtain(having.store, true);
  expect(having.pulled).toEqual([FROM]);
});

test('without a recipe a pull that fails is the error', async () => {
  await expect(obtain(engine(false, false).store)).rejects.toMatchObject({
    message: refusal.message,
    hint: expect.stringContaining('bootstrap') as string,
  });
});

test('with refresh, a pull that fails leaves the image that is here in use, and says so', async () => {
  const events: ImageEvent[] = [];
  const present = engine(true, false);
  expect(await obtain(present.store, true, (event) => events.push(event))).toBe('id');
  expect(events).toMatchObject([{ kind: 'notice' }]);
});

test('an image that is gone after its pull is an error', async () => {
  const store = {
    inspectImage: () => Promise.resolve(undefined),
    pullImage: () => Promise.resolve(),
  } as unknown as ImageStore;
  await expect(obtain(store)).rejects.toMatchObject({ message: `${FROM} vanished after its pull` });
});
