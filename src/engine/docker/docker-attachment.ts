import type { Duplex, Writable } from 'node:stream';
import type { Attachment } from '../engine';
import { demultiplex, write } from './demultiplex';

/** A container's streams over the connection that an attach request took over. */
export class DockerAttachment implements Attachment {
  readonly stdin: Writable;
  private readonly connection: Duplex;
  private readonly terminal: boolean;

  constructor(connection: Duplex, terminal: boolean) {
    this.connection = connection;
    this.stdin = connection;
    this.terminal = terminal;
  }

  async pipeOutput(stdout: Writable, stderr: Writable): Promise<void> {
    if (!this.terminal) return demultiplex(this.connection, stdout, stderr);
    for await (const chunk of this.connection) await write(stdout, chunk as Buffer);
  }

  close(): void {
    this.connection.destroy();
  }
}
