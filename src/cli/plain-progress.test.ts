import { PassThrough } from 'node:stream';
import { PlainProgress } from './plain-progress';

/** Progress with a clock that the test sets, in milliseconds. */
function start(verbose: boolean) {
  const output = new PassThrough();
  const clock = { now: 5_000_000 };
  const progress = new PlainProgress(output, verbose, () => clock.now);
  return { progress, clock, printed: () => (output.read() as Buffer | null)?.toString() ?? '' };
}

test('each event is a line with the seconds since the start', () => {
  const { progress, clock, printed } = start(false);
  progress.begin('tools', 'building');
  clock.now += 1_250;
  progress.step('tools', 'RUN make');
  clock.now += 100_000;
  progress.end('tools', 'sha256:1');
  progress.fail('other');
  progress.notice('no registry');
  expect(printed()).toBe(
    [
      '   0.0s tools: building',
      '   1.3s tools: RUN make',
      ' 101.3s tools: done, sha256:1',
      ' 101.3s other: failed',
      ' 101.3s no registry',
      '',
    ].join('\n'),
  );
});

test('transfers are not told, and output only when it is asked for', () => {
  const quiet = start(false);
  quiet.progress.update();
  quiet.progress.log('tools', 'compiling\n');
  expect(quiet.printed()).toBe('');
  const verbose = start(true);
  verbose.progress.log('tools', 'one\n\ntwo\n');
  expect(verbose.printed()).toBe('   0.0s tools: | one\n   0.0s tools: | two\n');
});
