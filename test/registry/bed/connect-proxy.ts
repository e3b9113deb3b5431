import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

/** A proxy that takes CONNECT from one user alone, and leads to one port of the loopback interface. */
export class ConnectProxy {
  /** Where clients wanted to be connected to: `host:port`. */
  readonly asked: string[] = [];
  /** Status that it refuses with. */
  refusal: number | undefined;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(authorization: string, port: number) {
    this.server = createServer();
    this.server.on('connect', (request, client: Socket) => {
      this.asked.push(request.url ?? '');
      const known = request.headers['proxy-authorization'] === authorization;
      const status = this.refusal ?? (known ? 200 : 407);
      client.write(`HTTP/1.1 ${status} Said by the proxy\r\n\r\n`);
      if (status === 200) this.join(client, connect(port, '127.0.0.1'));
      else client.end();
    });
  }

  /** @param port that every connection leads to */
  static async start(user: string, password: string, port: number): Promise<ConnectProxy> {
    const words = Buffer.from(`${user}:${password}`).toString('base64');
    const proxy = new ConnectProxy(`Basic ${words}`, port);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private join(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
  }
}
