import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { BuildenvError } from '../../errors/buildenv-error';

/** Where administrators' programs are; `PATH` often leaves these out even for root. */
const ADMIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const execute = promisify(execFile);

/** The programs that are installed on this machine. */
export class HostPrograms {
  /** The environment that they get. */
  readonly env: Readonly<Record<string, string | undefined>>;
  private readonly folders: readonly string[];

  constructor(env: Readonly<Record<string, string | undefined>>) {
    const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
    this.folders = [...new Set([...path, ...ADMIN_FOLDERS])];
    this.env = { ...env, PATH: this.folders.join(delimiter) };
  }

  has(name: string): boolean {
    return this.folders.some((folder) => isExecutable(join(folder, name)));
  }

  /**
   * @returns what it printed
   * @throws {BuildenvError} `host` with what it said on its standard error
   */
  async run(name: string, args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await execute(name, args, { env: this.env });
      return stdout;
    } catch (cause) {
      const said = (cause as { stderr?: string }).stderr?.trim() ?? '';
      const reason = said === '' ? (cause as Error).message : said;
      throw new BuildenvError('host', `${name} ${args.join(' ')}: ${reason}`, { cause });
    }
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
