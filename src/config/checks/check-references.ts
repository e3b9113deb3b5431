import { didYouMean } from '../../errors/did-you-mean';
import type { Finding } from '../finding';
import { entriesOf, itemsOf, memberOf } from '../yaml/yaml-value';

/** The names of what each thing needs, with where they stand. */
type Needs = ReadonlyMap<string, readonly { name: string; path: readonly string[] }[]>;

function noSuchDistro(name: string, distros: readonly string[], path: readonly string[]): Finding {
  const message = `there is no distro '${name}'`;
  const hint = didYouMean(name, distros) ?? `known: ${distros.join(', ')}`;
  return { path, at: 'value', message, hint };
}

function noSuchImage(name: string, images: readonly string[], path: readonly string[]): Finding {
  const known = images.length === 0 ? 'there are no images' : `known: ${images.join(', ')}`;
  const message = `there is no image '${name}'`;
  return { path, at: 'value', message, hint: didYouMean(name, images) ?? known };
}

function unknownEnvironment(
  name: unknown,
  environments: readonly string[],
  path: readonly string[],
): Finding[] {
  if (typeof name !== 'string' || environments.includes(name)) return [];
  const known =
    environments.length === 0 ? 'there are no environments' : `known: ${environments.join(', ')}`;
  const hint = didYouMean(name, environments) ?? known;
  return [{ path, at: 'value', message: `there is no environment '${name}'`, hint }];
}

function needsOf(images: unknown): Needs {
  return new Map(
    entriesOf(images).map(([image, entry]) => [
      image,
      itemsOf(memberOf(entry, 'needs')).flatMap((name, index) =>
        typeof name === 'string' ? [{ name, path: ['images', image, 'needs', String(index)] }] : [],
      ),
    ]),
  );
}

/** What each distro stands on, with where that is said. */
function basesOf(distros: unknown): Needs {
  return new Map(
    entriesOf(distros).map(([distro, entry]) => {
      const base = memberOf(entry, 'base');
      const path = ['distros', distro, 'base'];
      return [distro, typeof base === 'string' ? [{ name: base, path }] : []];
    }),
  );
}

/** One finding per circle of things that need each other. */
function circles(kind: string, needs: Needs): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const visit = (image: string, trail: readonly string[]): void => {
    for (const { name, path } of done.has(image) ? [] : (needs.get(image) ?? [])) {
      const begin = [...trail, image].indexOf(name);
      if (begin >= 0) {
        const circle = [...trail, image].slice(begin).concat(name).join(' -> ');
        const message = `${kind} need each other in a circle: ${circle}`;
        findings.push({ path, at: 'value', message, hint: 'remove one of these needs' });
      } else visit(name, [...trail, image]);
    }
    done.add(image);
  };
  for (const image of needs.keys()) visit(image, []);
  return findings;
}

/** Images that packages are built in, or that serve them. */
function packageImages(file: unknown, images: readonly string[]): Finding[] {
  const rpm = memberOf(file, 'rpm');
  const packages = entriesOf(memberOf(file, 'packages'));
  const places = [
    ...['image', 'server'].map((key) => ({ image: memberOf(rpm, key), path: ['rpm', key] })),
    ...packages.map(([name, entry]) => ({
      image: memberOf(entry, 'image'),
      path: ['packages', name, 'image'],
    })),
  ];
  const findings = places.flatMap(({ image, path }) =>
    typeof image === 'string' && !images.includes(image) ? [noSuchImage(image, images, path)] : [],
  );
  const [homeless] = packages.filter(([, entry]) => memberOf(entry, 'image') === undefined);
  if (homeless !== undefined && memberOf(rpm, 'image') === undefined) {
    const message = `the package '${homeless[0]}' has no image to be built in`;
    const hint = 'name one for all packages: rpm: {image: NAME}';
    findings.push({ path: ['packages', homeless[0]], at: 'key', message, hint });
  }
  return findings;
}

/** Finds names of images that are not there, circles of them, and a name given to two things. */
export function checkReferences(file: unknown): Finding[] {
  const findings: Finding[] = [];
  const images = entriesOf(memberOf(file, 'images')).map(([name]) => name);
  const needs = needsOf(memberOf(file, 'images'));
  for (const { name, path } of [...needs.values()].flat()) {
    if (!images.includes(name)) findings.push(noSuchImage(name, images, path));
  }
  findings.push(...circles('images', needs));
  for (const [name, environment] of entriesOf(memberOf(file, 'environments'))) {
    const image = memberOf(environment, 'image');
    if (typeof image === 'string' && !images.includes(image)) {
      findings.push(noSuchImage(image, images, ['environments', name, 'image']));
    }
  }
  findings.push(...packageImages(file, images));
  const environments = entriesOf(memberOf(file, 'environments')).map(([name]) => name);
  const tested = memberOf(memberOf(file, 'test'), 'environment');
  findings.push(...unknownEnvironment(tested, environments, ['test', 'environment']));
  for (const [name, distro] of entriesOf(memberOf(file, 'distros'))) {
    const image = memberOf(distro, 'image');
    if (typeof image === 'string' && !images.includes(image)) {
      findings.push(noSuchImage(image, images, ['distros', name, 'image']));
    }
    const environment = memberOf(distro, 'environment');
    const path = ['distros', name, 'environment'];
    findings.push(...unknownEnvironment(environment, environments, path));
    if (images.includes(name)) {
      const message = `the distro '${name}' has the name of an image`;
      const hint = 'give it another name: both would be the same image';
      findings.push({ path: ['distros', name], at: 'key', message, hint });
    }
  }
  const bases = basesOf(memberOf(file, 'distros'));
  for (const { name, path } of [...bases.values()].flat()) {
    if (!bases.has(name)) findings.push(noSuchDistro(name, [...bases.keys()], path));
  }
  findings.push(...circles('distros', bases));
  return findings;
}
