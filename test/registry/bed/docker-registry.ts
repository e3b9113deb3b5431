import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RegistryOptions {
  /** Folder for its configuration and storage. */
  folder: string;
  /** Of the token server; without one anybody may do everything. */
  token?: { realm: string; service: string; issuer: string; certificateFile: string };
  /** Certificate files of its own; plain HTTP without. */
  tls?: { certificateFile: string; keyFile: string };
  allowDelete?: boolean;
}

/** Debian's docker-registry as a process of the test's own. */
export class DockerRegistry {
  readonly port: number;
  readonly storage: string;
  private readonly config: string;
  private child: ChildProcess | undefined;

  private constructor(port: number, options: RegistryOptions) {
    this.port = port;
    this.storage = join(options.folder, 'storage');
    this.config = join(options.folder, 'registry.json');
    // JSON is YAML.
    writeFileSync(this.config, JSON.stringify(configuration(port, this.storage, options)));
  }

  static async start(options: RegistryOptions): Promise<DockerRegistry> {
    const registry = new DockerRegistry(await freePort(), options);
    await registry.start();
    return registry;
  }

  /** Starts it on its port, and waits until it listens. */
  async start(): Promise<void> {
    const child = spawn('docker-registry', ['serve', this.config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    const log: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`docker-registry ended:\n${log.join('\n')}`)));
      createInterface(child.stderr).on('line', (line) => {
        if (line.includes('listening on')) resolve();
        else log.push(line);
      });
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

function configuration(port: number, storage: string, options: RegistryOptions): object {
  const { token, tls, allowDelete = true } = options;
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: allowDelete } },
    http: {
      addr: `127.0.0.1:${port}`,
      relativeurls: true,
      secret: 'of this test',
      draintimeout: '1s',
      ...(tls && { tls: { certificate: tls.certificateFile, key: tls.keyFile } }),
    },
    ...(token && {
      auth: {
        token: {
          realm: token.realm,
          service: token.service,
          issuer: token.issuer,
          rootcertbundle: token.certificateFile,
        },
      },
    }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
