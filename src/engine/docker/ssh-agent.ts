import { Agent } from 'node:http';
import { Duplex, PassThrough } from 'node:stream';

type OnConnection = (error: Error | null, connection?: Duplex) => void;

/**
 * Reaches an engine by ssh as the docker client does: its command
 * `docker system dial-stdio` there joins standard input and output to the engine. Names, keys and the
 * rest are ssh's affair and its configuration's.
 */
export class SshAgent extends Agent {
  private readonly words: readonly string[];

  /** @param words for ssh(1), up to the host */
  constructor(words: readonly string[]) {
    super({ keepAlive: true });
    this.words = words;
  }

  /** A connection by pipes needs no more than to be kept. */
  override keepSocketAlive(): boolean {
    return true;
  }

  override reuseSocket(): void {
    // Nothing was changed when it was put aside.
  }

  override createConnection(_options: unknown, done: OnConnection): undefined {
    this.connect().then((connection) => done(null, connection), done);
  }

  private async connect(): Promise<Duplex> {
    const { spawn } = await import('node:child_process');
    const command = ['docker', 'system', 'dial-stdio'];
    const child = spawn('ssh', [...this.words, ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
    // It ends with the program, whose last words and status say why.
    const readable = child.stdout.pipe(new PassThrough(), { end: false });
    const connection = Duplex.from({ readable, writable: child.stdin });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', (error) => connection.destroy(error));
    child.on('close', (status) => {
      if (status === 0) readable.end();
      else connection.destroy(new Error(errors.trim() || 'ssh failed'));
    });
    connection.on('close', () => child.kill());
    return connection;
  }
}
