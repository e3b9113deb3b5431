import { type Endpoint, parseEndpoint } from '../endpoint';
import { firstAnswering } from './first-answering';
import { fromContext } from './from-context';
import { fromEnvironment } from './from-environment';
import type { HostFacts } from './host-facts';
import { usualSockets } from './usual-sockets';

/**
 * Finds the engine: the one that is named by `--engine`, else by `DOCKER_HOST`, else by the docker
 * CLI's active context, else the first of the usual sockets on which something listens. One that is
 * named is taken as it is: another in its place would surprise.
 * @throws {BuildenvError} `engine-unreachable` when nothing listens anywhere
 */
export async function discoverEngine(facts: HostFacts, named?: string): Promise<Endpoint> {
  const explicit =
    named === undefined ? (fromEnvironment(facts) ?? fromContext(facts)) : parseEndpoint(named);
  return explicit ?? firstAnswering(usualSockets(facts));
}
