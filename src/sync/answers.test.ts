import { Readable } from 'node:stream';
import { AnswerReader } from './answers';

const reader = (...chunks: readonly string[]) =>
  new AnswerReader(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));

test('answers are read across chunks, with their content', async () => {
  const answers = reader('c a', '/b\0lf 644 3 ', '-1 ü\n x\0gs 777 5 7 l\0tar', 'get', 'e 99\0');
  expect(await answers.next()).toEqual({ verb: 'changed', path: 'a/b' });
  const entry = { path: 'ü\n x', kind: 'file', mode: 0o644, size: 3, mtime: '-1' };
  expect(await answers.next()).toEqual({ verb: 'listed', entry });
  expect(await answers.next()).toMatchObject({ verb: 'got', entry: { kind: 'link', size: 5 } });
  const parts: Buffer[] = [];
  for await (const part of answers.content(6)) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe('target');
  expect(await answers.next()).toEqual({ verb: 'end', clock: '99' });
});

test.each([
  ['no answer at all', 'HTTP/1.1 200 OK\0', /not one/],
  ['a kind that is none', 'lz 644 3 1 x\0', /not one/],
  ['a size that is none', 'lf 644 -3 1 x\0', /not one/],
  ['a line without end', 'c '.padEnd(10_000, 'x'), /not one/],
  ['an end too early', 'lf 644', /ended too early/],
  ["the agent's own failure", 'x F a: No space left on device\0', /No space left/],
])('%s is an error', async (_name, text, message) => {
  await expect(reader(text).next()).rejects.toMatchObject({
    code: 'engine-failed',
    message: expect.stringMatching(message) as string,
  });
});
