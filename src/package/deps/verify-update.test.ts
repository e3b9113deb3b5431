import type { Rpm } from '../rpm';
import type { TreeEntry } from '../source/read-tree';
import { type Update, verifyUpdate } from './verify-update';

const URL = 'http://10.0.0.2/';
const rpm: Rpm = {
  file: 'hello-1.0-1.el9.noarch.rpm',
  sha256: 'ab'.repeat(32),
  name: 'hello',
  epoch: '0',
  version: '1.0',
  release: '1.el9',
  arch: 'noarch',
};
const entry = (path: string, digest: string): TreeEntry => {
  return { kind: 'file', path, source: `/${path}`, size: 1, digest, mode: 0o644, mtime: 0 };
};
const place = `${URL}noarch/${rpm.file}`;
const good: Update = {
  before: [entry('WORKSPACE', '1')],
  after: [entry('WORKSPACE', '2')],
  files: ['WORKSPACE'],
  texts: [`sha256 = "${rpm.sha256}", urls = ["${place}"]`],
  url: URL,
  pinned: [rpm],
  rpms: [rpm],
};

test.each<[string, Partial<Update>, string[]]>([
  ['that took the package', {}, []],
  ['that had taken it before', { after: good.before }, []],
  [
    'without the checksum',
    { texts: [place] },
    [`${rpm.file} was not taken: WORKSPACE do not have its checksum and ${place}`],
  ],
  [
    'that names it at another place too',
    { texts: [...good.texts, `"http://mirror.example.org/${rpm.file}"`] },
    [`${rpm.file} was taken from elsewhere: http://mirror.example.org/${rpm.file}`],
  ],
  [
    'that changed another file, added one, and removed one',
    {
      before: [entry('a', '1'), entry('b', '1')],
      after: [entry('a', '2'), entry('c', '1')],
    },
    ['a', 'b', 'c'].map((path) => `${path} was changed, and is not in rpm.deps.files`),
  ],
])('an update %s', (_name, change, problems) => {
  expect(verifyUpdate({ ...good, ...change })).toEqual(problems);
});
