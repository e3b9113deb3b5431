import protobuf from 'protobufjs/light';

/** A step of BuildKit's graph. */
export interface Vertex {
  digest: string;
  name: string;
  cached: boolean;
  started: boolean;
  completed: boolean;
  error: string;
}

/** What one trace message says. */
export interface BuildkitStatus {
  vertexes: Vertex[];
  logs: { vertex: string; msg: Buffer }[];
}

/** The messages of BuildKit's control API as far as they are read here; other fields are skipped. */
const root = protobuf.Root.fromJSON({
  nested: {
    StatusResponse: {
      fields: {
        vertexes: { rule: 'repeated', type: 'Vertex', id: 1 },
        logs: { rule: 'repeated', type: 'VertexLog', id: 3 },
      },
    },
    Vertex: {
      fields: {
        digest: { type: 'string', id: 1 },
        name: { type: 'string', id: 3 },
        cached: { type: 'bool', id: 4 },
        started: { type: 'Timestamp', id: 5 },
        completed: { type: 'Timestamp', id: 6 },
        error: { type: 'string', id: 7 },
      },
    },
    VertexLog: {
      fields: {
        vertex: { type: 'string', id: 1 },
        msg: { type: 'bytes', id: 4 },
      },
    },
    Timestamp: { fields: {} },
  },
});
const type = root.lookupType('StatusResponse');

/**
 * Decodes a `moby.buildkit.v1.StatusResponse`.
 * @see https://github.com/moby/buildkit/blob/master/api/services/control/control.proto
 */
export function decodeStatus(message: Uint8Array): BuildkitStatus {
  const status = type.toObject(type.decode(message), { arrays: true, defaults: true }) as {
    vertexes: (Omit<Vertex, 'started' | 'completed'> & { started: unknown; completed: unknown })[];
    logs: BuildkitStatus['logs'];
  };
  const vertexes = status.vertexes.map((vertex) => ({
    ...vertex,
    started: vertex.started !== null,
    completed: vertex.completed !== null,
  }));
  return { vertexes, logs: status.logs };
}
