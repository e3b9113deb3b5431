/** A built RPM. */
export interface Rpm {
  /** Name of its file. */
  file: string;
  /** Of the file, hexadecimal. */
  sha256: string;
  name: string;
  epoch: string;
  version: string;
  release: string;
  arch: string;
}

/** `EPOCH:VERSION-RELEASE`, by which a consuming project pins a package. */
export function fullVersion({ epoch, version, release }: Omit<Rpm, 'file' | 'sha256'>): string {
  return `${epoch}:${version}-${release}`;
}

/** Where an RPM stands below the repository's root. */
export function rpmLocation({ arch, file }: Rpm): string {
  return `${arch}/${file}`;
}
