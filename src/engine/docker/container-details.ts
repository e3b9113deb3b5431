import type { MountedPart } from '../../host/translate-path';
import type { ContainerDetails } from '../engine';

/** What the engine answers to `GET /containers/{id}/json`, as far as it is read here. */
export interface InspectJson {
  Id: string;
  Image: string;
  State: { Running: boolean };
  Config: { Labels: Record<string, string> | null };
  HostConfig: { Tmpfs?: Record<string, string> | null };
  /** Of one in memory, and of a volume that is elsewhere, the source is empty. */
  Mounts?: { Source: string; Destination: string }[] | null;
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> | null };
}

/** A container's state as the port has it. */
export function containerDetails(json: InspectJson): ContainerDetails {
  const networks = Object.entries(json.NetworkSettings.Networks ?? {});
  return {
    id: json.Id,
    running: json.State.Running,
    imageId: json.Image,
    labels: json.Config.Labels ?? {},
    addresses: Object.fromEntries(
      networks.flatMap(([name, { IPAddress }]) => (IPAddress === '' ? [] : [[name, IPAddress]])),
    ),
    mounts: mountedParts(json),
  };
}

function mountedParts({ HostConfig, Mounts }: InspectJson): MountedPart[] {
  return [
    ...(Mounts ?? []).map(({ Source, Destination }) => {
      return { source: Source.startsWith('/') ? Source : undefined, target: Destination };
    }),
    ...Object.keys(HostConfig.Tmpfs ?? {}).map((target) => ({ source: undefined, target })),
  ];
}
