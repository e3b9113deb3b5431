import { rm } from 'node:fs/promises';
import type { PrivateEnginePaths } from '../private-engine-paths';
import type { EngineService } from './engine-service';
import { processesWith } from './processes-with';

/** Podman's Docker-compatible API, with an image store and containers of its own. */
export class PodmanService implements EngineService {
  readonly command: readonly [string, ...string[]];
  private readonly paths: PrivateEnginePaths;

  constructor(paths: PrivateEnginePaths) {
    this.paths = paths;
    const storage = ['--root', paths.data, '--runroot', paths.exec];
    this.command = ['podman', ...storage, 'system', 'service', '--time=0', paths.url];
  }

  async prepare(): Promise<void> {
    await rm(this.paths.socket, { force: true });
  }

  survivors(): Promise<number[]> {
    return processesWith((arg) => arg.startsWith(`${this.paths.exec}/`));
  }

  async cleanUp(): Promise<void> {
    await rm(this.paths.socket, { force: true });
  }
}
