import type { AssembledDistro } from './apply-distro';
import type { DistroPlan } from './plan-distro';
import { type SizeReport, sizeReport } from './size-report';

/** What is said of an assembled distro. */
export interface DistroReport {
  name: string;
  /** `namespace/name:tag` */
  reference: string;
  /** `sha256:` and 64 hexadecimal digits. */
  id: string;
  /** Digests of the uncompressed layers, the lowest first. */
  layers: readonly string[];
  /** In bytes. */
  size: number;
  /** Whether anything was sent. */
  changed: boolean;
  sizes: SizeReport;
}

export function distroReport({ name, asBase }: DistroPlan, made: AssembledDistro): DistroReport {
  const layers = made.layers.map(({ digest }) => digest);
  return { name, ...made, layers, sizes: sizeReport(asBase.contents.values()) };
}
