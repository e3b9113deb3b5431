import { BuildenvError } from '../errors/buildenv-error';
import type { Repository } from '../package/deps/plan-resolve';
import type { DepsSpec } from '../package/package-spec';
import { parseYaml } from './yaml/parse-yaml';
import { readSource } from './yaml/read-source';
import { itemsOf, memberOf } from './yaml/yaml-value';

/**
 * The consuming project's other repositories, of its architecture, from files in bazeldnf's format.
 * @see https://github.com/rmohr/bazeldnf
 * @throws {BuildenvError} `config` for a file that cannot be read, or is no such file
 */
export function readRepositories({ repositories, arch }: DepsSpec): Repository[] {
  return repositories.flatMap((file) => {
    const { value, problems } = parseYaml(readSource(file));
    const entries = memberOf(value, 'repositories');
    if (problems.length > 0 || !Array.isArray(entries))
      throw unreadable(file, 'a list repositories');
    return itemsOf(entries).flatMap((entry) => {
      const [name, url, of] = ['name', 'baseurl', 'arch'].map((key) => memberOf(entry, key));
      if (typeof name !== 'string' || typeof url !== 'string') {
        throw unreadable(file, 'a name and a baseurl for each repository');
      }
      return of === undefined || of === arch ? [{ name, url }] : [];
    });
  });
}

function unreadable(file: string, missing: string): BuildenvError {
  return new BuildenvError('config', `${file} is no file of repositories: it lacks ${missing}`, {
    hint: 'Correct it, or rpm.deps.repositories.',
  });
}
