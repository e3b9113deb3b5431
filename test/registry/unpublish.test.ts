import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { branchTag } from '../../src/distro/branch-tag';
import { CLI } from '../support/cli';
import { type Access, BedProject } from './bed/bed-project';
import { putImage } from './bed/put-image';
import { RegistryBed } from './bed/registry-bed';
import { registrySuite } from './registry-suite';

const SECTIONS = `distros:
  km: { files: [{ from: file, to: /file }] }
publish: { protect: ['release-*'] }
`;
const DAY = 86_400_000;
const schema = JSON.parse(
  readFileSync(resolve(__dirname, '../../schema/output/unpublish.json'), 'utf8'),
) as object;
const isValid = new Ajv({ allowUnionTypes: true }).compile(schema);

interface Removal {
  tags: { tag: string; action: string; reason: string }[];
}

registrySuite('buildenv unpublish', () => {
  let bed: RegistryBed;
  let project: BedProject;
  let repository: string;
  beforeAll(async () => {
    bed = await RegistryBed.start();
  });
  afterAll(() => bed.stop());
  afterEach(() => project.remove());

  function start(access: Access): void {
    const name = `t${randomBytes(4).toString('hex')}`;
    repository = `${name}/km`;
    project = new BedProject(bed, access, name, SECTIONS);
  }

  const at = (tag: string) => `${bed.host}/${repository}:${tag}`;
  const stored = (...tags: readonly string[]) =>
    tags.filter((tag) => bed.storedDigest(repository, tag) !== undefined);

  /** What is printed by a call that succeeds. */
  async function unpublish(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await project.buildenv(['unpublish', ...args]);
    expect(status === 0 ? '' : stderr).toBe('');
    return stdout.toString();
  }

  describe.each<Access>(['distribution', 'azure'])('by the %s API', (access) => {
    beforeEach(() => start(access));

    test("removes the branch's tag, and no other on the same digest", async () => {
      const digest = await putImage(bed, repository, ['main', 'release-1', 'copy']);
      expect(await unpublish('--yes')).toBe(`removed ${at('main')} (named)\n`);
      expect(stored('main', 'release-1', 'copy')).toEqual(['release-1', 'copy']);
      expect(bed.storedDigest(repository, 'copy')).toBe(digest);
      expect(await unpublish('--yes')).toBe(`${at('main')} is not there\n`);
    });

    test('removes what no branch and no git tag of the remote stands behind', async () => {
      project.git('push', '--quiet', 'origin', 'HEAD:refs/heads/fix/a', 'HEAD:refs/tags/tagged');
      const fix = branchTag({ branch: 'fix/a', commit: '' });
      await putImage(bed, repository, ['main', fix, 'gone', 'tagged', 'v1.2']);
      await putImage(bed, repository, ['latest', 'release-1']);
      const kept = ['main', fix, 'tagged', 'v1.2', 'latest', 'release-1'];
      const planned = await unpublish('--branch-gone', '--dry-run');
      expect(stored('gone')).toEqual(['gone']);
      expect(planned).toContain(`would remove ${at('gone')} (its branch is gone)\n`);
      const text = await unpublish('--branch-gone', '--yes');
      expect(text).toContain(`removed ${at('gone')} (its branch is gone)\n`);
      expect(text).toContain(`kept ${at('main')} (its branch is there)\n`);
      expect(text).toContain(`kept ${at('release-1')} (protected by 'release-*')\n`);
      expect(stored('gone', ...kept)).toEqual(kept);
    });

    test('says that nothing is published', async () => {
      expect(await unpublish('--keep', '1')).toBe(
        `nothing is published at ${bed.host}/${repository}\n`,
      );
    });
  });

  describe('whatever the API', () => {
    beforeEach(() => start('azure'));

    test('removes by age and number, as JSON', async () => {
      const ages = { new: 0, young: 2, older: 4, oldest: 9 };
      await putImage(bed, repository, Object.keys(ages));
      for (const [tag, days] of Object.entries(ages)) {
        bed.setTagTime(repository, tag, new Date(Date.now() - days * DAY));
      }
      const text = await unpublish('--older-than', '3d', '--keep', '3', '--yes', '--json');
      const removals = JSON.parse(text) as Removal[];
      expect([isValid(removals), isValid.errors]).toEqual([true, null]);
      expect(removals[0]?.tags.map(({ tag, action }) => [tag, action])).toEqual([
        ['new', 'keep'],
        ['young', 'keep'],
        ['older', 'keep'],
        ['oldest', 'remove'],
      ]);
      expect(stored(...Object.keys(ages))).toEqual(['new', 'young', 'older']);
    });

    test('removes nothing where nobody is to ask, and says what to do', async () => {
      await putImage(bed, repository, ['main']);
      const { status, stderr } = await project.buildenv(['unpublish']);
      expect(status).toBe(2);
      expect(stderr).toContain('would remove one tag, and there is nobody to ask');
      expect(stderr).toContain('--yes');
      expect(stored('main')).toEqual(['main']);
    });

    test.each([
      ['n\n', 1, ['main']],
      ['\x03', 130, ['main']],
      ['y\n', 0, []],
    ])('asks at a terminal: %j', async (answer, expected, left) => {
      await putImage(bed, repository, ['main']);
      const command = `${process.execPath} ${CLI} unpublish`;
      const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
        cwd: project.root,
        env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...project.env },
      });
      let screen = '';
      child.stdout.on('data', (data: Buffer) => {
        const asked = screen.includes('[y/N]');
        screen += data.toString();
        if (!asked && screen.includes('[y/N]')) child.stdin.write(answer);
      });
      const [status] = (await once(child, 'close')) as [number];
      expect(screen).toContain(`${at('main')} (named)`);
      expect(screen).toContain('Remove one tag?');
      expect(status).toBe(expected);
      expect(stored('main')).toEqual(left);
    });

    test.each([
      [['--tag', 'release-1'], "release-1 is not removed: it is protected by 'release-*'"],
      [['--tag', 'latest'], "latest is not removed: it is protected by 'latest'"],
      [['--tag', 'a', '--keep', '1'], 'takes tags or conditions, not both'],
      [['--keep', 'x'], "--keep is no number of tags: 'x'"],
      [['--older-than', '3'], "--older-than is no duration: '3'"],
      [['nothing'], "There is no distro and no image 'nothing'"],
    ])('refuses %j', async (args, message) => {
      await putImage(bed, repository, ['latest', 'release-1']);
      const { status, stderr } = await project.buildenv(['unpublish', '--yes', ...args]);
      expect(status).toBe(2);
      expect(stderr).toContain(message);
      expect(stored('latest', 'release-1')).toEqual(['latest', 'release-1']);
    });

    test('where the remote cannot be asked, no branch counts as gone', async () => {
      await putImage(bed, repository, ['gone']);
      project.git('remote', 'set-url', 'origin', '/nonexistent');
      const { status, stderr } = await project.buildenv(['unpublish', '--branch-gone', '--yes']);
      expect(status).toBe(1);
      expect(stderr).toContain("Cannot ask the remote 'origin'");
      expect(stored('gone')).toEqual(['gone']);
    });

    test('a tag that the registry locks is kept, and the rest removed', async () => {
      await putImage(bed, repository, ['held', 'gone']);
      bed.acr.locked.add(`${repository}:held`);
      const text = await unpublish('--branch-gone', '--yes');
      expect(text).toContain(`kept ${at('held')} (locked in the registry)\n`);
      expect(stored('held', 'gone')).toEqual(['held']);
    });
  });
});
