import type { OptionSpec } from '../command';

/** The option of commands that ask a registry. */
export const registryOption: OptionSpec = {
  kind: 'value',
  placeholder: 'NAME',
  summary: 'Use this registry of the configuration; without it, the first',
};
