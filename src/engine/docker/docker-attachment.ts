import type { Duplex, Readable, Writable } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';
import type { Attachment } from '../engine';
import { demultiplex, write } from './demultiplex';

/**
 * A container's streams over two attached connections, one for each direction: input that the
 * command no longer takes then breaks a connection on which no output is left to be read.
 */
export class DockerAttachment implements Attachment {
  readonly stdin: Writable;
  private readonly output: Readable;
  private readonly terminal: boolean;

  constructor(input: Duplex, output: Duplex, terminal: boolean) {
    this.stdin = input;
    // Without a reader the input's own connection would never be seen to end.
    input.resume();
    this.output = output;
    this.terminal = terminal;
  }

  async pipeOutput(stdout: Writable, stderr: Writable): Promise<void> {
    try {
      if (this.terminal) {
        for await (const chunk of this.output) await write(stdout, chunk as Buffer);
      } else {
        await demultiplex(this.output, stdout, stderr);
      }
    } catch (error) {
      const { errored } = this.output;
      if (errored === null || error !== errored) throw error;
      throw new BuildenvError(
        'engine-unreachable',
        `The command's output broke off: ${errored.message}`,
        {
          cause: error,
        },
      );
    }
  }

  close(): void {
    this.stdin.destroy();
    this.output.destroy();
  }
}
