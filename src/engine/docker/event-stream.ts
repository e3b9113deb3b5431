import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { BuildenvError } from '../../errors/buildenv-error';
import { EngineRefusedError } from '../../errors/engine-refused-error';

/** One line of the streams that build, pull, push and import answer with. */
export interface StreamLine {
  stream?: string;
  status?: string;
  id?: string;
  progress?: string;
  /** In bytes. */
  progressDetail?: { current?: number; total?: number };
  aux?: unknown;
  error?: string;
  errorDetail?: { message?: string };
}

/**
 * Reads an engine's answer line by line. The engine answers 200 before the work begins, so a
 * failure is a line in the stream: it is thrown here, as is an end in the middle of a line.
 * @param action what fails, for the message: `import image km:1`
 * @see https://docs.docker.com/reference/api/engine/ , "Build an image"
 */
export async function* readEvents(stream: Readable, action: string): AsyncGenerator<StreamLine> {
  for await (const text of readLines(stream, action)) {
    const line = parseLine(text, action);
    if (line.errorDetail !== undefined || line.error !== undefined) {
      const message = line.errorDetail?.message ?? line.error ?? 'the engine gave no reason';
      throw new EngineRefusedError('engine-failed', action, message);
    }
    yield line;
  }
}

async function* readLines(stream: Readable, action: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line.trim() !== '');
    }
  } catch (cause) {
    if (cause instanceof BuildenvError) throw cause;
    throw new BuildenvError('engine-failed', `Cannot ${action}: the connection broke`, { cause });
  }
  if (rest.trim() !== '') yield rest;
}

function parseLine(text: string, action: string): StreamLine {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null) return line;
    throw new TypeError(`${text} is no object`);
  } catch (cause) {
    throw new BuildenvError('engine-failed', `Cannot ${action}: the engine's answer broke off`, {
      cause,
    });
  }
}
