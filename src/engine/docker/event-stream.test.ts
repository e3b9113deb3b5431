import { PassThrough, Readable } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';
import { readEvents, type StreamLine } from './event-stream';

const read = (chunks: Iterable<string | Buffer>): Promise<StreamLine[]> =>
  collect(Readable.from([...chunks].map((chunk) => Buffer.from(chunk))));

async function collect(stream: Readable): Promise<StreamLine[]> {
  const lines: StreamLine[] = [];
  for await (const line of readEvents(stream, 'pull km:1')) lines.push(line);
  return lines;
}

test('each line is one event; empty lines and \\r\\n are no events', async () => {
  expect(
    await read(['{"status":"a"}\n\n{"status":"b","id":"1"}\r\n', '\r\n{"stream":"c"}']),
  ).toEqual([{ status: 'a' }, { status: 'b', id: '1' }, { stream: 'c' }]);
});

test('lines and UTF-8 come out whole, wherever the chunks are cut', async () => {
  const bytes = Buffer.from('{"stream":"grüße, 世界 🌍"}\n{"status":"ende"}\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual([
      { stream: 'grüße, 世界 🌍' },
      { status: 'ende' },
    ]);
  }
});

test.each([
  ['error', '{"error":"no such host"}', 'no such host'],
  ['errorDetail', '{"errorDetail":{"code":3,"message":"code 3"}}', 'code 3'],
  ['both', '{"errorDetail":{"message":"detail"},"error":"short"}', 'detail'],
  ['an errorDetail without words', '{"errorDetail":{"code":3}}', 'the engine gave no reason'],
])('a line with %s is thrown, after the lines before it', async (_name, line, message) => {
  const seen: StreamLine[] = [];
  const reading = (async () => {
    const stream = Readable.from([
      Buffer.from(`{"status":"first"}\n${line}\n{"status":"never"}\n`),
    ]);
    for await (const event of readEvents(stream, 'pull km:1')) seen.push(event);
  })();
  await expect(reading).rejects.toMatchObject({
    code: 'engine-failed',
    message: `Cannot pull km:1: ${message}`,
  });
  expect(seen).toEqual([{ status: 'first' }]);
});

test.each(['{"status":"half', '<html>', 'null', '42'])(
  'the line %j is an answer that broke off',
  async (line) => {
    await expect(read([line])).rejects.toMatchObject({
      code: 'engine-failed',
      message: "Cannot pull km:1: the engine's answer broke off",
    });
  },
);

test('a connection that breaks is thrown, after the lines before it', async () => {
  const stream = new PassThrough();
  stream.write('{"status":"first"}\n{"status":');
  const events = readEvents(stream, 'pull km:1');
  expect(await events.next()).toEqual({ done: false, value: { status: 'first' } });
  const cause = new Error('aborted');
  stream.destroy(cause);
  await expect(events.next()).rejects.toMatchObject({
    code: 'engine-failed',
    message: 'Cannot pull km:1: the connection broke',
    cause,
  });
});

test('a stream that closes without an end is a connection that broke', async () => {
  const stream = new PassThrough();
  stream.write('{"status":"first"}\n');
  const reading = collect(stream);
  setImmediate(() => stream.destroy());
  await expect(reading).rejects.toMatchObject({
    message: 'Cannot pull km:1: the connection broke',
  });
});

test('an error of ours in the stream stays what it is', async () => {
  const own = new BuildenvError('host', 'the context vanished');
  const stream = new PassThrough();
  stream.destroy(own);
  await expect(collect(stream)).rejects.toBe(own);
});
