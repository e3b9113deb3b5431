import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Debian's docker-registry on a free port of the loopback interface, which keeps all below a folder. */
export async function startRegistry(folder) {
  const port = await freePort();
  const storage = join(folder, 'storage');
  const config = join(folder, 'registry.json');
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      storage: { filesystem: { rootdirectory: storage } },
      http: { addr: `127.0.0.1:${port}`, relativeurls: true },
    }),
  );
  const child = spawn('docker-registry', ['serve', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface(child.stderr)) {
    if (line.includes('listening on')) break;
  }
  child.stderr.resume();
  const stop = async () => {
    child.kill();
    await once(child, 'exit');
  };
  return { host: `127.0.0.1:${port}`, storage, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
