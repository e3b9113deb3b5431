import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BUSYBOX_IMAGE, docker } from './engine';

/** Milliseconds for containers to be gone. */
const REMOVAL = 10_000;

/** A tree with a configuration in a temporary folder; all that it makes in the engine goes with it. */
export class TestProject {
  readonly name = `bt${randomBytes(4).toString('hex')}`;
  readonly root: string;

  /** @param sections of the configuration after `version` and `project` */
  constructor(sections: string, files: Readonly<Record<string, string>> = {}) {
    this.root = mkdtempSync(join(tmpdir(), `buildenv-${this.name}-`));
    chmodSync(this.root, 0o777);
    this.write('buildenv.yaml', `version: 1\nproject: ${this.name}\n${sections}`);
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  /**
   * A project whose environment is the busybox image, with a fresh container for each run.
   * @param environment more keys of it, indented by 4
   */
  static withBusybox(environment = ''): TestProject {
    return new TestProject(
      `images:\n  tool:\n    from: ${BUSYBOX_IMAGE}\n` +
        `environments:\n  default:\n    image: tool\n${/^ {4}reuse:/m.test(environment) ? '' : '    reuse: off\n'}${environment}`,
    );
  }

  path(path: string): string {
    return join(this.root, path);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** Containers of the project, running or not. */
  containers(): string[] {
    return this.labelled('ps', '--all', '--quiet');
  }

  /** References of the project's images. */
  images(): string[] {
    return docker('images', '--format', '{{.Repository}}:{{.Tag}}')
      .split('\n')
      .filter((reference) => reference.startsWith(`${this.name}/`));
  }

  remove(): void {
    this.removeContainers();
    const volumes = this.labelled('volume', 'ls', '--quiet');
    if (volumes.length > 0) docker('volume', 'rm', ...volumes);
    const images = this.images();
    if (images.length > 0) docker('rmi', '--force', ...images);
    const untagged = this.labelled('images', '--quiet');
    if (untagged.length > 0) docker('rmi', '--force', ...untagged);
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The engine may be removing one by itself, and refuses to do so twice. */
  private removeContainers(): void {
    const deadline = Date.now() + REMOVAL;
    for (;;) {
      const containers = this.containers();
      if (containers.length === 0) return;
      try {
        docker('rm', '--force', '--volumes', ...containers);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  private labelled(...command: readonly string[]): string[] {
    const output = docker(...command, '--filter', `label=dev.buildenv.project=${this.name}`);
    return output === '' ? [] : output.split('\n');
  }
}
