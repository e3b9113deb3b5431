import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineUrl } from './engine';

/** The engine at a socket that every user may use, until it is closed. */
export async function openEngine(): Promise<{ url: string; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'buildenv-socket-'));
  chmodSync(folder, 0o755);
  const path = join(folder, 'engine.sock');
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: engineUrl.replace('unix://', ''), allowHalfOpen: true });
    client.pipe(engine).pipe(client);
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o666);
  const close = () => {
    server.close();
    rmSync(folder, { recursive: true });
  };
  return { url: `unix://${path}`, close };
}
