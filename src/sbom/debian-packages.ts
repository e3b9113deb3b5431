export interface InstalledPackage {
  name: string;
  version: string;
  architecture: string;
  /** `Name <address>`; empty where the database has none. */
  maintainer: string;
  /** Name of the package's list of files, without `.list`. */
  list: string;
}

/**
 * Packages that are installed, by `/var/lib/dpkg/status` (deb822(5), dpkg(1) "Files"). Packages that
 * can be installed for several architectures have the architecture in the names of their lists.
 */
export function parseDpkgStatus(text: string): InstalledPackage[] {
  return text.split(/\n{2,}/).flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(stanza)?.[1]?.trim() ?? '';
    if (!field('Status').endsWith(' installed')) return [];
    const name = field('Package');
    const architecture = field('Architecture');
    const list = field('Multi-Arch') === 'same' ? `${name}:${architecture}` : name;
    const rest = { version: field('Version'), architecture, maintainer: field('Maintainer') };
    return [{ name, ...rest, list }];
  });
}

/** Package URL: https://github.com/package-url/purl-spec, type `deb`. */
export function packageUrl(
  { name, version, architecture }: InstalledPackage,
  distribution: string,
): string {
  const [type, space, id, at] = ['deb', distribution, name, version].map(encodeURIComponent);
  return `pkg:${type ?? ''}/${space ?? ''}/${id ?? ''}@${at ?? ''}?arch=${encodeURIComponent(architecture)}`;
}
