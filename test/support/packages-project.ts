import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildenv } from './cli';
import { describeWithEngine, docker } from './engine';
import { TestProject } from './test-project';

const REPOSITORY = resolve(__dirname, '../..');

/** What the images are configured in, and built by before the first test. */
const CONFIG = resolve(REPOSITORY, 'test/packages/buildenv.yaml');

/** One namespace for all projects: their images are equal, and built once. */
const IMAGES = `namespace: buildenv-packages\n${readFileSync(CONFIG, 'utf8')
  .replace(/^[^]*(?=^images:)/m, '')
  .replaceAll('../..', REPOSITORY)}`;

/** Bootstrapping a base image and installing a toolchain takes minutes. */
const IMAGES_TIMEOUT = 900_000;

/** Tests that need an engine and the images of packages. */
export function describeWithBuilder(name: string, tests: () => void): void {
  describeWithEngine(name, () => {
    beforeAll(async () => {
      const args = ['-f', CONFIG, 'image', 'build', 'rpm-builder', 'rpm-server'];
      const { status, stderr } = await buildenv(args, { cwd: REPOSITORY });
      expect(status === 0 ? '' : stderr).toBe('');
    }, IMAGES_TIMEOUT);
    tests();
  });
}

/** A project with packages; the images come with it. @param rpm more keys of `rpm:`, indented by 2 */
export function packagesProject(
  packages: string,
  files: Readonly<Record<string, string>> = {},
  rpm = '',
): TestProject {
  const sections = `${IMAGES}rpm:\n  image: rpm-builder\n  server: rpm-server\n  defines: { dist: .el9 }\n${rpm}`;
  return new TestProject(`${sections}packages:\n${packages}`, files);
}

/** A spec file of a package without anything to compile. @param more sections and tags */
export function tinySpec(name: string, version: string, more = ''): string {
  return `Name: ${name}
Version: ${version}
Release: 1%{?dist}
Summary: A package of a test
License: MIT
BuildArch: noarch
AutoReq: no
Source0: https://example.org/%{name}-%{version}.tar.gz
${more.startsWith('%') ? '' : more}
%description
A package of a test.
%prep
%setup -q
${more.startsWith('%') ? more : ''}
%install
install -D -m 0755 program %{buildroot}%{_bindir}/${name}
%files
%{_bindir}/${name}
`;
}

/** Ends what a project's packages left in the engine beside containers and volumes. */
export function removeNetworks(project: TestProject): void {
  const names = docker(
    'network',
    'ls',
    '--quiet',
    '--filter',
    `label=dev.buildenv.project=${project.name}`,
  );
  if (names !== '') docker('network', 'rm', ...names.split('\n'));
}

/** Every path below a folder with its size, time and owner. */
export function listing(folder: string): string {
  const format = '%P %s %T@ %u %m\n';
  return execFileSync('find', [folder, '-printf', format], { encoding: 'utf8' });
}
