import { BuildenvError } from './buildenv-error';

/** One thing that is wrong in a configuration file. */
export interface ConfigProblem {
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
  message: string;
  hint?: string | undefined;
}

/** All that is wrong in one configuration file, in the order of the file. */
export class ConfigError extends BuildenvError {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super('config', `${file}: ${count}`);
    this.file = file;
    this.problems = problems;
  }
}
