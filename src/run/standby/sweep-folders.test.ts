import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineMark } from './standby-key';
import { deadFolders, sweepFolders } from './sweep-folders';

const KEY = '0123456789abcdef';
const OTHER = 'fedcba9876543210';

let base: string;
beforeEach(() => (base = mkdtempSync(join(tmpdir(), 'sweep-'))));
afterEach(() => rmSync(base, { recursive: true }));

function folder(name: string, { secondsOld = 0, socket = false } = {}): string {
  const path = join(base, name);
  mkdirSync(path);
  if (socket) writeFileSync(join(path, 's'), '');
  const time = Date.now() / 1000 - secondsOld;
  utimesSync(path, time, time);
  return name;
}

test('folders without a socket go: all of the key, of others the old ones', () => {
  folder(`${KEY}-00000001`);
  folder(`${OTHER}-00000001`, { secondsOld: 61 });
  const stay = [
    folder(`${KEY}-00000002`, { socket: true }),
    folder(`${OTHER}-00000002`),
    folder(`${OTHER}-00000003`, { secondsOld: 61, socket: true }),
    folder('something-else', { secondsOld: 61 }),
  ];
  sweepFolders(base, KEY);
  expect(readdirSync(base).toSorted()).toEqual(stay.toSorted());
});

test('those of no container of an engine are found, and not those of another engine', () => {
  const [mine, others] = ['/run/mine.sock', '/run/others.sock'].map(engineMark);
  const alive = `${mine}aaaaaaaaaaaa`;
  folder(`${alive}-00000001`, { socket: true });
  folder(`${others}bbbbbbbbbbbb-00000001`, { socket: true });
  const dead = folder(`${mine}cccccccccccc-00000001`, { socket: true });
  expect(deadFolders(base, '/run/mine.sock', new Set([alive]))).toEqual([join(base, dead)]);
});

test('a base that is not there has none', () => {
  expect(() => sweepFolders(join(base, 'none'), KEY)).not.toThrow();
});
