import type { OptionSpec } from '../commands/command';

/** Options that every command takes. */
export const globalOptions = {
  directory: {
    kind: 'value',
    alias: 'C',
    placeholder: 'DIR',
    summary: 'Work as if started in DIR',
  },
  file: { kind: 'value', alias: 'f', placeholder: 'FILE', summary: 'Use this configuration file' },
  engine: { kind: 'value', placeholder: 'URL', summary: 'Use this engine: unix:///… or tcp://…' },
  'dry-run': { kind: 'flag', summary: 'Say what would be done, and do nothing' },
  json: { kind: 'flag', summary: 'Print the result as JSON' },
  quiet: { kind: 'flag', alias: 'q', summary: 'Print errors and results only' },
  verbose: { kind: 'flag', alias: 'v', summary: 'Print the output of what is run, too' },
  help: { kind: 'flag', alias: 'h', summary: 'Show help' },
} as const satisfies Readonly<Record<string, OptionSpec>>;
