import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { docker } from './engine';
import { TestProject } from './test-project';

const REPOSITORY = resolve(__dirname, '../..');

/** One namespace for all projects: their images are equal, and built once. */
const IMAGES = `namespace: buildenv-packages
images:
  base-debian:
    from: debian:bookworm-slim
    bootstrap: { distribution: debian, suite: bookworm, packages: [ca-certificates] }
  rpm-builder:
    dockerfile: ${REPOSITORY}/Dockerfiles/rpm-builder-debian.dockerfile
    context: ${REPOSITORY}/images/rpm-builder
    needs: [base-debian]
  rpm-server:
    dockerfile: ${REPOSITORY}/Dockerfiles/rpm-server-debian.dockerfile
    context: ${REPOSITORY}/images/rpm-server
    needs: [base-debian]
`;

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
