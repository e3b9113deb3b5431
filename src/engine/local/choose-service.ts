import { BuildenvError } from '../../errors/buildenv-error';
import type { PrivateEnginePaths } from '../private-engine-paths';
import { DOCKER_PROGRAMS, DockerService } from './docker-service';
import type { EngineService } from './engine-service';
import type { HostPrograms } from './host-programs';
import { PodmanService } from './podman-service';

/**
 * Docker for root where `dockerd` is installed, else Podman.
 * @throws {BuildenvError} `host` when the machine has neither, or only a part of Docker
 */
export function chooseService(
  programs: HostPrograms,
  uid: number,
  paths: PrivateEnginePaths,
): EngineService {
  const isRoot = uid === 0;
  if (isRoot && programs.has('dockerd')) {
    const missing = Object.keys(DOCKER_PROGRAMS).filter((name) => !programs.has(name));
    if (missing.length === 0) return new DockerService(programs, paths);
    const packages = missing.map((name) => DOCKER_PROGRAMS[name]);
    throw new BuildenvError('host', `a private engine needs ${missing.join(', ')}`, {
      hint: `On Debian or Ubuntu: apt-get install ${packages.join(' ')}`,
    });
  }
  if (programs.has('podman')) return new PodmanService(paths);
  throw isRoot
    ? new BuildenvError('host', 'neither dockerd nor podman is installed', {
        hint: 'On Debian or Ubuntu: apt-get install docker.io iproute2',
      })
    : new BuildenvError('host', 'podman is not installed, and dockerd needs root', {
        hint: 'On Debian or Ubuntu, as root: apt-get install podman uidmap slirp4netns',
      });
}
