import type { ContainerSpec } from '../engine';

interface Body {
  HostConfig: object;
}

/**
 * The body of a request for a container, changed where it is one in the background: it has no
 * standard input, stays when it ends, so that its output can be read, and is reached by others.
 */
export function backgroundBody(body: Body, spec: ContainerSpec): object {
  const { background, network } = spec;
  if (background === undefined) return body;
  const ports = background.loopbackPorts.map(({ container, host }) => ({
    port: `${container}/tcp`,
    binding: { HostIp: '127.0.0.1', HostPort: String(host) },
  }));
  return {
    ...body,
    OpenStdin: false,
    StdinOnce: false,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ExposedPorts: Object.fromEntries(ports.map(({ port }) => [port, {}])),
    HostConfig: {
      ...body.HostConfig,
      AutoRemove: false,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      PortBindings: Object.fromEntries(ports.map(({ port, binding }) => [port, [binding]])),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: background.aliases } } },
  };
}
