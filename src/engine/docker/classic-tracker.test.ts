import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { EngineEvent } from '../engine';
import { ClassicTracker } from './classic-tracker';
import { readEvents } from './event-stream';

const recorded = (name: string) => createReadStream(join(__dirname, 'fixtures', name));

/** Follows an engine's answer to `POST /build?version=1`. */
async function follow(
  stream: Readable,
): Promise<{ tracker: ClassicTracker; events: EngineEvent[]; error: string | undefined }> {
  const tracker = new ClassicTracker();
  const events: EngineEvent[] = [];
  try {
    for await (const line of readEvents(stream, 'build')) events.push(...tracker.accept(line));
  } catch (error) {
    return { tracker, events, error: (error as Error).message };
  }
  return { tracker, events, error: undefined };
}

test('a build that succeeds: its steps, its output without colours, its image', async () => {
  const { tracker, events } = await follow(recorded('classic-ok.stream'));
  const step = (id: string, name: string) => ({ kind: 'step', id, name, cached: false });
  expect(events).toEqual([
    step('1', 'FROM buildenv-test-capture:1'),
    { kind: 'step-done', id: '1' },
    step('2', 'RUN echo first; echo "grüße" >&2'),
    { kind: 'log', id: '2', text: 'first\n' },
    { kind: 'log', id: '2', text: 'grüße\n' },
    { kind: 'step-done', id: '2' },
    step('3', 'COPY Dockerfile /copied'),
  ]);
  expect(tracker.imageId()).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test.each([
  ['classic-cached.stream', ['RUN echo first; echo "grüße" >&2', 'COPY Dockerfile /copied']],
  ['podman-cached.stream', ['RUN echo first']],
])('steps of an unchanged build are told again as cached ones: %s', async (name, steps) => {
  const { events, tracker } = await follow(recorded(name));
  const cached = events.flatMap((event) =>
    event.kind === 'step' && event.cached ? [event.name] : [],
  );
  expect(cached).toEqual(steps);
  expect(tracker.imageId()).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test.each([
  ['classic-failed.stream', 'returned a non-zero code: 3'],
  ['podman-failed.stream', 'exit status 3'],
])('a step that fails is named, with its own output alone: %s', async (name, words) => {
  const { tracker, error } = await follow(recorded(name));
  expect(error).toContain(words);
  expect(tracker.failedStep()).toEqual({ name: 'RUN echo it breaks; exit 3', log: 'it breaks\n' });
  expect(tracker.imageId()).toBeUndefined();
});

test('a base that cannot be pulled fails in its FROM', async () => {
  const lines = [
    { stream: 'Step 1/2 : FROM registry.example/absent:1' },
    { stream: '\n' },
    { errorDetail: { message: 'no such host' }, error: 'no such host' },
  ];
  const stream = Readable.from(lines.map((line) => Buffer.from(`${JSON.stringify(line)}\n`)));
  const { tracker } = await follow(stream);
  expect(tracker.failedStep()).toEqual({ name: 'FROM registry.example/absent:1', log: '' });
});

test('of a long output the end is kept', () => {
  const tracker = new ClassicTracker();
  tracker.accept({ stream: 'Step 1/1 : RUN make' });
  for (let line = 0; line < 10_000; line++) tracker.accept({ stream: `line ${line}\n` });
  const log = tracker.failedStep()?.log ?? '';
  expect(log.length).toBe(16_384);
  expect(log.endsWith('line 9998\nline 9999\n')).toBe(true);
});
