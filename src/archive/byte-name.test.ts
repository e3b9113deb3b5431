import { decodeName, encodeName, hostPath } from './byte-name';

const names = [
  Buffer.from('plain'),
  Buffer.from('ü/日本/😀'),
  Buffer.from([0xff]),
  Buffer.from([0x61, 0xe9, 0x2f, 0xc3]),
  Buffer.from([0xf0, 0x9f, 0x98]),
  Buffer.from([0xed, 0xb2, 0x80]),
  Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1)),
];

test.each(names)('%p comes back as the same bytes', (bytes) => {
  expect(encodeName(decodeName(bytes))).toEqual(bytes);
  expect(encodeName(JSON.parse(JSON.stringify(decodeName(bytes))) as string)).toEqual(bytes);
});

test('every pair of bytes comes back, and no two give one name', () => {
  const seen = new Set<string>();
  for (let pair = 0; pair < 0x10000; pair++) {
    const bytes = Buffer.from([pair >> 8, pair & 0xff]);
    const name = decodeName(bytes);
    seen.add(name);
    expect(encodeName(name).equals(bytes)).toBe(true);
  }
  expect(seen.size).toBe(0x10000);
});

test('names in UTF-8 are plain strings, for the host too', () => {
  expect(decodeName(Buffer.from('ü/😀'))).toBe('ü/😀');
  expect(hostPath('ü/😀')).toBe('ü/😀');
  expect(hostPath(decodeName(Buffer.from([0x61, 0xff])))).toEqual(Buffer.from([0x61, 0xff]));
});
