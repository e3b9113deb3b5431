import { BuildenvError } from '../errors/buildenv-error';
import type { DistroConfigSpec } from './distro-spec';

/**
 * The Dockerfile instructions that give an imported image its configuration
 * (https://docs.docker.com/reference/dockerfile/). Every value arrives as it is: the engine would
 * otherwise take quotes and backslashes away and expand `$`.
 *
 * @param labels beside those of the configuration
 * @throws {BuildenvError} `config` for a value that no instruction can carry
 */
export function imageChanges(
  config: DistroConfigSpec,
  labels: Readonly<Record<string, string>>,
): string[] {
  const changes: string[] = [];
  const add = (instruction: string, ...words: string[]) => {
    changes.push([instruction, ...words.map((word) => quote(instruction, word))].join(' '));
  };
  const addPairs = (instruction: string, pairs: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(pairs)) {
      changes.push(`${instruction} ${quoteName(instruction, name)}=${quote(instruction, value)}`);
    }
  };

  addPairs('ENV', config.env);
  addPairs('LABEL', { ...config.labels, ...labels });
  if (config.workingDir !== undefined) add('WORKDIR', config.workingDir);
  if (config.user !== undefined) add('USER', config.user);
  for (const port of config.exposedPorts) add('EXPOSE', port);
  for (const volume of config.volumes) {
    changes.push(`VOLUME ${JSON.stringify([quote('VOLUME', volume)])}`);
  }
  if (config.stopSignal !== undefined) add('STOPSIGNAL', config.stopSignal);
  // An ENTRYPOINT drops the CMD before it.
  if (config.entrypoint !== undefined)
    changes.push(`ENTRYPOINT ${JSON.stringify(config.entrypoint)}`);
  if (config.cmd !== undefined) changes.push(`CMD ${JSON.stringify(config.cmd)}`);
  return changes;
}

function quote(instruction: string, value: string): string {
  if (/[\n\r\0]/.test(value)) throw unfit(instruction, value, 'has a line break or a NUL in it');
  return `"${value.replace(/["\\$]/g, '\\$&')}"`;
}

function quoteName(instruction: string, name: string): string {
  if (name === '' || name.includes('=')) throw unfit(instruction, name, 'is no name');
  return quote(instruction, name);
}

function unfit(instruction: string, value: string, reason: string): BuildenvError {
  return new BuildenvError('config', `${instruction}: ${JSON.stringify(value)} ${reason}`, {
    hint: 'Change the value in buildenv.yaml; an image can only have values of one line.',
  });
}
