import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildenv } from '../support/cli';

describe('bad input', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'buildenv-errors-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const NO_ENGINE = ['--engine', 'unix:///nonexistent/engine.sock'];

  async function configured(config: string, ...args: readonly string[]) {
    writeFileSync(join(folder, 'buildenv.yaml'), config);
    return buildenv(args, { cwd: folder });
  }

  test('no engine', async () => {
    const { status, stderr, stdout } = await configured(
      'version: 1\nproject: p\nimages: {a: {from: "x:1"}}\n',
      ...NO_ENGINE,
      'image',
    );
    expect(status).toBe(1);
    expect(stdout.toString()).toBe('');
    expect(stderr).toMatch(/No engine answers at unix:\/\/\/nonexistent\/engine.sock/);
    expect(stderr).toContain('buildenv engine start');
  });

  test('no engine for a run is 125', async () => {
    const config =
      'version: 1\nproject: p\nimages: {a: {from: "x:1"}}\nenvironments: {default: {image: a}}\n';
    expect((await configured(config, ...NO_ENGINE, 'run', 'true')).status).toBe(125);
  });

  test('no configuration', async () => {
    const { status, stderr } = await buildenv(['image'], { cwd: folder });
    expect(status).toBe(2);
    expect(stderr).toContain('buildenv init');
  });

  test('an unknown key and two wrong values are said at once, each with its place', async () => {
    const config =
      'version: 1\nproject: p\nimages:\n  a:\n    dockerfil: x\n    from: 7\nenvironments:\n  default: {image: a, network: hosst}\n';
    const { status, stderr } = await configured(config, 'image');
    expect(status).toBe(2);
    const file = join(folder, 'buildenv.yaml');
    expect(stderr).toContain(`${file}:5:5: `);
    expect(stderr).toContain("did you mean 'dockerfile'?");
    expect(stderr).toContain(`${file}:6:11: `);
    expect(stderr).toMatch(/:8:\d+: .*hosst/);
    expect(stderr).not.toMatch(/\bat .*\.cjs:/);
  });

  test('a full disk is said, and nothing half-written is left', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    try {
      writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
      writeFileSync(join(folder, 'fill'), Buffer.alloc(60 * 1024));
      const { status, stderr } = await buildenv(['init'], { cwd: folder });
      expect(status).toBe(1);
      expect(stderr).toContain('no space is left on the device');
      expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'fill']);
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  test.each([
    [['imag'], "did you mean 'image'?"],
    [['image', '--no-cach'], "did you mean 'no-cache'?"],
    [['engine'], 'engine start'],
    [['shell', 'extra'], "'extra'"],
    [['run'], 'needs a command'],
    [['-C', '/nonexistent', 'run', 'true'], '/nonexistent'],
  ])('%j is wrong usage', async (args, words) => {
    const { status, stderr } = await buildenv(args, { cwd: folder });
    expect(stderr).toContain(words);
    expect(status).toBe(2);
  });
});
