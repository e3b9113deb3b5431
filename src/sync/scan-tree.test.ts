import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeName } from '../archive/byte-name';
import { pathFilter } from './path-filter';
import { scanTree } from './scan-tree';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scan-tree-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const scan = (exclude: readonly string[] = []) =>
  scanTree(root, pathFilter(exclude)).map(({ path, kind }) => `${kind} ${path}`);

test('a folder comes before what is in it, whatever the bytes of its name are', () => {
  const folder = Buffer.of(0x64, 0xff);
  const inRoot = (...parts: readonly Uint8Array[]) =>
    Buffer.concat([Buffer.from(`${root}/`), ...parts]);
  mkdirSync(inRoot(folder));
  writeFileSync(inRoot(folder, Buffer.from('/file')), '');
  symlinkSync('nowhere', inRoot(folder, Buffer.of(0x2f, 0xfe)));
  writeFileSync(join(root, 'has \uFFFD'), '');
  const name = decodeName(folder);
  const found = scan();
  expect(found.indexOf(`folder ${name}`)).toBeLessThan(found.indexOf(`file ${name}/file`));
  expect(found.toSorted()).toEqual(
    [
      'folder .',
      `folder ${name}`,
      `file ${name}/file`,
      `link ${name}/${decodeName(Buffer.of(0xfe))}`,
      'file has \uFFFD',
    ].toSorted(),
  );
});

test('what is excluded is not looked into, unless something in it is taken back', () => {
  for (const folder of ['a', 'b']) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, 'x'), '');
  }
  expect(scan(['a']).toSorted()).toEqual(['file b/x', 'folder .', 'folder b']);
  expect(scan(['a', 'b', '!b/x']).toSorted()).toEqual(['file b/x', 'folder .']);
});
