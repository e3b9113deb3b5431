import type { BuildSystem } from './build-system';

/** Packages beside the C toolchain. */
const PACKAGES: Readonly<Record<BuildSystem, readonly string[]>> = {
  make: [],
  cmake: ['cmake', 'ninja-build'],
  meson: ['meson', 'ninja-build'],
  cargo: ['cargo'],
};

/** The text of a first Dockerfile: a C toolchain, and what the tree's build system needs. */
export function starterDockerfile(buildSystem?: BuildSystem): string {
  const packages = ['build-essential', 'ca-certificates', 'git', 'pkg-config'];
  if (buildSystem) packages.push(...PACKAGES[buildSystem]);
  const lines = packages.sort().map((name) => `      ${name} \\`);
  return `FROM debian:bookworm-slim

RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
${lines.join('\n')}
 && rm -rf /var/lib/apt/lists/*
`;
}
