import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SOURCES = resolve(__dirname, '../../src/sync/agent');
const FLAGS = [
  '-std=c11',
  '-D_GNU_SOURCE',
  '-g',
  '-O1',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];
/** Streams that the agent, a process for each, is fed with; more by the variable. */
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 20_000) / 100;

/** No slash and no dot: whatever a stream is, it stays in the agent's folder. */
const BYTES = Buffer.from('DFSRLGE 0123456789-abc\0\0\0');

describe('the sync agent, compiled with sanitizers', () => {
  let folder: string;
  let program: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sync-agent-'));
    program = join(folder, 'agent');
    const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
    execFileSync('gcc', [...FLAGS, ...sources.map((name) => join(SOURCES, name)), '-o', program]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  let tree: string;
  beforeEach(() => {
    tree = mkdtempSync(join(folder, 'tree-'));
  });

  function answer(requests: string | Buffer) {
    const { status, stdout, stderr } = spawnSync(program, [tree], { input: requests });
    return { status, stdout: stdout.toString('latin1'), errors: stderr.toString() };
  }
  const FINE = { status: 0, errors: '' };
  const ids = `${process.getuid?.() ?? 0} ${process.getgid?.() ?? 0}`;

  test('writes, reads and removes', () => {
    const made = `D 755 ${ids} 0 0 a\0F 640 ${ids} 1500000000 5 a/b\0helloS 777 ${ids} 0 3 a/c\0b/xE \0`;
    expect(answer(made)).toEqual({ ...FINE, stdout: expect.stringMatching(/^e \d+\0$/) as string });
    expect(readFileSync(join(tree, 'a/b'), 'utf8')).toBe('hello');
    expect(statSync(join(tree, 'a/b')).mtimeMs).toBe(1500);
    const got = answer('G a/b\0G a/c\0R a\0R a\0L 0 \0E \0');
    expect(got).toMatchObject(FINE);
    expect(got.stdout).toMatch(/^gf 640 5 1500000000 a\/b\0hellogs 777 3 0 a\/c\0b\/xc \0e \d+\0$/);
  });

  test.each([
    ['no request', 'x\0', /^x x: Protocol error\0$/],
    ['a verb that is none', 'Z a\0', /Protocol error\0$/],
    ['no number', 'L x \0', /Protocol error\0$/],
    ['a number that is too large', `L ${'9'.repeat(20)} \0`, /Protocol error\0$/],
    ['a negative size', `F 644 ${ids} 0 -1 a\0`, /Protocol error\0$/],
    ['a request without its end', 'L 0 ', /Broken pipe\0$/],
    ['content that ends too early', `F 644 ${ids} 0 9 a\0half`, /Broken pipe\0$/],
    ['a link that is too long', `S 777 ${ids} 0 4096 a\0${'x'.repeat(4096)}`, /name too long\0$/],
    ['a name that is too long', `D 755 ${ids} 0 0 ${'x'.repeat(300)}\0`, /name too long\0$/],
    ['a file that is not there', 'G a\0', /^x a: No such file or directory\0$/],
    ['a folder that is not there', `F 644 ${ids} 0 0 a/b c\0`, /^x a\/b c: No such file/],
  ])('says what is wrong with %s', (_name, requests, message) => {
    const { status, stdout, errors } = answer(requests);
    expect({ status, errors }).toEqual({ status: 1, errors: '' });
    expect(stdout).toMatch(message);
  });

  test('lists a folder that is deeper than a path may be long, up to there', () => {
    mkdirSync(join(tree, 'deep'));
    const name = 'n'.repeat(200);
    const script = `i=0; while [ $i -lt 25 ]; do mkdir ${name}; cd -P ${name}; i=$((i + 1)); done`;
    execFileSync('sh', ['-c', script], { cwd: join(tree, 'deep') });
    const { status, stdout, errors } = answer('L 0 \0E \0');
    expect({ status, errors }).toEqual({ status: 1, errors: '' });
    expect(stdout).toMatch(/File name too long\0$/);
    expect(answer('R deep\0E \0').status).toBe(0);
    expect(readdirSync(tree)).toEqual([]);
  });

  test('has no fault, whatever it is sent', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const valid = `D 755 ${ids} 0 0 a\0F 644 ${ids} 1 3 b\0abcS 777 ${ids} 0 1 c\0aL 0 \0G b\0R b\0E \0`;
    const statuses = new Set<number | null>();
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = Buffer.from(valid.repeat(1 + random(3)));
      for (let change = random(6); change > 0; change--) {
        bytes[random(bytes.length)] = BYTES[random(BYTES.length)] ?? 0;
      }
      const { status, errors } = answer(bytes.subarray(0, bytes.length - random(9)));
      expect({ bytes: bytes.toString(), errors }).toEqual({ bytes: bytes.toString(), errors: '' });
      statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([0, 1]);
  });
});
