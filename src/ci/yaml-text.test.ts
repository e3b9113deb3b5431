import { load } from 'js-yaml';
import { yamlText } from './yaml-text';

test.each([
  'make test',
  'main',
  'true',
  'No',
  '1.5',
  'a: b',
  'a #b',
  '*.yml',
  'sh -c \'a && "b"\'',
  '{a}',
  '- a',
  'é',
  'a ',
  '@a',
  'echo \\n $(b) ${{ c }}',
  'a\nb',
])('%j is read back as it is', (text) => {
  expect(load(`key: ${yamlText(text)}`)).toEqual({ key: text });
  expect(load(`key: [${yamlText(text)}]`)).toEqual({ key: [text] });
});

test('a plain command stays plain', () => {
  expect(yamlText('buildenv run make -C km test')).toBe('buildenv run make -C km test');
});
