import { text } from 'node:stream/consumers';
import type { ContainerSpec, ContainerStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { type ContainerOwner, idleContainer } from '../image/idle-container';
import { type PackageManager, packageManagers } from './package-manager';
import type { Packages } from './packages';

export interface ImagePackages {
  manager: PackageManager;
  /** What somebody asked for when the image was made; what those need is not in it. */
  chosen: Packages;
}

/**
 * Asks an image's own package manager, in a container without a network, what was installed on
 * purpose.
 * @param image reference or id
 * @param name of the image, for messages
 * @param owner of the container
 * @throws {BuildenvError} `not-found` where it has no package manager that is known
 */
export async function readImagePackages(
  containers: ContainerStore,
  image: string,
  name: string,
  owner: ContainerOwner,
): Promise<ImagePackages> {
  const { status, stdout, stderr } = await runInImage(containers, {
    ...idleContainer(image, owner),
    command: ['/bin/sh', '-c', script()],
  });
  const [program, ...lines] = stdout.split('\n');
  const manager = packageManagers.find((candidate) => candidate.program === program);
  if (status === 0 && manager !== undefined) {
    return { manager, chosen: manager.parseChosen(lines.join('\n')) };
  }
  const known = packageManagers.map(({ program: candidate }) => candidate).join(' or ');
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  throw new BuildenvError(
    'not-found',
    `The packages of ${name} cannot be listed${reason === '' ? '' : `: ${reason}`}`,
    { hint: `Name an image that has a shell and ${known}.` },
  );
}

/** Prints the package manager's name, then its packages. */
function script(): string {
  const cases = packageManagers.map(
    ({ program, listChosen }) =>
      `if command -v ${program} >/dev/null; then echo ${program}; ${listChosen}; exit; fi`,
  );
  return `set -e; ${cases.join('; ')}; exit 1`;
}

async function runInImage(
  containers: ContainerStore,
  container: ContainerSpec,
): Promise<{ status: number; stdout: string; stderr: string }> {
  const id = await containers.createContainer(container);
  try {
    const attachment = await containers.attachContainer(id);
    try {
      const exit = await containers.waitContainer(id);
      await containers.startContainer(id);
      attachment.end();
      const [stdout, stderr] = await Promise.all([text(attachment), text(attachment.errors)]);
      return { status: await exit.status(), stdout, stderr };
    } finally {
      attachment.destroy();
    }
  } catch (error) {
    await containers.removeContainer(id).catch(() => undefined);
    throw error;
  }
}
