import type { BuildSystem } from './build-system';
import { projectName } from './project-name';

/** What `buildenv init` sees in a tree. */
export interface TreeFacts {
  /** Name for the project; any text, the folder's name say. */
  project: string;
  /** Path of the Dockerfile to use, from the tree's root, with `/`; without one, a starter is written. */
  dockerfile?: string | undefined;
  /** Whether that Dockerfile copies files of the tree. */
  copies?: boolean | undefined;
  /** How the tree is built, where that can be seen. */
  buildSystem?: BuildSystem | undefined;
  /** URL or path of `buildenv.schema.json`, for editors. */
  schema: string;
}

/** Where the starter Dockerfile goes, from the tree's root. */
export const STARTER_DOCKERFILE = 'Dockerfiles/buildenv.dockerfile';

const COMMANDS: Readonly<Record<BuildSystem, string>> = {
  make: 'make',
  cmake: "sh -c 'cmake -B build && cmake --build build'",
  meson: "sh -c 'meson setup build && meson compile -C build'",
  cargo: 'cargo build',
};

function contextLines(dockerfile: string): string {
  const folder = dockerfile.includes('/') ? dockerfile.slice(0, dockerfile.lastIndexOf('/')) : '.';
  return `
    # The folder whose files the Dockerfile copies. A change of any of them builds the image anew:
    # leave out what it does not copy, in .dockerignore.
    context: ${JSON.stringify(folder === '' ? '/' : folder)}`;
}

/** The text of a first, commented `buildenv.yaml` for a tree. */
export function starterFile(facts: TreeFacts): string {
  const name = projectName(facts.project);
  const command = facts.buildSystem ? COMMANDS[facts.buildSystem] : 'gcc --version';
  const context =
    facts.dockerfile === undefined || facts.copies !== true
      ? `
    # A folder whose files the Dockerfile can copy; none is needed to install packages.
    # context: images/buildenv-${name}`
      : contextLines(facts.dockerfile);
  return `# yaml-language-server: $schema=${facts.schema}
version: 1
project: ${JSON.stringify(name)}
# The first part of image names; the project's name without it.
# namespace: acme

images:
  buildenv-${name}:
    dockerfile: ${JSON.stringify(facts.dockerfile ?? STARTER_DOCKERFILE)}${context}

# Where commands run:
#   buildenv run ${command}
environments:
  default:
    image: buildenv-${name}
    # host (the default), bridge or none
    # network: none
    # devices: [{ path: /dev/kvm, required: false }]
    # ulimits: { nofile: "1024:1024" }
    # Volumes that outlive a run.
    # caches: { ccache: ~/.cache/ccache }
    # env:
    #   pass: [CI]
    #   set: { CCACHE_DIR: ~/.cache/ccache }

# Minimal images assembled from built files:
#   buildenv distro
# distros:
#   ${name}:
#     files:
#       - { from: build/${name}, to: /usr/bin/${name}, mode: "0755" }
#     config:
#       entrypoint: [/usr/bin/${name}]
`;
}
