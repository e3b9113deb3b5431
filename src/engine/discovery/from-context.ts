import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';
import { type Endpoint, parseEndpoint } from '../endpoint';
import type { HostFacts } from './host-facts';
import { variable } from './variable';

/** The context that stands for the usual socket. */
const DEFAULT_CONTEXT = 'default';

interface ContextMeta {
  Endpoints?: { docker?: { Host?: string } };
}

/**
 * The engine of the docker CLI's active context: `DOCKER_CONTEXT`, else what `docker context use`
 * wrote to the CLI's configuration. Undefined for the default context.
 * @throws {BuildenvError} `usage` when the context does not exist
 */
export function fromContext(facts: HostFacts): Endpoint | undefined {
  const folder = variable(facts, 'DOCKER_CONFIG') ?? join(facts.homedir, '.docker');
  const name = variable(facts, 'DOCKER_CONTEXT') ?? currentContext(join(folder, 'config.json'));
  if (name === undefined || name === '' || name === DEFAULT_CONTEXT) return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const meta = readJson(join(folder, 'contexts/meta', id, 'meta.json')) as ContextMeta | undefined;
  const host = meta?.Endpoints?.docker?.Host;
  if (host === undefined) {
    throw new BuildenvError('usage', `The docker context '${name}' has no engine`, {
      hint: 'See `docker context ls`, or name the engine with --engine.',
    });
  }
  const tls = join(folder, 'contexts/tls', id, 'docker');
  if (!existsSync(tls)) return parseEndpoint(host);
  return parseEndpoint(host, {
    ca: join(tls, 'ca.pem'),
    cert: join(tls, 'cert.pem'),
    key: join(tls, 'key.pem'),
  });
}

function currentContext(file: string): string | undefined {
  return (readJson(file) as { currentContext?: string } | undefined)?.currentContext;
}

/** Undefined where there is no such file. */
function readJson(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new BuildenvError('usage', `${file} cannot be read as JSON`, {
      hint: 'Mend the file, or name the engine with --engine.',
      cause,
    });
  }
}
