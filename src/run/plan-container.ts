import type { ArchiveEntry } from '../archive/archive-entry';
import type { ContainerSpec, Mount } from '../engine/engine';
import { LABEL } from '../image/labels';
import type { Caller } from './caller';
import { homeFolder } from './home-folder';
import type { Supervisor } from './supervisor';

const FOLDER = '/.buildenv';
const PROGRAM = `${FOLDER}/supervisor`;
const SOCKET_FOLDER = `${FOLDER}/socket`;

/** Name of the socket in its folder. */
export const SOCKET = 's';

/** How the supervisor of a container takes its clients. */
export type Service =
  /** One client, which is attached to the container. */
  | { kind: 'stream' }
  | {
      /** The first client at a socket, or every one. */
      kind: 'once' | 'many';
      /** Absolute path on the host of the socket's folder, the caller's alone. */
      folder: string;
      /** Seconds without a client after which the container ends. */
      idle: number;
    };

export interface ContainerRequest {
  /** The container of a run without a supervisor. */
  run: ContainerSpec;
  caller: Caller;
  supervisor: Supervisor;
  /** Whether the supervisor is mounted; otherwise it is copied, see {@link supervisorEntries}. */
  mounted: boolean;
  /** Seconds from TERM to KILL. */
  grace: number;
  service: Service;
}

const KIND = { stream: 'run', once: 'standby', many: 'kept' } as const;

/**
 * The container of a run with the supervisor as its process 1, which starts as root and runs commands
 * as the caller. What differs between two runs of an environment, the command, its working directory
 * and its variables, goes to the supervisor later and is not part of it. The image's own entrypoint,
 * which goes before every command, is to be put behind the container's command. Pure.
 */
export function planContainer(request: ContainerRequest): ContainerSpec {
  const { run, caller, service } = request;
  return {
    ...run,
    entrypoint: [PROGRAM],
    command: supervisorWords(request),
    user: '0:0',
    groups: [],
    workingDir: '/',
    env: [],
    labels: { ...run.labels, [LABEL.kind]: KIND[service.kind], [LABEL.user]: String(caller.uid) },
    mounts: [...run.mounts.map(withoutOwner), ...ownMounts(request)],
    terminal: false,
  };
}

/** The supervisor's command line, as `supervisor/protocol.md` describes it. */
function supervisorWords({ run, caller, grace, service }: ContainerRequest): string[] {
  const idle = service.kind === 'stream' ? 0 : service.idle;
  const given = run.mounts
    .filter(({ labels, owner }) => labels?.[LABEL.kind] === 'cache' || owner !== undefined)
    .map(({ target }) => target);
  return [
    service.kind,
    service.kind === 'stream' ? '-' : `${SOCKET_FOLDER}/${SOCKET}`,
    milliseconds(idle),
    milliseconds(grace),
    String(caller.uid),
    String(caller.gid),
    caller.groups.join(','),
    caller.name,
    homeFolder(caller),
    ...given,
    '--',
  ];
}

function milliseconds(seconds: number): string {
  return String(Math.round(seconds * 1000));
}

/** Not every engine can give a file system in memory an owner; the supervisor can. */
function withoutOwner(mount: Mount): Mount {
  return mount.owner === undefined ? mount : { ...mount, owner: undefined };
}

function ownMounts({ supervisor, mounted, service }: ContainerRequest): Mount[] {
  const mounts: Mount[] = [];
  if (mounted) {
    const { program } = supervisor;
    mounts.push({ type: 'bind', source: program, target: PROGRAM, readOnly: true });
  }
  if (service.kind !== 'stream') {
    mounts.push({ type: 'bind', source: service.folder, target: SOCKET_FOLDER });
  }
  return mounts;
}

/** What to unpack at the root of a container that the supervisor cannot be mounted in. */
export function supervisorEntries({ program }: Supervisor, size: number): ArchiveEntry[] {
  const root = { uid: 0, gid: 0, mtime: 0, mode: 0o755 };
  return [
    { ...root, kind: 'folder', path: FOLDER.slice(1) },
    { ...root, kind: 'file', path: PROGRAM.slice(1), source: program, size },
  ];
}
