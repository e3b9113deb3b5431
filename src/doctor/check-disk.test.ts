import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { checkDisk } from './check-disk';

test('free space is told, and too little is wrong', async () => {
  const folder = tmpdir();
  const { bavail, bsize } = statfsSync(folder);
  const finding = await checkDisk(folder);
  expect(finding.text).toMatch(new RegExp(`^\\d+\\.\\d GB free in ${folder}$`));
  expect(finding.ok).toBe(bavail * bsize >= 5e9);
  expect(finding.remedy === undefined).toBe(finding.ok);
});

test('a file system without room is wrong, with a remedy', async () => {
  expect(await checkDisk('/proc')).toEqual({
    check: 'disk',
    ok: false,
    text: '0.0 GB free in /proc',
    remedy: 'Make room: docker system prune.',
  });
});

test('a folder of another machine is not looked at', async () => {
  expect(await checkDisk('/nonexistent/docker')).toEqual({
    check: 'disk',
    ok: true,
    text: '/nonexistent/docker is not on this machine; not looked at',
  });
});
