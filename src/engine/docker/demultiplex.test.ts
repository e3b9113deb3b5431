import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { demultiplex } from './demultiplex';

/** A frame as the Engine API defines it: stream type, three zeros, big-endian length, payload. */
function frame(type: number, payload: string | Buffer): Buffer {
  const content = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

async function split(chunks: Iterable<Buffer>): Promise<{ stdout: Buffer; stderr: Buffer }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const read = Promise.all([buffer(stdout), buffer(stderr)]);
  await demultiplex(Readable.from(chunks), stdout, stderr);
  stdout.end();
  stderr.end();
  const [out, err] = await read;
  return { stdout: out, stderr: err };
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
  for (let cut = 0; cut <= frames.length; cut++) {
    expect(await split([frames.subarray(0, cut), frames.subarray(cut)])).toEqual(expected);
  }
});

test('both streams come out whole, byte by byte', async () => {
  expect(await split([...frames].map((byte) => Buffer.of(byte)))).toEqual(expected);
});

test('no output at all is an end like others', async () => {
  expect(await split([])).toEqual({ stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) });
});

test('a connection that ends in a frame is an error, wherever it ends', async () => {
  const whole = frame(1, 'output');
  for (let length = 1; length < whole.length; length++) {
    await expect(split([whole.subarray(0, length)])).rejects.toMatchObject({
      code: 'engine-failed',
      message: "The command's output broke off: the engine closed the connection",
    });
  }
});

test('nothing is read ahead of a slow receiver', async () => {
  let sent = 0;
  const source = Readable.from(
    (function* () {
      for (; sent < 100; sent++) yield frame(1, Buffer.alloc(1024));
    })(),
    { highWaterMark: 1 },
  );
  const waiting: (() => void)[] = [];
  const slow = new Writable({
    highWaterMark: 1024,
    write: (_chunk, _encoding, written) => void waiting.push(written),
  });

  const done = demultiplex(source, slow, slow);
  for (let received = 1; received <= 100; received++) {
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThanOrEqual(received + 3);
    waiting.shift()?.();
  }
  await done;
  expect(slow.writableLength).toBe(0);
});

test('a receiver that fails ends the copy with its own error', async () => {
  const broken = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(new Error('the receiver broke')),
  });
  const source = Readable.from([frame(1, 'one'), frame(1, 'two')]);
  await expect(demultiplex(source, broken, broken)).rejects.toThrow('the receiver broke');
});
