import { packageUrl, parseDpkgStatus } from './debian-packages';

const STATUS = `Package: libc6
Status: install ok installed
Maintainer: GNU Libc Maintainers <x@example.org>
Architecture: amd64
Multi-Arch: same
Version: 2.36-9+deb12u10
Description: GNU C Library
 Version: not this one

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: g++
Status: install ok installed
Architecture: amd64
Version: 4:12.2.0-3
`;

test('installed packages, with the names of their lists', () => {
  const packages = parseDpkgStatus(STATUS);
  expect(packages).toEqual([
    {
      name: 'libc6',
      version: '2.36-9+deb12u10',
      architecture: 'amd64',
      maintainer: 'GNU Libc Maintainers <x@example.org>',
      list: 'libc6:amd64',
    },
    { name: 'g++', version: '4:12.2.0-3', architecture: 'amd64', maintainer: '', list: 'g++' },
  ]);
  expect(packages.map((one) => packageUrl(one, 'debian'))).toEqual([
    'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64',
    'pkg:deb/debian/g%2B%2B@4%3A12.2.0-3?arch=amd64',
  ]);
});
