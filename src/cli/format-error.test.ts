import { BuildFailedError } from '../errors/build-failed-error';
import { BuildenvError } from '../errors/buildenv-error';
import { ConfigError } from '../errors/config-error';
import { InterruptedError } from '../errors/interrupted-error';
import { formatError } from './format-error';

test.each<[string, unknown, string]>([
  ['one thing that failed', new BuildenvError('host', 'No disk'), 'buildenv: No disk'],
  [
    'with what to do',
    new BuildenvError('host', 'No disk', { hint: 'Buy one.' }),
    'buildenv: No disk\n  → Buy one.',
  ],
  [
    'every problem of a configuration, as compilers print them',
    new ConfigError('/t/buildenv.yaml', [
      { line: 1, column: 2, message: 'first' },
      { line: 30, column: 4, message: 'second', hint: "did you mean 'images'?" },
    ]),
    "/t/buildenv.yaml:1:2: first\n/t/buildenv.yaml:30:4: second\n  → did you mean 'images'?",
  ],
  [
    'a failed step, its output first',
    new BuildFailedError('i:1', 'RUN make', 'long: exit code: 2', 'a\nb\n\n'),
    '--- output of RUN make\na\nb\n---\nbuildenv: Cannot build i:1: RUN make failed: exit status 2\n  → Its output is above.',
  ],
  [
    'a failed step that printed nothing',
    new BuildFailedError('i:1', 'RUN false', 'killed', ''),
    '--- output of RUN false\n---\nbuildenv: Cannot build i:1: RUN false failed: killed\n  → Its output is above.',
  ],
  ['nothing for an interruption: who pressed the keys knows', new InterruptedError('SIGINT'), ''],
])('%s', (_name, error, text) => {
  expect(formatError(error)).toBe(text);
});

test('a bug has its stack, and only a bug', () => {
  const text = formatError(new TypeError('x is undefined'));
  expect(text).toContain(
    'buildenv: this is a bug of buildenv, please report it\nTypeError: x is undefined\n',
  );
  expect(text).toContain('    at ');
  expect(formatError(new BuildenvError('host', 'x', { cause: new Error('why') }))).not.toContain(
    '    at ',
  );
});
