import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateEnginePaths } from '../private-engine-paths';
import type { EngineService } from './engine-service';
import type { HostPrograms } from './host-programs';
import { PrivateNetwork } from './private-network';
import { processesWith } from './processes-with';
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
  private readonly namespace: string;
  private readonly configFile: string;
  private readonly ownPidFile: string;
  private readonly network: PrivateNetwork;

  constructor(programs: HostPrograms, paths: PrivateEnginePaths) {
    this.programs = programs;
    this.paths = paths;
    const id = createHash('sha256').update(paths.folder).digest('hex').slice(0, 8);
    this.namespace = `buildenv-${id}`;
    this.configFile = join(paths.folder, 'daemon.json');
    this.ownPidFile = join(paths.folder, 'dockerd.pid');
    this.command = ['dockerd', '--config-file', this.configFile];
    this.network = new PrivateNetwork(programs, id);
  }

  async prepare(): Promise<void> {
    await this.forgetEndedProcesses();
    const pool = await this.network.up(await this.lastPool());
    await writeFile(this.configFile, `${JSON.stringify(this.config(pool), null, 2)}\n`);
  }

  /** A containerd that the machine runs keeps them apart by their namespace alone. */
  survivors(): Promise<number[]> {
    const folder = `${this.paths.exec}/`;
    return processesWith((arg) => arg === this.namespace || arg.startsWith(folder));
  }

  async cleanUp(): Promise<void> {
    await this.network.down(await this.lastPool());
    await rm(this.paths.socket, { force: true });
    if ((await this.survivors()).length > 0) return;
    await unmountBelow(this.programs, [this.paths.exec, this.paths.data]);
    await rm(this.paths.exec, { recursive: true, force: true });
    await rm(this.ownPidFile, { force: true });
  }

  /**
   * After a crash or a restart of the machine the pid files name processes that are gone, or others
   * by now, and `dockerd` would wait for them.
   */
  private async forgetEndedProcesses(): Promise<void> {
    await rm(this.ownPidFile, { force: true });
    const file = join(this.paths.exec, 'containerd/containerd.pid');
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (!(await this.survivors()).includes(pid)) await rm(file, { force: true });
  }

  private config(pool: string): DaemonConfig & Record<string, unknown> {
    return {
      hosts: [this.paths.url],
      'data-root': this.paths.data,
      'exec-root': this.paths.exec,
      pidfile: this.ownPidFile,
      'containerd-namespace': this.namespace,
      'containerd-plugins-namespace': `${this.namespace}-plugins`,
      bridge: this.network.bridge,
      'default-address-pools': [{ base: pool, size: 24 }],
      iptables: false,
      ip6tables: false,
      // Without it, dockerd deletes `docker0`, another engine's bridge, at its second start with
      // address pools: initNetworkController in moby's daemon/daemon_unix.go.
      'live-restore': true,
    };
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
