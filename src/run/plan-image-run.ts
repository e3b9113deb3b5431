import type { ContainerSpec, ImageDetails } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { LABEL } from '../image/labels';
import type { Caller } from './caller';
import type { EnvironmentSpec } from './environment-spec';

/** With what of the host an image runs. */
export type ImageSetting = Pick<EnvironmentSpec, 'ulimits' | 'capabilities' | 'network'>;

export interface ImageRunRequest {
  project: string;
  /** What is run, for people. */
  title: string;
  image: ImageDetails;
  /** Instead of the image's own, behind its entrypoint; none of them for those. */
  args: readonly string[];
  setting: ImageSetting;
  /** Devices of the host. */
  devices: readonly string[];
  /** The caller's `TERM`, where the command gets a terminal. */
  term: string | undefined;
  /** Name of the container. */
  name: string;
  /** `host:pid` of this process. */
  owner: string;
}

/** The container in which an image runs as its configuration has it, nothing of the host mounted. */
export function planImageRun(request: ImageRunRequest): ContainerSpec {
  const { image, args, setting, devices, term } = request;
  const { uid, gid } = imageUser(request.title, image);
  const home = uid === 0 ? [] : ['HOME=/'];
  return {
    name: request.name,
    image: image.id,
    command: args.length === 0 ? image.cmd : args,
    user: `${uid}:${gid}`,
    workingDir: image.workingDir === '' ? '/' : image.workingDir,
    env: [...home, ...(term === undefined ? [] : [`TERM=${term}`])],
    labels: {
      [LABEL.project]: request.project,
      [LABEL.kind]: 'run',
      [LABEL.name]: request.title,
      [LABEL.owner]: request.owner,
    },
    mounts: [],
    devices,
    ulimits: Object.entries(setting.ulimits).map(([name, limit]) => ({ name, ...limit })),
    capabilities: setting.capabilities,
    network: setting.network,
    groups: [],
    securityOptions: [],
    terminal: term !== undefined,
  };
}

/**
 * The user that an image runs as. It gets no name: what accounts there are is the image's affair.
 * @throws {BuildenvError} `config` for one that the image has by name alone
 */
export function imageUser(title: string, { user }: Pick<ImageDetails, 'user'>): Caller {
  const [, uid, gid = '0'] = /^(\d+)(?::(\d+))?$/.exec(user === '' ? '0' : user) ?? [];
  if (uid === undefined) {
    throw new BuildenvError('config', `${title} runs as '${user}', a user known by name`, {
      hint: 'Write the ids: config: { user: "1000:1000" }',
    });
  }
  return { uid: Number(uid), gid: Number(gid), groups: [], name: '', home: '/' };
}
