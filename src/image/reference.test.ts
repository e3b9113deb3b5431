import { projectImageTags } from './project-image-tags';
import { formatReference, imageReference, keyReference } from './reference';

test('an image is named by namespace, name and tag, and by its key', () => {
  const reference = imageReference('kontain', 'km', 'v1');
  expect(formatReference(reference)).toBe('kontain/km:v1');
  expect(formatReference(keyReference(reference, 'abc'))).toBe('kontain/km:key-abc');
});

test('of all images those of one name are found, under the tag and under any key', () => {
  const image = (...tags: string[]) => ({ id: '', tags, labels: {}, created: 0, size: 0 });
  const present = [
    image('ns/km:latest', 'ns/km:key-1', 'mine:1'),
    image('ns/km:key-2'),
    image('ns/km:v1', 'ns/km-tools:latest', 'other/km:latest', 'ns/km-tools:key-1'),
    image(),
  ];
  expect(projectImageTags(present, 'ns', 'km', 'latest')).toEqual([
    'ns/km:latest',
    'ns/km:key-1',
    'ns/km:key-2',
  ]);
});
