import { sourceLines } from './host-sources';

const DEBIAN = '/usr/share/keyrings/debian-archive-keyring.gpg';
const UBUNTU = '/usr/share/keyrings/ubuntu-archive-keyring.gpg';

/** As `apt-get indextargets` prints it with the format `origin|release|URI|component`. */
const listing = `Debian|bookworm|http://mirror/debian/|main
Debian|bookworm|http://mirror/debian/|main
Debian|bookworm-updates|http://mirror/debian/|main
Debian|bookworm-security|http://mirror/debian-security/|main
Debian|trixie|http://mirror/debian/|main
Docker|bookworm|https://download.docker.com/linux/debian/|stable
Ubuntu|noble|http://ports/ubuntu/|main
Ubuntu|noble|http://ports/ubuntu/|universe
`;

test.each<['debian' | 'ubuntu', string, string[]]>([
  [
    'debian',
    'bookworm',
    [
      `deb [signed-by=${DEBIAN}] http://mirror/debian/ bookworm main`,
      `deb [signed-by=${DEBIAN}] http://mirror/debian/ bookworm-updates main`,
      `deb [signed-by=${DEBIAN}] http://mirror/debian-security/ bookworm-security main`,
    ],
  ],
  ['debian', 'trixie', [`deb [signed-by=${DEBIAN}] http://mirror/debian/ trixie main`]],
  [
    'ubuntu',
    'noble',
    [
      `deb [signed-by=${UBUNTU}] http://ports/ubuntu/ noble main`,
      `deb [signed-by=${UBUNTU}] http://ports/ubuntu/ noble universe`,
    ],
  ],
  ['debian', 'sid', []],
  ['ubuntu', 'bookworm', []],
])('the sources of %s %s', (distribution, suite, lines) => {
  expect(sourceLines(listing, distribution, suite)).toEqual(lines);
});

test('updates alone are no source of a release', () => {
  expect(
    sourceLines('Debian|bookworm-updates|http://mirror/|main\n', 'debian', 'bookworm'),
  ).toEqual([]);
});

test('a host without apt-get has no sources', () => {
  expect(sourceLines('', 'debian', 'bookworm')).toEqual([]);
});
