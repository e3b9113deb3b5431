import { PassThrough } from 'node:stream';
import { PlainProgress } from '../plain-progress';
import { azurePipelines } from './azure-pipelines';
import { CiProgress } from './ci-progress';

function write(events: (progress: CiProgress) => void): string[] {
  const output = new PassThrough();
  const lines = new PlainProgress(output, true, () => 0);
  events(new CiProgress(azurePipelines, output, lines));
  return String(output.read()).trimEnd().replaceAll('   0.0s ', '').split('\n');
}

test('tasks that run together are one group, and what became of them follows it', () => {
  const lines = write((progress) => {
    progress.begin('a', 'building');
    progress.begin('b', 'building');
    progress.update();
    progress.end('a', 'id-a');
    progress.step('b', 'RUN make');
    progress.fail('b');
    progress.begin('c', 'building');
    progress.end('c', 'id-c');
  });
  expect(lines).toEqual([
    '##[group]a: building',
    'a: building',
    'b: building',
    'b: RUN make',
    '##[endgroup]',
    'a: done, id-a',
    'b: failed',
    '##[group]c: building',
    'c: building',
    '##[endgroup]',
    'c: done, id-c',
  ]);
});

test('what a build prints is not taken for a command', () => {
  const lines = write((progress) => {
    progress.begin('a', 'building');
    progress.log('a', '##vso[task.complete result=Succeeded]');
    progress.notice('##[endgroup]');
  });
  expect(lines).toContain('a: | **vso[task.complete result=Succeeded]');
  expect(lines).toContain('**[endgroup]');
});
