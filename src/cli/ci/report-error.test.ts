import { BuildFailedError } from '../../errors/build-failed-error';
import { BuildenvError } from '../../errors/buildenv-error';
import { ConfigError } from '../../errors/config-error';
import { InterruptedError } from '../../errors/interrupted-error';
import { azurePipelines } from './azure-pipelines';
import { reportError } from './report-error';

const report = (error: unknown) => reportError(error, azurePipelines).split('\n');

test('each problem of a configuration is an issue at its place', () => {
  const problems = [
    { line: 1, column: 2, message: 'a', hint: 'b' },
    { line: 3, column: 4, message: 'c' },
  ];
  expect(report(new ConfigError('/s/buildenv.yaml', problems))).toEqual([
    '##vso[task.logissue type=error;sourcepath=/s/buildenv.yaml;linenumber=1;columnnumber=2]a%0A→ b',
    '##vso[task.logissue type=error;sourcepath=/s/buildenv.yaml;linenumber=3;columnnumber=4]c',
  ]);
});

test('any other error is one issue, with what to do', () => {
  expect(report(new BuildenvError('host', 'no git', { hint: 'Install it.' }))).toEqual([
    '##vso[task.logissue type=error]no git%0A→ Install it.',
  ]);
});

test('the output of a failed step is text, in which nothing is a command', () => {
  const log = 'cc -c a.c\n##vso[task.complete result=Succeeded]\n';
  expect(report(new BuildFailedError('tool', 'RUN make', 'exit code: 2', log))).toEqual([
    '--- output of RUN make',
    'cc -c a.c',
    '**vso[task.complete result=Succeeded]',
    '---',
    '##vso[task.logissue type=error]Cannot build tool: RUN make failed: exit status 2%0A→ Its output is above.',
  ]);
});

test('a bug is an issue beside its stack; of an interruption nothing is said', () => {
  expect(report(new TypeError('x')).at(-1)).toBe(
    '##vso[task.logissue type=error]buildenv has a bug: TypeError: x',
  );
  expect(report(new TypeError('x'))[1]).toBe('TypeError: x');
  expect(report(new InterruptedError('SIGINT'))).toEqual(['']);
});
