import { LayerProgress } from './layer-progress';

test('adds up layers and bytes, and tells each layer once', () => {
  const progress = new LayerProgress();
  const accept = (id: string, text: string, current?: number, total = 2_000_000) =>
    progress.accept({
      kind: 'transfer',
      id,
      text,
      ...(current === undefined ? {} : { bytes: { current, total } }),
    });
  const [a, b] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
  expect(accept('', 'The push refers to repository [r/km]')).toBeUndefined();
  expect(accept('latest', 'Pulling from km')).toBeUndefined();
  expect(progress.summary()).toBe('0 of 0 layers');
  accept(a, 'Preparing');
  accept(b, 'Waiting');
  expect(progress.summary()).toBe('0 of 2 layers');
  accept(a, 'Pushing', 500_000);
  expect(progress.summary()).toBe('0 of 2 layers, 500 kB of 2.0 MB');
  expect(accept(a, 'Pushed')).toBe('aaaaaaaaaaaa pushed');
  expect(accept(a, 'Pushed')).toBeUndefined();
  expect(accept(b, 'Layer already exists')).toBe('bbbbbbbbbbbb layer already exists');
  expect(progress.summary()).toBe('2 of 2 layers, 2.0 MB of 2.0 MB');
});
