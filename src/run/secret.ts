import type { Mount } from '../engine/engine';
import type { HostShare } from './host-share';

/** One entry of `secrets:`, normalised. */
export interface SecretSpec {
  name: string;
  /** A file, absolute or below `~`, the caller's home; or a variable of the caller. */
  from: { file: string } | { variable: string };
  /** The run's variable that holds it; undefined where it is a file, see {@link SECRETS_FOLDER}. */
  as: string | undefined;
}

/** A file in {@link SECRETS_FOLDER}. */
export interface SecretFile {
  /** Without slashes, and no dot first. */
  name: string;
  /** At most {@link SECRET_LIMIT} bytes. */
  content: Buffer;
}

/** Secrets with their values, which go to the supervisor alone and never to the engine's records. */
export interface RunSecrets {
  files: readonly SecretFile[];
  /** `NAME=value` */
  variables: readonly string[];
}

/** Where the supervisor writes secrets that are files; `supervisor/protocol.md` names it too. */
const SECRETS_FOLDER = '/run/secrets';
/** Bytes of a secret that is a file. */
export const SECRET_LIMIT = 1 << 20;

/** The folder in memory for secrets that are files; nothing where there are none. */
export function secretsShares(secrets: readonly SecretSpec[]): HostShare[] {
  if (secrets.every(({ as }) => as !== undefined)) return [];
  const options = 'mode=0755,size=16m';
  const mount: Mount = { type: 'tmpfs', source: '', target: SECRETS_FOLDER, options };
  return [{ mounts: [mount], variables: {} }];
}

/** Variables of a run as they may be shown: those that are secrets by their names alone. */
export function shownVariables(env: readonly string[], secrets: readonly SecretSpec[]): string[] {
  const names = secrets.flatMap(({ as }) => as ?? []);
  const others = env.filter((variable) => !names.some((name) => variable.startsWith(`${name}=`)));
  return [...others, ...names];
}
