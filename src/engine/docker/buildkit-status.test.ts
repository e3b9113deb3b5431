import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildkitStatus, decodeStatus } from './buildkit-status';

/** The trace messages of a recorded build. */
const messages = readFileSync(join(__dirname, 'fixtures/buildkit-failed.stream'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { id?: string; aux?: string })
  .filter(({ id }) => id === 'moby.buildkit.trace')
  .map(({ aux }) => decodeStatus(Buffer.from(aux ?? '', 'base64')));

const all = <K extends keyof BuildkitStatus>(field: K): BuildkitStatus[K][number][] =>
  messages.flatMap((message) => message[field] as BuildkitStatus[K][number][]);

test('a vertex is told when it is known, when it starts and when it ends', () => {
  const states = all('vertexes')
    .filter(({ name }) => name === '[3/3] RUN echo it breaks; exit 3')
    .map(({ started, completed, error }) => ({ started, completed, failed: error !== '' }));
  expect(states).toEqual([
    { started: false, completed: false, failed: false },
    { started: true, completed: false, failed: false },
    { started: true, completed: true, failed: true },
  ]);
});

test('logs carry bytes and the vertex that they belong to', () => {
  const names = new Map(all('vertexes').map(({ digest, name }) => [digest, name]));
  expect(all('logs').map(({ vertex, msg }) => [names.get(vertex), msg.toString()])).toEqual([
    ['[2/3] RUN echo first', 'first\n'],
    ['[3/3] RUN echo it breaks; exit 3', 'it breaks\n'],
  ]);
});

test('an empty message says nothing', () => {
  expect(decodeStatus(new Uint8Array())).toEqual({ vertexes: [], logs: [] });
});
