import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { selectFiles } from '../../src/distro/select-files';
import { SelectedTree } from '../../src/distro/selected-tree';
import { libraryClosure } from '../../src/elf/library-closure';
import { DockerEngine } from '../../src/engine/docker/docker-engine';
import { parseEndpoint } from '../../src/engine/endpoint';
import { ImageFiles } from '../../src/rootfs/image-files';
import { buildenv } from '../support/cli';
import { describeWithEngine, docker, engineUrl } from '../support/engine';

const REPOSITORY = resolve(__dirname, '../..');

/** For each program of the image: its path, then the files that ldd finds for it, links resolved. */
const ASK_LDD = `
  find /usr/bin /usr/sbin -type f -perm -u+x | sort | while read -r program; do
    [ "$(head -c 4 "$program" | tail -c 3)" = ELF ] || continue
    echo "# $program"
    ldd "$program" 2>/dev/null | grep -o '/[^ ]*' | xargs -r readlink -f
  done`;

describeWithEngine('the library closure', () => {
  let cache: string;
  let image: string;
  beforeAll(async () => {
    cache = mkdtempSync(join(tmpdir(), 'buildenv-libraries-'));
    const { status, stderr } = await buildenv(['image'], { cwd: REPOSITORY });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { stdout } = await buildenv(['image', 'list', '--json'], { cwd: REPOSITORY });
    const images = JSON.parse(stdout.toString()) as { name: string; id: string }[];
    image = images.find(({ name }) => name === 'buildenv-km-debian')?.id ?? '';
  }, 600_000);
  afterAll(() => rmSync(cache, { recursive: true }));

  test('is what ldd finds in the image, for all of its programs', async () => {
    const answers = docker('run', '--rm', '--network=none', image, 'sh', '-c', ASK_LDD);
    const expected = new Map(
      answers.split(/^# /m).flatMap((answer): [string, string[]][] => {
        const [program, ...libraries] = answer.trimEnd().split('\n');
        return program === undefined || program === '' ? [] : [[program, libraries.sort()]];
      }),
    );
    expect(expected.size).toBeGreaterThanOrEqual(200);

    const { containers } = new DockerEngine(parseEndpoint(engineUrl));
    const files = new ImageFiles(
      containers,
      image,
      { project: 'libraries', owner: `test:${process.pid}` },
      cache,
      new AbortController().signal,
    );
    try {
      const selections = await selectFiles(
        [{ fromImage: '/usr/bin' }, { fromImage: '/usr/sbin' }],
        files,
      );
      const tree = new SelectedTree(selections.entries, files);
      for (const [program, libraries] of expected) {
        const { paths, missing } = await libraryClosure(tree, [program], []);
        const nodes = [...paths].map(async (path) => ({ path, node: await tree.look(path) }));
        const found = (await Promise.all(nodes)).filter(({ node }) => node?.kind === 'file');
        expect({ program, missing, libraries: found.map(({ path }) => path).sort() }).toEqual({
          program,
          missing: [],
          libraries,
        });
      }
    } finally {
      await files.close();
    }
  }, 180_000);
});
