import { FrameReader } from './frame-reader';
import { FRAME, frame } from './frames';

function collect() {
  const seen: [number, string][] = [];
  let output = '';
  let broken = 0;
  const reader = new FrameReader({
    output: (_type, data) => (output += data.toString()),
    frame: (type, payload) => seen.push([type, payload.toString('hex')]),
    broken: () => broken++,
  });
  return { reader, read: () => ({ seen, output, broken }) };
}

const stream = Buffer.concat([
  frame(FRAME.hello, Buffer.of(1, 2)),
  frame(FRAME.stdout, Buffer.from('out ')),
  frame(FRAME.stderr, Buffer.from('err')),
  frame(FRAME.credit, Buffer.of(0, 0, 1, 0)),
  frame(FRAME.exit, Buffer.of(0, 7)),
]);
const expected = {
  seen: [
    [FRAME.hello, '0102'],
    [FRAME.credit, '00000100'],
    [FRAME.exit, '0007'],
  ],
  output: 'out err',
  broken: 0,
};

test('frames come out whole, wherever the chunks are cut', () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const { reader, read } = collect();
    reader.read(stream.subarray(0, cut));
    reader.read(stream.subarray(cut));
    expect(read()).toEqual(expected);
  }
});

test('frames come out whole, byte by byte', () => {
  const { reader, read } = collect();
  for (const byte of stream) reader.read(Buffer.of(byte));
  expect(read()).toEqual(expected);
});

test('bytes that are no frames are told once', () => {
  const { reader, read } = collect();
  reader.read(Buffer.from('HTTP/1.1 200 OK\r\n'));
  expect(read()).toEqual({ seen: [], output: '', broken: 1 });
});
