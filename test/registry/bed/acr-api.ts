import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Answer {
  status: number;
  body?: object;
  headers?: Record<string, string>;
}

const NOT_FOUND: Answer = {
  status: 404,
  body: { errors: [{ code: 'TAG_UNKNOWN', message: 'the specified tag does not exist' }] },
};
const LOCKED: Answer = {
  status: 405,
  body: { errors: [{ code: 'UNSUPPORTED', message: 'The operation is disallowed on this tag' }] },
};

/**
 * The part of Azure's `/acr/v1` that the SDK uses for tags and manifests, on the storage of Debian's
 * docker-registry.
 * @see https://learn.microsoft.com/rest/api/containerregistry/
 */
export class AcrApi {
  /** `repository:tag` of what is locked. */
  readonly locked = new Set<string>();
  private readonly host: () => string;
  private readonly repositories: string;

  constructor(host: () => string, storage: string) {
    this.host = host;
    this.repositories = join(storage, 'docker/registry/v2/repositories');
  }

  /** Scope that a request needs; undefined where the path is none of the API's. */
  static scope(method: string, path: string): string | undefined {
    const { repository } = split(path) ?? {};
    if (repository === undefined) return undefined;
    const action = method === 'DELETE' ? 'delete' : 'metadata_read';
    return `repository:${repository}:${action}`;
  }

  answer(method: string, path: string, query: URLSearchParams): Answer {
    const { repository = '', kind, reference } = split(path) ?? {};
    if (!existsSync(join(this.repositories, repository, '_manifests'))) return NOT_FOUND;
    if (kind === '_tags' && reference === undefined) return this.tags(repository, query);
    if (kind === '_tags' && method === 'DELETE') return this.deleteTag(repository, reference ?? '');
    if (kind === '_tags') return this.tag(repository, reference ?? '');
    return this.manifest(repository, reference ?? '');
  }

  private tagFolder(repository: string, tag: string): string {
    return join(this.repositories, repository, '_manifests/tags', tag);
  }

  /** A page, with a link to the next. */
  private tags(repository: string, query: URLSearchParams): Answer {
    const folder = join(this.repositories, repository, '_manifests/tags');
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    const size = Number(query.get('n') ?? 100);
    const begin = names.indexOf(query.get('last') ?? '') + 1;
    const page = names.slice(begin, begin + size);
    const tags = page.map((name) => this.properties(repository, name));
    const next = `</acr/v1/${repository}/_tags?last=${page.at(-1) ?? ''}&n=${size}>; rel="next"`;
    const headers: Record<string, string> = begin + size < names.length ? { link: next } : {};
    return { status: 200, body: { registry: this.host(), imageName: repository, tags }, headers };
  }

  private tag(repository: string, tag: string): Answer {
    if (!existsSync(this.tagFolder(repository, tag))) return NOT_FOUND;
    const body = { registry: this.host(), imageName: repository };
    return { status: 200, body: { ...body, tag: this.properties(repository, tag) } };
  }

  private properties(repository: string, name: string): object {
    const link = join(this.tagFolder(repository, name), 'current/link');
    const time = statSync(link).mtime.toISOString();
    const free = !this.locked.has(`${repository}:${name}`);
    return {
      name,
      digest: readFileSync(link, 'utf8'),
      createdTime: time,
      lastUpdateTime: time,
      signed: false,
      changeableAttributes: {
        deleteEnabled: free,
        writeEnabled: free,
        readEnabled: true,
        listEnabled: true,
      },
    };
  }

  private deleteTag(repository: string, tag: string): Answer {
    if (!existsSync(this.tagFolder(repository, tag))) return NOT_FOUND;
    if (this.locked.has(`${repository}:${tag}`)) return LOCKED;
    rmSync(this.tagFolder(repository, tag), { recursive: true });
    return { status: 202 };
  }

  private manifest(repository: string, digest: string): Answer {
    const path = join('_manifests/revisions', digest.replace(':', '/'), 'link');
    if (!existsSync(join(this.repositories, repository, path))) return NOT_FOUND;
    const time = new Date(0).toISOString();
    const manifest = { digest, createdTime: time, lastUpdateTime: time, imageSize: 0, tags: [] };
    return { status: 200, body: { registry: this.host(), imageName: repository, manifest } };
  }
}

/** Parts of `/acr/v1/<repository>/_tags/<tag>`. */
function split(path: string) {
  const [, repository, kind, reference] =
    /^\/acr\/v1\/(.+?)\/(_tags|_manifests)(?:\/(.+))?$/.exec(path) ?? [];
  return repository === undefined ? undefined : { repository, kind, reference };
}
