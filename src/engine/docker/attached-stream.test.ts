import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AttachedStream } from './attached-stream';

/** A frame as the Engine API defines it: stream type, three zeros, big-endian length, payload. */
function frame(type: number, payload: string | Buffer): Buffer {
  const content = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** A connection to an engine that sends chunks and ends, and what is written to it. */
function connection(chunks: Iterable<Buffer>): { connection: Duplex; written: PassThrough } {
  const written = new PassThrough();
  const readable = new PassThrough();
  for (const chunk of chunks) readable.write(chunk);
  readable.end();
  return { connection: Duplex.from({ readable, writable: written }), written };
}

async function split(chunks: Iterable<Buffer>): Promise<{ stdout: Buffer; stderr: Buffer }> {
  const stream = new AttachedStream(connection(chunks).connection);
  const [stdout, stderr] = await Promise.all([buffer(stream), buffer(stream.errors)]);
  return { stdout, stderr };
}

const binary = Buffer.from([0, 1, 2, 0, 0, 0, 0, 255]);
const frames = Buffer.concat([
  frame(1, 'out '),
  frame(2, 'error'),
  frame(1, ''),
  frame(1, binary),
  frame(2, '\n'),
]);
const expected = {
  stdout: Buffer.concat([Buffer.from('out '), binary]),
  stderr: Buffer.from('error\n'),
};

test('both streams come out whole, wherever the chunks are cut', async () => {
  for (let cut = 1; cut < frames.length; cut++) {
    expect(await split([frames.subarray(0, cut), frames.subarray(cut)])).toEqual(expected);
  }
});

test('both streams come out whole, byte by byte', async () => {
  expect(await split([...frames].map((byte) => Buffer.of(byte)))).toEqual(expected);
});

test('no output at all is an end like others', async () => {
  expect(await split([])).toEqual({ stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) });
});

test('what is written goes to the connection, which ends with it', async () => {
  const { connection: inner, written } = connection([]);
  new AttachedStream(inner).end('input');
  expect((await buffer(written)).toString()).toBe('input');
});

test('a connection that ends in a frame is an error, wherever it ends', async () => {
  const whole = frame(1, 'output');
  for (let length = 1; length < whole.length; length++) {
    const stream = new AttachedStream(connection([whole.subarray(0, length)]).connection);
    await expect(buffer(stream)).rejects.toMatchObject({
      code: 'engine-failed',
      message: "The command's output broke off: the engine closed the connection",
    });
  }
});

test('a connection that breaks is an error of the engine', async () => {
  const inner = new PassThrough();
  const stream = new AttachedStream(inner);
  inner.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  await expect(buffer(stream)).rejects.toMatchObject({
    code: 'engine-unreachable',
    message: 'The connection to the engine broke: read ECONNRESET',
  });
});

test('nothing is read ahead of a slow reader', async () => {
  let sent = 0;
  const chunk = frame(1, Buffer.alloc(16_384));
  const source = new Duplex({
    highWaterMark: 1,
    read() {
      sent++;
      this.push(chunk);
    },
    write: (_chunk, _encoding, done) => done(),
  });
  const stream = new AttachedStream(source);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toBeLessThan(10);
  stream.destroy();
});

test('a connection that ends between two frames closes both directions', async () => {
  const inner = new PassThrough({ allowHalfOpen: true });
  const stream = new AttachedStream(inner);
  const closed = once(stream, 'close');
  stream.resume();
  stream.errors.resume();
  inner.push(frame(1, Buffer.from('out')));
  inner.push(null);
  await closed;
  expect(inner.writableEnded).toBe(true);
});
