import { type DesiredImage, desireImages } from './desire-images';
import type { DockerfileImageSpec, ImageSpec } from './image-spec';
import { planImages, type PresentImage } from './plan-images';

const base: ImageSpec = { kind: 'base', name: 'base-debian', from: 'debian:12' };
const tools: DockerfileImageSpec = {
  kind: 'dockerfile',
  name: 'tools',
  dockerfile: '/tree/Dockerfile',
  needs: ['base-debian'],
  args: { VERSION: '1' },
};

function desire(dockerfile: string, image = tools): [DesiredImage, DesiredImage] {
  const options = { namespace: 'ns', tag: 'latest', platform: 'linux/amd64' };
  const context = { dockerfile, entries: [] };
  return desireImages([base, image], () => context, options) as [DesiredImage, DesiredImage];
}
const FROM_ARGUMENT = 'ARG BASE_DEBIAN\nFROM $BASE_DEBIAN\n';

function plan(present: PresentImage | undefined, rebuild: readonly string[] = []) {
  const desired = desire(FROM_ARGUMENT);
  const found = new Map(present && desired.map(({ name }) => [name, present]));
  return planImages(desired, found, new Set(rebuild));
}

test.each<[string, PresentImage | undefined, string, string]>([
  ['nothing', undefined, 'obtain', 'build'],
  ['neither reference', { tagged: undefined, keyed: undefined }, 'obtain', 'build'],
  ['an old image under the tag', { tagged: 'old', keyed: undefined }, 'obtain', 'build'],
  ['the image under its key alone', { tagged: undefined, keyed: 'id' }, 'retag', 'retag'],
  [
    'the image under its key, an old one under the tag',
    { tagged: 'old', keyed: 'id' },
    'retag',
    'retag',
  ],
  ['the image under both', { tagged: 'id', keyed: 'id' }, 'none', 'none'],
])('the engine has %s: %s, %s', (_name, present, forBase, forTools) => {
  expect(plan(present).map(({ action }) => action)).toEqual([forBase, forTools]);
});

test('a step says which image, with its key and both references', () => {
  const [, step] = plan({ tagged: 'old', keyed: 'id' });
  const [, { key }] = desire(FROM_ARGUMENT);
  expect(step).toEqual({
    name: 'tools',
    key,
    reference: { repository: 'ns/tools', tag: 'latest' },
    keyReference: { repository: 'ns/tools', tag: `key-${key}` },
    action: 'retag',
    id: 'id',
  });
});

test('only the named images are made again', () => {
  const steps = plan({ tagged: 'id', keyed: 'id' }, ['tools']);
  expect(steps.map(({ action }) => action)).toEqual(['none', 'build']);
});

test('another base makes another key of what needs it', () => {
  const options = { namespace: 'ns', tag: 'latest', platform: 'linux/amd64' };
  const keys = ['debian:12', 'debian:13'].map((from) => {
    const images = [{ ...base, from }, tools];
    return desireImages(images, () => ({ dockerfile: '', entries: [] }), options)[1]?.key;
  });
  expect(keys[0]).not.toBe(keys[1]);
});

describe('build arguments', () => {
  function argsOf(dockerfile: string, image = tools): unknown {
    const [, step] = planImages(desire(dockerfile, image), new Map(), new Set());
    return step?.action === 'build' ? step.args : undefined;
  }
  const declared = { VERSION: '1', BASE_DEBIAN: 'ns/base-debian:latest' };

  test.each([
    ['ARG BASE_DEBIAN\nFROM $BASE_DEBIAN', declared],
    ['ARG BASE_DEBIAN=debian:12\nFROM $BASE_DEBIAN', declared],
    ['  arg BASE_DEBIAN\nFROM $BASE_DEBIAN', declared],
    ['ARG VERSION BASE_DEBIAN=debian:12\nFROM $BASE_DEBIAN', declared],
    ['FROM debian:12', { VERSION: '1' }],
    ['# ARG BASE_DEBIAN\nFROM debian:12', { VERSION: '1' }],
    ['ARG BASE_DEBIAN_2\nFROM debian:12', { VERSION: '1' }],
    ['ARG VERSION=BASE_DEBIAN\nFROM debian:12', { VERSION: '1' }],
  ])('of %j are the configured ones and the declared images', (dockerfile, expected) => {
    expect(argsOf(dockerfile)).toEqual(expected);
  });

  test('an image that is not needed is not passed', () => {
    expect(argsOf(FROM_ARGUMENT, { ...tools, needs: [] })).toEqual({ VERSION: '1' });
  });

  test('a configured argument goes over the image of that name', () => {
    const args = { BASE_DEBIAN: 'other:1' };
    expect(argsOf(FROM_ARGUMENT, { ...tools, args })).toEqual(args);
  });
});
