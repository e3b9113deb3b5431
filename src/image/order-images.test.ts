import type { ImageSpec } from './image-spec';
import { orderImages } from './order-images';

const base = (name: string): ImageSpec => ({ kind: 'base', name, from: 'x' });
const built = (name: string, ...needs: string[]): ImageSpec => ({
  kind: 'dockerfile',
  name,
  dockerfile: '/Dockerfile',
  needs,
  args: {},
});
const project = new Map(
  [built('test', 'tools', 'base'), built('tools', 'base'), base('base'), base('other')].map(
    (spec) => [spec.name, spec],
  ),
);
const order = (...names: string[]) => orderImages(project, names).map(({ name }) => name);

test.each([
  [['base'], ['base']],
  [['test'], ['base', 'tools', 'test']],
  [
    ['other', 'tools', 'base', 'tools'],
    ['other', 'base', 'tools'],
  ],
  [[], []],
])('%j are made as %j', (names, expected) => {
  expect(order(...names)).toEqual(expected);
});

test('a name that is no image is an error that says which there are', () => {
  expect(() => order('tool')).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: "There is no image 'tool'",
      hint: 'This project has: test, tools, base, other.',
    }) as Error,
  );
});
