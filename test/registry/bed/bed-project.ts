import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildenv, type CliResult } from '../../support/cli';
import { ADMIN, APPLICATION, type RegistryBed } from './registry-bed';

/** How a project proves itself to the bed: keys of the registry, and variables. */
const ACCESS = {
  distribution: () => ({
    keys: `auth: basic, username: ${ADMIN.username}, passwordVariable: BED_PASSWORD`,
    env: { BED_PASSWORD: ADMIN.password },
  }),
  azure: ({ authority }: RegistryBed) => ({
    keys: `auth: azure, azure: { authorityHost: '${authority}', disableInstanceDiscovery: true }`,
    env: {
      AZURE_TENANT_ID: APPLICATION.tenant,
      AZURE_CLIENT_ID: APPLICATION.client,
      AZURE_CLIENT_SECRET: APPLICATION.secret,
    },
  }),
};

export type Access = keyof typeof ACCESS;

/** A git repository with a configuration whose registry is the bed, and the remote that it was cloned from. */
export class BedProject {
  /** The work tree. */
  readonly root: string;
  /** Variables that the registry's credentials are in. */
  readonly env: Readonly<Record<string, string>>;
  private readonly folder: string;

  /**
   * @param name of the project, which is the namespace too
   * @param sections of the configuration after the registry
   * @param path of the repositories in the registry; without it the namespace
   */
  constructor(bed: RegistryBed, access: Access, name: string, sections: string, path?: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'buildenv-bed-project-'));
    this.root = join(this.folder, 'tree');
    const { keys, env } = ACCESS[access](bed);
    this.env = { ...env, DOCKER_CONFIG: this.folder, HOME: this.folder, NO_PROXY: '*' };
    const url = path === undefined ? bed.host : `${bed.host}/${path}`;
    const registry = `registries:\n  bed: { url: '${url}', ca: ${bed.caFile}, ${keys} }\n`;
    mkdirSync(this.root);
    this.git('init', '--quiet', '--initial-branch=main');
    this.write('buildenv.yaml', `version: 1\nproject: ${name}\n${registry}${sections}`);
    this.git('add', '.');
    this.git('commit', '--quiet', '--message=First');
    execFileSync('git', ['clone', '--quiet', '--bare', this.root, this.remote]);
    this.git('remote', 'add', 'origin', this.remote);
  }

  /** The bare repository `origin`. */
  get remote(): string {
    return join(this.folder, 'remote.git');
  }

  git(...args: readonly string[]): void {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    execFileSync('git', [...identity, ...args], { cwd: this.root, stdio: 'pipe' });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  buildenv(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CliResult> {
    return buildenv(args, { cwd: this.root, env: { ...this.env, ...env } });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
