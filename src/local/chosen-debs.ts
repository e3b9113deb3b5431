import type { Packages } from './packages';

/** What every image that installs packages has beside the packages of priority `required`. */
const INSTALLER = 'apt';

interface Deb {
  version: string;
  priority: string;
  /** Names of packages that it needs, all alternatives. */
  needs: readonly string[];
}

/**
 * What somebody asked for: packages that are marked as installed by hand, but for those that belong
 * to the distribution's basic system or are needed by it, which tools that make base images mark
 * too.
 * @param output lines `manual NAME`, and `NAME VERSION PRIORITY DEPENDENCIES` of all packages, with
 * dependencies as in deb-control(5)
 */
export function chosenDebs(output: string): Packages {
  const manual: string[] = [];
  const debs = new Map<string, Deb>();
  for (const line of output.split('\n')) {
    const [name = '', version = '', priority = '', ...dependencies] = line.split(' ');
    if (name === 'manual') manual.push(version);
    else if (name !== '')
      debs.set(name, { version, priority, needs: names(dependencies.join(' ')) });
  }
  const basic = basicSystem(debs);
  return new Map(
    manual.flatMap((name) => {
      const deb = debs.get(name);
      return deb === undefined || basic.has(name) ? [] : [[name, deb.version] as const];
    }),
  );
}

/** `libc6 (>= 2.14), awk | mawk` as names. */
function names(dependencies: string): string[] {
  return dependencies
    .split(/[,|]/)
    .map((dependency) => dependency.trim().split(/[ :]/)[0] ?? '')
    .filter((name) => name !== '');
}

function basicSystem(debs: ReadonlyMap<string, Deb>): ReadonlySet<string> {
  const basic = new Set<string>();
  const required = [...debs].filter(([, { priority }]) => priority === 'required');
  const todo = [INSTALLER, ...required.map(([name]) => name)];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (basic.has(name)) continue;
    basic.add(name);
    todo.push(...(debs.get(name)?.needs ?? []));
  }
  return basic;
}
