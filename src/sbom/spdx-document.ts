import { createHash } from 'node:crypto';

/** A file of an image. */
export interface BilledFile {
  /** Absolute path in the image. */
  path: string;
  /** In hexadecimal digits. */
  sha1: string;
  sha256: string;
  /** Package URL of the package that owns it; undefined where none does. */
  owner?: string | undefined;
}

/** A package that owns some of the files. */
export interface BilledPackage {
  /** Package URL. */
  url: string;
  name: string;
  version: string;
  /** `Name <address>`; empty for none. */
  maintainer: string;
}

export interface BillOfMaterials {
  /** `kontain/km:main` */
  image: string;
  /** Unix time in seconds. */
  time: number;
  files: readonly BilledFile[];
  packages: readonly BilledPackage[];
}

const NO_ASSERTION = 'NOASSERTION';

/**
 * A document by SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/) of the image, its files, and the
 * packages that own them. Equal bills give equal documents: the namespace is a digest of the bill.
 */
export function spdxDocument(bill: BillOfMaterials): object {
  const files = bill.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const packages = bill.packages.toSorted((a, b) => (a.url < b.url ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify({ ...bill, files, packages }));
  const fileId = (index: number) => `SPDXRef-File-${index + 1}`;
  const owned = (url?: string) =>
    files.flatMap((file, index) => (file.owner === url ? [{ id: fileId(index), ...file }] : []));
  const relationship = (from: string, type: string, to: string) => {
    return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
  };
  const image = {
    ...packageFields('SPDXRef-Image', bill.image, owned()),
    primaryPackagePurpose: 'CONTAINER',
  };
  const owners = packages.map(({ url, name, version, maintainer }, index) => ({
    ...packageFields(`SPDXRef-Package-${index + 1}`, name, owned(url)),
    versionInfo: version,
    supplier: maintainer === '' ? NO_ASSERTION : `Organization: ${maintainer}`,
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: url },
    ],
  }));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: bill.image,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(bill.image)}-${digest.digest('hex')}`,
    creationInfo: {
      created: new Date(bill.time * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
      creators: ['Tool: buildenv'],
    },
    packages: [image, ...owners],
    files: files.map(({ path, sha1, sha256 }, index) => ({
      SPDXID: fileId(index),
      fileName: `.${path}`,
      checksums: [
        { algorithm: 'SHA1', checksumValue: sha1 },
        { algorithm: 'SHA256', checksumValue: sha256 },
      ],
      licenseConcluded: NO_ASSERTION,
      licenseInfoInFiles: [NO_ASSERTION],
      copyrightText: NO_ASSERTION,
    })),
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', image.SPDXID),
      ...owners.map(({ SPDXID }) => relationship(image.SPDXID, 'CONTAINS', SPDXID)),
      ...owned().map(({ id }) => relationship(image.SPDXID, 'CONTAINS', id)),
      ...packages.flatMap(({ url }, index) =>
        owned(url).map(({ id }) => relationship(`SPDXRef-Package-${index + 1}`, 'CONTAINS', id)),
      ),
    ],
  };
}

function packageFields(id: string, name: string, files: readonly BilledFile[]) {
  return {
    SPDXID: id,
    name,
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: true,
    packageVerificationCode: { packageVerificationCodeValue: verificationCode(files) },
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: NO_ASSERTION,
    licenseInfoFromFiles: [NO_ASSERTION],
    copyrightText: NO_ASSERTION,
  };
}

/** SPDX 2.3, 7.9. */
function verificationCode(files: readonly BilledFile[]): string {
  const digests = files.map(({ sha1 }) => sha1).sort();
  return createHash('sha1').update(digests.join('')).digest('hex');
}
