import { Duplex, PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DockerAttachment } from './docker-attachment';

const silent = (): Duplex => new PassThrough();

function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

test('with a terminal all output goes to stdout as it is', async () => {
  const output = new PassThrough();
  output.end(Buffer.from([1, 0, 0, 0, 27, 91]));
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  await new DockerAttachment(silent(), output, true).pipeOutput(stdout, stderr);
  expect(stdout.read()).toEqual(Buffer.from([1, 0, 0, 0, 27, 91]));
  expect(stderr.read()).toBeNull();
});

test('what is written to stdin goes to the input connection, which ends with it', async () => {
  const input = new PassThrough();
  const attachment = new DockerAttachment(
    Duplex.from({ writable: input, readable: new PassThrough().end() }),
    silent(),
    false,
  );
  attachment.stdin.end('input');
  expect(await text(input)).toBe('input');
});

test.each([true, false])(
  'a connection that breaks is an error of the engine (terminal: %j)',
  async (terminal) => {
    const output = new PassThrough();
    const sink = new PassThrough();
    const done = new DockerAttachment(silent(), output, terminal).pipeOutput(sink, sink);
    output.destroy(connectionReset());
    await expect(done).rejects.toMatchObject({
      code: 'engine-unreachable',
      message: "The command's output broke off: read ECONNRESET",
    });
  },
);

test.each([true, false])(
  'a receiver that breaks is told by its own error (terminal: %j)',
  async (terminal) => {
    const output = new PassThrough();
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const broken = new Writable({ highWaterMark: 1, write: (_c, _e, done) => done(closed) });
    const done = new DockerAttachment(silent(), output, terminal).pipeOutput(broken, broken);
    output.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 65, 66]));
    await expect(done).rejects.toBe(closed);
  },
);

test('closing drops both connections', () => {
  const [input, output] = [silent(), silent()];
  new DockerAttachment(input, output, false).close();
  expect([input.destroyed, output.destroyed]).toEqual([true, true]);
});
