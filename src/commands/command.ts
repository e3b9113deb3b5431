import type { CommandContext } from './command-context';

export interface OptionSpec {
  kind: 'flag' | 'value' | 'list';
  /** One letter. */
  alias?: string;
  /** What the value is, for the help text: `NAME=value`. */
  placeholder?: string;
  summary: string;
}

/** What a command did; the CLI prints it. */
export interface CommandResult {
  /** Exit status; 0 without it. */
  status?: number;
  /** For people, without the last line feed. */
  text?: string;
  /** The same for programs; printed with `--json`. */
  json?: unknown;
  /** Values for later steps of a CI run, by names of letters, digits and `_`. */
  outputs?: Readonly<Record<string, string>>;
}

/** A command line's words after the command's name. */
export class CommandArguments {
  readonly words: readonly string[];
  private readonly options: Readonly<Record<string, boolean | string | readonly string[]>>;

  constructor(
    words: readonly string[],
    options: Readonly<Record<string, boolean | string | readonly string[]>>,
  ) {
    this.words = words;
    this.options = options;
  }

  flag(name: string): boolean {
    return this.options[name] === true;
  }

  value(name: string): string | undefined {
    const value = this.options[name];
    return typeof value === 'string' ? value : undefined;
  }

  values(name: string): readonly string[] {
    const value = this.options[name];
    return typeof value === 'object' ? value : [];
  }
}

/** One command of the tool. */
export interface Command {
  /** One word, or two for a command of a group: `image list`. */
  name: string;
  /** The words after the name, for the help text: `[NAME..]`. */
  words?: string;
  /** Most words that it takes; without it, any number. */
  maxWords?: number;
  /** The first word ends this tool's options: what follows is another command's. */
  takesCommand?: boolean;
  summary: string;
  /** What the summary leaves out. */
  details?: string;
  options?: Readonly<Record<string, OptionSpec>>;
  /** Command line and what it does. */
  examples: readonly (readonly [string, string])[];
  run(context: CommandContext, args: CommandArguments): Promise<CommandResult>;
}
