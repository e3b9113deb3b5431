import { run } from '../commands/run/run';
import { shell } from '../commands/run/shell';
import { doctor } from '../commands/doctor';
import { imageBuild } from '../commands/image/image-build';
import { distroBuild } from '../commands/distro/distro-build';
import { BuildFailedError } from '../errors/build-failed-error';
import { BuildenvError } from '../errors/buildenv-error';
import { ConfigError } from '../errors/config-error';
import { InterruptedError } from '../errors/interrupted-error';
import { exitStatus } from './exit-status';

const named = (name: string | undefined) =>
  [run, shell, doctor, imageBuild, distroBuild].find((command) => command.name === name);

test.each<[string, unknown, string | undefined, number]>([
  ['wrong usage', new BuildenvError('usage', 'x'), 'doctor', 2],
  ['wrong usage before a command is known', new BuildenvError('usage', 'x'), undefined, 2],
  ['a wrong configuration', new ConfigError('buildenv.yaml', []), 'image build', 2],
  ['no engine', new BuildenvError('engine-unreachable', 'x'), 'image build', 1],
  ['a failed build', new BuildFailedError('i:1', 'RUN false', 'x', ''), 'image build', 1],
  ['no engine for a run', new BuildenvError('engine-unreachable', 'x'), 'run', 125],
  ['a wrong configuration for a run', new ConfigError('buildenv.yaml', []), 'run', 125],
  ['outputs that a run could not bring back', new BuildenvError('outputs', 'x'), 'run', 1],
  ['no engine for a shell', new BuildenvError('engine-unreachable', 'x'), 'shell', 125],
  ['Ctrl-C', new InterruptedError('SIGINT'), 'image build', 130],
  ['Ctrl-C before a run', new InterruptedError('SIGINT'), 'run', 130],
  ['TERM', new InterruptedError('SIGTERM'), 'distro build', 143],
  ['nobody who reads', new InterruptedError('SIGPIPE'), 'run', 141],
  ['a bug', new TypeError('x'), 'image build', 70],
  ['a bug in a run', new TypeError('x'), 'run', 70],
  ['what is no error at all', 'x', undefined, 70],
])('%s ends with its status', (_name, error, command, status) => {
  expect(exitStatus(error, named(command))).toBe(status);
});
