import { imageOutputs } from './image-outputs';

test('each image has its reference, and its digest where it was published', () => {
  const images = [
    { name: 'km', reference: 'r/km:1', digest: 'sha256:a' },
    { name: 'python-3.11', reference: 'r/python-3.11:1' },
  ];
  expect(imageOutputs(images)).toEqual({
    image_km: 'r/km:1',
    digest_km: 'sha256:a',
    image_python_3_11: 'r/python-3.11:1',
  });
});
