import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateEnginePaths } from '../private-engine-paths';
import type { EngineService } from './engine-service';
import type { HostPrograms } from './host-programs';
import { PrivateNetwork } from './private-network';
import { processesOf } from './processes-of';
import { unmountBelow } from './unmount-below';

interface DaemonConfig {
  'default-address-pools': [{ base: string; size: number }];
}

/** Programs that a Docker engine with a network of its own needs, with their Debian packages. */
export const DOCKER_PROGRAMS: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  ip: 'iproute2',
  iptables: 'iptables',
};

/**
 * A `dockerd` that shares nothing with another one on the machine: not `/etc/docker/daemon.json`,
 * no folder, no bridge, no address, no packet filter chain, no namespace of a containerd.
 */
export class DockerService implements EngineService {
  readonly command: readonly [string, ...string[]];
  private readonly programs: HostPrograms;
  private readonly paths: PrivateEnginePaths;
  private readonly id: string;
  private readonly configFile: string;
  private readonly network: PrivateNetwork;

  constructor(programs: HostPrograms, paths: PrivateEnginePaths) {
    this.programs = programs;
    this.paths = paths;
    this.id = createHash('sha256').update(paths.folder).digest('hex').slice(0, 8);
    this.configFile = join(paths.folder, 'daemon.json');
    this.command = ['dockerd', '--config-file', this.configFile];
    this.network = new PrivateNetwork(programs, this.id);
  }

  async prepare(): Promise<void> {
    await this.forgetEndedProcesses();
    const pool = await this.network.up(await this.lastPool());
    await writeFile(this.configFile, `${JSON.stringify(this.config(pool), null, 2)}\n`);
  }

  /** Leaves what `dockerd` needs to find containers again that outlived it in a crash. */
  async cleanUp(): Promise<void> {
    await this.network.down(await this.lastPool());
    await rm(this.paths.socket, { force: true });
    if ((await processesOf(this.paths.exec)).length > 0) return;
    await unmountBelow(this.programs, [this.paths.exec, this.paths.data]);
    await rm(this.paths.exec, { recursive: true, force: true });
  }

  /**
   * After a crash or a restart of the machine the pid files name processes that are gone, or others
   * by now, and `dockerd` would wait for them. Shims that survived stay: `dockerd` finds them again
   * by the rest of the folder and ends their containers.
   */
  private async forgetEndedProcesses(): Promise<void> {
    await rm(this.ownPidFile(), { force: true });
    const file = join(this.paths.exec, 'containerd/containerd.pid');
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (!(await processesOf(this.paths.exec)).includes(pid)) await rm(file, { force: true });
  }

  private config(pool: string): DaemonConfig & Record<string, unknown> {
    return {
      hosts: [this.paths.url],
      'data-root': this.paths.data,
      'exec-root': this.paths.exec,
      pidfile: this.ownPidFile(),
      'containerd-namespace': `buildenv-${this.id}`,
      'containerd-plugins-namespace': `buildenv-${this.id}-plugins`,
      bridge: this.network.bridge,
      'default-address-pools': [{ base: pool, size: 24 }],
      iptables: false,
      ip6tables: false,
      // Without it, dockerd deletes `docker0`, another engine's bridge, at its second start with
      // address pools: initNetworkController in moby's daemon/daemon_unix.go.
      'live-restore': true,
    };
  }

  private ownPidFile(): string {
    return join(this.paths.folder, 'dockerd.pid');
  }

  private async lastPool(): Promise<string | undefined> {
    try {
      const config = JSON.parse(await readFile(this.configFile, 'utf8')) as DaemonConfig;
      return config['default-address-pools'][0].base;
    } catch {
      return undefined;
    }
  }
}
