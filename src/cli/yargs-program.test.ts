import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { type CommandEntry, commandTable } from '../commands/command-table';
import type { Command } from '../commands/command';
import { completion } from './completion';
import { globalOptions } from './global-options';
import type * as YargsProgram from './yargs-program';

const table: readonly CommandEntry[] = [
  ...commandTable,
  { name: 'completion', load: () => Promise.resolve(completion) },
];
let commands: Command[];
beforeAll(async () => {
  commands = await Promise.all(table.map(({ load }) => load()));
});

/** Bundled as the tool is: jest cannot load yargs, an ES module with top-level await. */
const folder = mkdtempSync(join(tmpdir(), 'yargs-program-'));
const outfile = join(folder, 'yargs-program.cjs');
buildSync({
  entryPoints: [join(__dirname, 'yargs-program.ts')],
  bundle: true,
  platform: 'node',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: 'const importMetaUrl = require("url").pathToFileURL(__filename).href;' },
  outfile,
});
// eslint-disable-next-line @typescript-eslint/no-require-imports -- its path is known here only
const { completions, completionScript, helpText } = require(outfile) as typeof YargsProgram;
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(table.map((entry) => [entry.name, entry] as const))(
  'the help of %s',
  (name, entry) => {
    let help: string;
    let command: Command;
    beforeAll(async () => {
      command = await entry.load();
      help = await helpText(commands, name.split(' '));
    });
    /** Lines are wrapped; here only the words matter. */
    const words = () => help.replace(/\s+/g, ' ');

    test('says how it is called and what it does', () => {
      expect(help.startsWith(`buildenv ${name} [options]`)).toBe(true);
      expect(words()).toContain(command.summary);
    });

    test('has an example', () => {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const [example, meaning] of command.examples) {
        expect(words()).toContain(example);
        expect(words()).toContain(meaning);
      }
    });

    test('names every option, its own and the common ones', () => {
      const options = { ...command.options, ...globalOptions };
      for (const [option, { summary }] of Object.entries(options)) {
        expect(help).toContain(`--${option}`);
        expect(words()).toContain(summary);
      }
    });
  },
);

test('the help of the whole tool names every command or its group', async () => {
  const help = await helpText(commands, []);
  for (const { name } of commands) expect(help).toContain(`buildenv ${name.split(' ')[0] ?? ''}`);
});

test.each(['image', 'engine'])('the help of %s names its members', async (group) => {
  const help = await helpText(commands, [group]);
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  for (const { name, summary } of members) {
    expect(help).toContain(`buildenv ${name}`);
    expect(help.replace(/\s+/g, ' ')).toContain(summary);
  }
});

test('a shell gets a script, and the words that go on', async () => {
  expect(await completionScript(commands)).toContain('buildenv');
  expect(await completions(commands, ['buildenv', 'd'])).toEqual(
    expect.arrayContaining(['doctor', 'distro']) as string[],
  );
});
