import { homedir } from 'node:os';
import { discoverEngine } from '../../src/engine/discovery/discover-engine';
import { DockerEngine } from '../../src/engine/docker/docker-engine';

/** The engine that a user's command would use. */
export async function findEngine(): Promise<DockerEngine> {
  const uid = process.getuid?.() ?? 0;
  return new DockerEngine(await discoverEngine({ env: process.env, homedir: homedir(), uid }));
}
