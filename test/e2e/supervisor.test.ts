import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FrameReader } from '../../src/run/session/frame-reader';
import { FRAME, frame, frameHeader, WINDOW } from '../../src/run/session/frames';
import { secretFrame, startFrame } from '../../src/run/session/session-request';

const SOURCES = resolve(__dirname, '../../src/run/supervisor');
const FLAGS = [
  '-std=c11',
  '-D_GNU_SOURCE',
  '-DPROGRAM_VERSION="sanitized"',
  '-g',
  '-O1',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];
/** The parsers are fed with so many streams; a longer run by the variable. */
const ROUNDS = process.env['FUZZ_ROUNDS'] ?? '20000';

// Outside of a container it would run commands as another user by changing this machine's accounts.
const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

describe('the supervisor, compiled with sanitizers', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function compile(name: string, sources: readonly string[]): string {
    const program = join(folder, name);
    execFileSync('gcc', [...FLAGS, ...sources, '-o', program]);
    return program;
  }
  const source = (name: string) => join(SOURCES, name);

  test('parses streams with changed bytes without a fault', () => {
    const parsers = ['frames.c', 'request.c', 'secret.c'].map(source);
    const fuzz = compile('fuzz', [resolve(__dirname, 'fuzz.c'), ...parsers]);
    const output = execFileSync(fuzz, ['1', ROUNDS], { encoding: 'utf8' });
    expect(output).toMatch(
      /^\d+ rounds, [1-9]\d+ frames, [1-9]\d+ requests, [1-9]\d+ secrets, [1-9]\d+ refused\n$/,
    );
  });

  asRoot('as a program', () => {
    let program: string;
    beforeAll(() => {
      const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
      program = compile('supervisor', sources.map(source));
    });

    /** Sends bytes to a supervisor, then ends, and says what it answered. */
    async function session(...sent: readonly Buffer[]) {
      const words = ['stream', '-', '0', '500', '0', '0', '', 'root', '/root', '--'];
      const child = spawn(program, words);
      const closed = once(child, 'close');
      const frames: [number, string][] = [];
      let stdout = '';
      let errors = '';
      const reader = new FrameReader({
        output: (_type, data) => (stdout += data.toString()),
        frame(type, payload) {
          frames.push([type, payload.toString('hex')]);
          if (type === FRAME.exit || type === FRAME.failed) child.stdin.end();
        },
        broken: () => child.kill('SIGKILL'),
      });
      child.stdout.on('data', (data: Buffer) => reader.read(data));
      child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
      child.stdin.on('error', () => undefined);
      child.stdin.write(Buffer.concat(sent));
      const [status] = (await closed) as [number];
      return { status, stdout, errors, last: frames.at(-1) };
    }
    const start = (script: string) =>
      startFrame({ cwd: '/', command: ['sh', '-c', script], env: ['A=b'] }, undefined);
    const secret = (name: string) => secretFrame({ name, content: Buffer.from('x') });
    const ended = { status: 0, errors: '' };

    test('runs a command, and reports its end', async () => {
      expect(await session(start('echo $A; exit 3'))).toEqual({
        ...ended,
        stdout: 'b\n',
        last: [FRAME.exit, '0003'],
      });
    });

    test('a signal overtakes input that the command does not read', async () => {
      // No shell: one that is signalled right before it becomes another program may lose the signal.
      const sleep = startFrame({ cwd: '/', command: ['sleep', '60'], env: [] }, undefined);
      const input = Buffer.alloc(WINDOW);
      const sent = [frameHeader(FRAME.stdin, WINDOW), input, frame(FRAME.signal, Buffer.of(2))];
      expect(await session(sleep, ...sent)).toMatchObject({
        ...ended,
        last: [FRAME.exit, '0102'],
      });
    });

    test.each([
      ['bytes that are no frame', [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
      ['input before start', [frame(FRAME.stdin, Buffer.from('x'))]],
      ['a second start', [start('sleep 60'), start('true')]],
      ['a secret after start', [start('sleep 60'), secret('late')]],
      ['a secret without a name', [frame(FRAME.secret, Buffer.from('\0x'))]],
      ['a secret whose name has no end', [frame(FRAME.secret, Buffer.from('name'))]],
      ['a secret elsewhere', [secret('a/b')]],
      ['a secret with a dot first', [secret('..')]],
      ['a secret whose name is too long', [secret('n'.repeat(65))]],
      ['a secret that is too large', [frameHeader(FRAME.secret, (1 << 20) + 66)]],
      ['a signal that is none', [start('sleep 60'), frame(FRAME.signal, Buffer.of(0))]],
      [
        'more input than is allowed',
        [
          start('sleep 60'),
          frame(FRAME.stdin, Buffer.alloc(WINDOW)),
          frame(FRAME.stdin, Buffer.alloc(1)),
        ],
      ],
    ])('ends at %s', async (_name, sent) => {
      expect(await session(...sent)).toMatchObject(ended);
    });

    test('passes much data in both directions at once', async () => {
      const lines = Buffer.from('0123456789abcde\n'.repeat(WINDOW / 16));
      const sent = [frameHeader(FRAME.stdin, lines.length), lines, frame(FRAME.stdinEnd)];
      const { stdout, ...rest } = await session(start('cat'), ...sent);
      expect(stdout.length).toBe(WINDOW);
      expect(rest).toEqual({ ...ended, last: [FRAME.exit, '0000'] });
    });
  });
});
