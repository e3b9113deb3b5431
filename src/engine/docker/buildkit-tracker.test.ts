import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { EngineEvent } from '../engine';
import { decodeStatus } from './buildkit-status';
import { BuildkitTracker } from './buildkit-tracker';
import { readEvents } from './event-stream';

/** Follows a recorded answer of an engine to `POST /build?version=2`. */
async function follow(
  recording: string,
): Promise<{ tracker: BuildkitTracker; events: EngineEvent[]; error: string | undefined }> {
  const tracker = new BuildkitTracker(decodeStatus);
  const events: EngineEvent[] = [];
  const stream = createReadStream(join(__dirname, 'fixtures', recording));
  try {
    for await (const line of readEvents(stream, 'build')) events.push(...tracker.accept(line));
  } catch (error) {
    return { tracker, events, error: (error as Error).message };
  }
  return { tracker, events, error: undefined };
}

const stepNames = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.kind === 'step' ? [event.name] : []));

test('a build that succeeds: its steps by their instructions, its output, its image', async () => {
  const { tracker, events, error } = await follow('buildkit-ok.stream');
  expect(error).toBeUndefined();
  expect(stepNames(events)).toEqual([
    'FROM docker.io/library/buildenv-test-capture:1',
    'RUN echo first; echo "grüße" >&2',
    'COPY Dockerfile /copied',
    'exporting to image',
  ]);
  const output = events.flatMap((event) => (event.kind === 'log' ? [event.text] : []));
  expect(output.join('').split('\n').sort()).toEqual(['', 'first', 'grüße']);
  expect(tracker.imageId()).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(tracker.failedStep()).toBeUndefined();
});

test('each step begins once and ends once, after its beginning', async () => {
  const { events } = await follow('buildkit-ok.stream');
  const begun = events.filter(({ kind }) => kind === 'step');
  const done = events.filter(({ kind }) => kind === 'step-done');
  const ids = (some: readonly EngineEvent[]) => some.map(({ id }) => id).sort();
  expect(new Set(ids(begun)).size).toBe(begun.length);
  expect(ids(done)).toEqual(ids(begun));
  for (const { id } of begun) {
    const order = events.filter((event) => event.id === id).map(({ kind }) => kind);
    expect([order[0], order.at(-1)]).toEqual(['step', 'step-done']);
  }
});

test('steps of an unchanged build are cached ones', async () => {
  const { events } = await follow('buildkit-cached.stream');
  const cached = events.flatMap((event) =>
    event.kind === 'step' ? [[event.name, event.cached]] : [],
  );
  expect(cached).toContainEqual(['RUN echo first; echo "grüße" >&2', true]);
  expect(cached).toContainEqual(['COPY Dockerfile /copied', true]);
});

test('a step that fails is named, with its own output alone', async () => {
  const { tracker, error } = await follow('buildkit-failed.stream');
  expect(error).toContain('exit code: 3');
  expect(tracker.failedStep()).toEqual({ name: 'RUN echo it breaks; exit 3', log: 'it breaks\n' });
  expect(tracker.imageId()).toBeUndefined();
});

test('a step that was ended because another one failed is not the failed one', async () => {
  const { tracker } = await follow('buildkit-parallel.stream');
  expect(tracker.failedStep()).toEqual({
    name: 'RUN sleep 1; echo it breaks; exit 3',
    log: 'it breaks\n',
  });
});

test('a Dockerfile that cannot be parsed fails in no step', async () => {
  const { tracker, error } = await follow('buildkit-syntax.stream');
  expect(error).toContain('dockerfile parse error line 2: unknown instruction: RUNN');
  expect(tracker.failedStep()).toBeUndefined();
});
