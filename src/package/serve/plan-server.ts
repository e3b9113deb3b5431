import type { ContainerSpec } from '../../engine/engine';
import { LABEL } from '../../image/labels';
import { builderContainer, toolFiles } from '../builder-container';
import type { BuilderJob } from '../run-builder';
import { type PackageScope, rpmVolume, scopeLabels } from '../scope';
import checkServer from './check-server.sh';

/** By this name, too, containers of the same network find the server. */
const ALIAS = 'rpms';

export const HTTP_PORT = 80;

/** Name of the server's container. There is one for a checkout. */
export const serverName = ({ prefix }: PackageScope): string => `${prefix}-server`;

/** Name of the network that the server is in. */
export const serverNetwork = ({ prefix }: PackageScope): string => prefix;

/** Labels of the network. */
export function networkLabels(scope: PackageScope): Record<string, string> {
  return scopeLabels(scope, 'rpm-network', 'network');
}

/**
 * The server's container.
 * @param image id
 * @param port of the loopback interface; without one it has an address in its network alone
 */
export function planServer(
  scope: PackageScope,
  image: string,
  port: number | undefined,
): ContainerSpec {
  return {
    name: serverName(scope),
    image,
    command: [],
    user: '',
    workingDir: '',
    env: [],
    labels: {
      ...scopeLabels(scope, 'rpm-server', 'server'),
      [LABEL.port]: String(port ?? ''),
    },
    mounts: [{ type: 'volume', source: rpmVolume(scope), target: '/srv/rpms', readOnly: true }],
    devices: [],
    ulimits: [],
    capabilities: [],
    network: serverNetwork(scope),
    groups: [],
    securityOptions: [],
    terminal: false,
    background: {
      aliases: [ALIAS],
      loopbackPorts: port === undefined ? [] : [{ container: HTTP_PORT, host: port }],
    },
  };
}

/** A consumer that reads the repository from where consumers are. @param image id */
export function checkJob(
  scope: PackageScope,
  image: string,
  url: string,
  port: number | undefined,
): BuilderJob {
  const script = 'check-server.sh';
  const network = port === undefined ? serverNetwork(scope) : 'host';
  return {
    container: builderContainer(scope, image, 'check', script, { network, words: [url] }),
    files: toolFiles({ [script]: checkServer }),
  };
}
