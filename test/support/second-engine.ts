import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** In milliseconds: far more than an engine takes to start on a busy machine. */
const START_LIMIT = 60_000;

/**
 * A Docker engine with a network and storage of its own that does not see one folder of this machine,
 * as if it were on another one. It is reached by TCP on loopback, or by its socket for ssh.
 */
export class SecondEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'buildenv-second-'));
  /** What the engine does not see. */
  readonly hidden = join(this.folder, 'hidden');
  readonly socket = join(this.folder, 'engine.sock');
  private readonly server: Server;
  private engine: ChildProcess | undefined;

  constructor() {
    mkdirSync(this.hidden);
    this.server = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ path: this.socket, allowHalfOpen: true });
      client.pipe(engine).pipe(client);
      client.on('error', () => engine.destroy());
      engine.on('error', () => client.destroy());
    });
  }

  async start(): Promise<void> {
    await this.run();
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  /** Starts it again after {@link halt}. */
  async run(): Promise<void> {
    const options = [
      `--host=unix://${this.socket}`,
      `--data-root=${join(this.folder, 'data')}`,
      `--exec-root=${join(this.folder, 'exec')}`,
      `--pidfile=${join(this.folder, 'pid')}`,
      '--bridge=none',
      '--iptables=false',
    ];
    const script = 'mount -t tmpfs none "$1" && shift && exec dockerd "$@"';
    const words = ['--mount', '--net', 'sh', '-c', script, 'sh', this.hidden, ...options];
    this.engine = spawn('unshare', words, { stdio: 'ignore' });
    const end = Date.now() + START_LIMIT;
    while (!this.answers()) {
      if (Date.now() > end || this.engine.exitCode !== null) throw new Error('no second engine');
      await delay(100);
    }
  }

  /** Stops the engine, and waits for its end; {@link run} starts it again. */
  async halt(): Promise<void> {
    const engine = this.engine;
    if (engine?.exitCode !== null) return;
    const ended = new Promise((resolve) => engine.once('exit', resolve));
    process.kill(Number(readFileSync(join(this.folder, 'pid'), 'utf8')));
    await ended;
  }

  get url(): string {
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  docker(...args: readonly string[]): string {
    const env = { ...process.env, DOCKER_HOST: `unix://${this.socket}` };
    return execFileSync('docker', args, { env, encoding: 'utf8', stdio: 'pipe' }).trimEnd();
  }

  async stop(): Promise<void> {
    this.server.close();
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private answers(): boolean {
    if (!existsSync(this.socket)) return false;
    try {
      this.docker('version');
      return true;
    } catch {
      return false;
    }
  }
}
