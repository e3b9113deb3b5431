import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCapabilities } from './read-capabilities';
import { selectHostFiles } from './select-host-files';

/** `cap_net_raw=ep`, as `struct vfs_cap_data` of linux/capability.h. */
const NET_RAW = 'AQAAAgAgAAAAAAAAAAAAAAAAAAA=';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('Skipped, for want of root: capabilities of files');

(isRoot ? test : test.skip)('capabilities of programs, whatever their names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'capabilities-'));
  try {
    const name = 'pr ög\\"ram';
    for (const one of [name, 'plain']) writeFileSync(join(folder, one), 'x', { mode: 0o755 });
    execFileSync('setcap', ['cap_net_raw=ep', join(folder, name)]);
    const from = { from: folder, to: '/opt', uid: 0, gid: 0 };
    const { entries } = await selectHostFiles(from, 'files[0]');
    const found = await readCapabilities(entries);
    const xattrs = found.map((entry) => [entry.path, entry.kind === 'file' && entry.xattrs]);
    expect(Object.fromEntries(xattrs)).toEqual({
      opt: false,
      [`opt/${name}`]: { 'security.capability': NET_RAW },
      'opt/plain': undefined,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
