import { commandTable } from '../commands/command-table';
import { completion } from './completion';
import { parseArgv } from './parse-argv';

const table = [...commandTable, { name: 'completion', load: () => Promise.resolve(completion) }];
const parse = (...argv: string[]) => parseArgv(argv, table);

/** Name and words of what is called. */
async function called(...argv: string[]): Promise<[string | undefined, readonly string[]]> {
  const { command, args } = await parse(...argv);
  return [command?.name, args.words];
}
const refusal = (message: string, hint?: string) =>
  expect.objectContaining({ code: 'usage', message, ...(hint ? { hint } : {}) }) as Error;

test.each<[string, string, string[]]>([
  ['image', 'image build', []],
  ['image tools base', 'image build', ['tools', 'base']],
  ['image build tools', 'image build', ['tools']],
  ['image list', 'image list', []],
  ['image --json list', 'image list', []],
  ['image -C dir list tools', 'image list', ['tools']],
  ['image --no-cache list', 'image build', ['list']],
  ['engine start', 'engine start', []],
  ['completion', 'completion', []],
  ['run make', 'run', ['make']],
  ['run make --help', 'run', ['make', '--help']],
  ['run make -C dir -e X --json', 'run', ['make', '-C', 'dir', '-e', 'X', '--json']],
  ['run -- make -j', 'run', ['make', '-j']],
  ['run -- --odd-name', 'run', ['--odd-name']],
  ['run sh -- -c x', 'run', ['sh', '--', '-c', 'x']],
  ['run -- sh -- -c', 'run', ['sh', '--', '-c']],
  ['run echo 007', 'run', ['echo', '007']],
  ['run echo 1e3 0x10 1.50 -5 .5', 'run', ['echo', '1e3', '0x10', '1.50', '-5', '.5']],
  ['run 007', 'run', ['007']],
  ['run run run', 'run', ['run', 'run']],
  ['run echo --no-json a=b', 'run', ['echo', '--no-json', 'a=b']],
  ['image 007 1e3', 'image build', ['007', '1e3']],
  ['image -- -5', 'image build', ['-5']],
  ['run --json true', 'run', ['true']],
  ['run -v false', 'run', ['false']],
  ['-- image list', 'image list', []],
])('buildenv %s is %s with %j', async (line, name, words) => {
  expect(await called(...line.split(' '))).toEqual([name, words]);
});

test.each(['run', 'run --'])('buildenv %s has no words', async (line) => {
  expect(await called(...line.split(' '))).toEqual(['run', []]);
});

test('an empty word of the command is kept', async () => {
  expect(await called('run', 'printf', '', 'x')).toEqual(['run', ['printf', '', 'x']]);
});

describe('options of every command', () => {
  test.each([
    ['before the command', '-C dir --json image list'],
    ['after it', 'image list --json -C dir'],
    ['on both sides', '--json image list -C dir'],
    ['with an equals sign', 'image list --json --directory=dir'],
    ['of run, before its command', 'run --json -C dir make'],
  ])('%s', async (_name, line) => {
    const { globals } = await parse(...line.split(' '));
    expect([globals.flag('json'), globals.value('directory')]).toEqual([true, 'dir']);
  });

  test('short ones can be joined', async () => {
    const { globals } = await parse('-qv', 'doctor');
    expect([globals.flag('quiet'), globals.flag('verbose')]).toEqual([true, true]);
  });

  test('the later of two values counts, also across the command', async () => {
    expect((await parse('-C', 'a', 'doctor', '-C', 'b')).globals.value('directory')).toBe('b');
    expect((await parse('doctor', '-C', 'a', '-C', 'b')).globals.value('directory')).toBe('b');
  });

  test('values that look like numbers stay what they are', async () => {
    expect((await parse('-C', '007', 'doctor')).globals.value('directory')).toBe('007');
  });

  test('twice is no more than once', async () => {
    expect((await parse('doctor', '--json', '--json')).globals.flag('json')).toBe(true);
  });
});

describe('options of a command', () => {
  test('lists gather', async () => {
    const { args } = await parse(
      'run',
      '-e',
      'A',
      '-e',
      'B=1',
      '--env',
      'C=x=y',
      '--env=D=',
      'env',
    );
    expect(args.values('env')).toEqual(['A', 'B=1', 'C=x=y', 'D=']);
    expect(args.words).toEqual(['env']);
  });

  test('one value is a list of one', async () => {
    expect((await parse('image', '--build-arg', 'A=1')).args.values('build-arg')).toEqual(['A=1']);
  });

  test('may stand between words', async () => {
    const { args } = await parse('image', 'build', 'a', '--no-cache', 'b');
    expect([args.flag('no-cache'), args.words]).toEqual([true, ['a', 'b']]);
  });
});

describe('what is wrong', () => {
  test.each<[string, string, string | undefined]>([
    ['imge', "There is no command 'imge'", "did you mean 'image'?"],
    ['zzzzzz', "There is no command 'zzzzzz'", 'See `buildenv --help`.'],
    [
      'engine stat',
      "There is no command 'engine stat'",
      'One of: engine start, engine stop, engine status.',
    ],
    ['engine', 'engine needs one more word', 'One of: engine start, engine stop, engine status.'],
    ['doctor --jsn', 'There is no option --jsn', "did you mean 'json'?"],
    ['--no-json doctor', 'There is no option --no-json', undefined],
    ['doctor --no-cache', 'There is no option --no-cache', undefined],
    ['doctor -x', 'There is no option -x', undefined],
    ['image -5', 'There is no option -5', undefined],
    ['run --envv A make', 'There is no option --envv', "did you mean 'env'?"],
    ['doctor --constructor', 'There is no option --constructor', undefined],
    ['doctor --toString', 'There is no option --toString', undefined],
    ['doctor -C', '--directory needs a value: DIR', undefined],
    ['doctor --engine --json', '--engine needs a value: URL', undefined],
    ['run -e', '--env needs a value: NAME[=value]', undefined],
    ['doctor --dry-run=yes', '--dry-run takes no value', undefined],
    ['doctor --json=1', '--json takes no value', undefined],
    ['doctor more', "doctor does not take 'more'", 'See `buildenv doctor --help`.'],
  ])('buildenv %s', (line, message, hint) => {
    return expect(parse(...line.split(' '))).rejects.toEqual(refusal(message, hint));
  });
});

describe('help', () => {
  test.each([
    ['', [], undefined],
    ['--help', [], undefined],
    ['-h image list', ['image', 'list'], 'image list'],
    ['image list --help', ['image', 'list'], 'image list'],
    ['engine --help', ['engine'], undefined],
    ['run --help', ['run'], 'run'],
    ['doctor more --help', ['doctor'], 'doctor'],
  ])('buildenv %s', async (line, name, command) => {
    const invocation = await parse(...line.split(' ').filter((word) => word !== ''));
    expect([invocation.name, invocation.command?.name]).toEqual([name, command]);
    expect(invocation.globals.flag('help')).toBe(line !== '');
  });
});
