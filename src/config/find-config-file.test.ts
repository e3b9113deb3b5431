import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findConfigFile } from './find-config-file';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'buildenv-config-'));
  mkdirSync(join(root, 'outer/inner/leaf'), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true }));

it('finds the nearest file, upwards', () => {
  const leaf = join(root, 'outer/inner/leaf');
  expect(findConfigFile(leaf)).toBeUndefined();
  writeFileSync(join(root, 'outer/buildenv.yaml'), '');
  expect(findConfigFile(leaf)).toBe(join(root, 'outer/buildenv.yaml'));
  writeFileSync(join(root, 'outer/inner/buildenv.yaml'), '');
  expect(findConfigFile(leaf)).toBe(join(root, 'outer/inner/buildenv.yaml'));
  expect(findConfigFile(join(root, 'outer'))).toBe(join(root, 'outer/buildenv.yaml'));
});
