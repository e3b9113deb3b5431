import { chosenDebs } from './chosen-debs';
import { type Packages, parsePackages } from './packages';

/** How one family of distributions lists and installs packages. */
export interface PackageManager {
  /** What it installs, for messages. */
  kind: 'deb' | 'rpm';
  /** Program that an image of the family has. */
  program: string;
  /** Shell command for an image, whose output `parseChosen` understands. */
  listChosen: string;
  /** The packages that somebody asked for. */
  parseChosen(output: string): Packages;
  /** Prints `ii name version` of every installed package. */
  listInstalled: readonly string[];
  /** Installs the packages whose names follow, and asks before it does. */
  install: readonly string[];
  /** The same without asking. */
  installUnasked: readonly string[];
}

/** @see apt-mark(8), dpkg-query(1) */
const apt: PackageManager = {
  kind: 'deb',
  program: 'apt-get',
  listChosen:
    "apt-mark showmanual | sed 's/^/manual /'; dpkg-query --show --showformat " +
    "'${Package} ${Version} ${Priority} ${Pre-Depends}, ${Depends}\\n'",
  parseChosen: chosenDebs,
  listInstalled: [
    'dpkg-query',
    '--show',
    '--showformat',
    '${db:Status-Abbrev}${Package} ${Version}\n',
  ],
  install: ['apt-get', 'install', '--no-install-recommends'],
  installUnasked: ['apt-get', 'install', '--no-install-recommends', '--yes'],
};

/** @see dnf(8), rpm(8); the format ends with a blank because not every dnf ends it with a line feed */
const dnf: PackageManager = {
  kind: 'rpm',
  program: 'dnf',
  listChosen:
    "rpm --query --queryformat '%{NAME} %{EVR}\\n' " +
    "$(dnf --quiet repoquery --installed --userinstalled --queryformat '%{name} ')",
  parseChosen: parsePackages,
  listInstalled: ['rpm', '--query', '--all', '--queryformat', 'ii %{NAME} %{EVR}\n'],
  install: ['dnf', 'install', '--setopt=install_weak_deps=False'],
  installUnasked: ['dnf', 'install', '--setopt=install_weak_deps=False', '--assumeyes'],
};

export const packageManagers: readonly PackageManager[] = [apt, dnf];
