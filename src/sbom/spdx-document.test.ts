import { spdxDocument } from './spdx-document';

const libc = {
  url: 'pkg:deb/debian/libc6@2.36-9?arch=amd64',
  name: 'libc6',
  version: '2.36-9',
  maintainer: 'GNU Libc Maintainers <x@example.org>',
};
const files = [
  { path: '/usr/lib/libc.so.6', sha1: 'b'.repeat(40), sha256: 'b'.repeat(64), owner: libc.url },
  { path: '/app', sha1: 'a'.repeat(40), sha256: 'a'.repeat(64) },
];
const bill = { image: 'kontain/km:main', time: 1_600_000_000, files, packages: [libc] };

test('the image has the files that no package owns, packages have theirs', () => {
  expect(spdxDocument(bill)).toMatchObject({
    spdxVersion: 'SPDX-2.3',
    creationInfo: { created: '2020-09-13T12:26:40Z' },
    packages: [
      { SPDXID: 'SPDXRef-Image', name: 'kontain/km:main', primaryPackagePurpose: 'CONTAINER' },
      {
        name: 'libc6',
        versionInfo: '2.36-9',
        supplier: 'Organization: GNU Libc Maintainers <x@example.org>',
        externalRefs: [{ referenceLocator: libc.url }],
      },
    ],
    files: [{ fileName: './app' }, { fileName: './usr/lib/libc.so.6' }],
    relationships: [
      ['SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-Image'],
      ['SPDXRef-Image', 'CONTAINS', 'SPDXRef-Package-1'],
      ['SPDXRef-Image', 'CONTAINS', 'SPDXRef-File-1'],
      ['SPDXRef-Package-1', 'CONTAINS', 'SPDXRef-File-2'],
    ].map(([spdxElementId, relationshipType, relatedSpdxElement]) => {
      return { spdxElementId, relationshipType, relatedSpdxElement };
    }),
  });
});

test('equal bills give equal documents, others another namespace', () => {
  const again = { ...bill, files: files.toReversed() };
  expect(spdxDocument(again)).toEqual(spdxDocument(bill));
  const other = spdxDocument({ ...bill, files: files.slice(1) }) as { documentNamespace: string };
  expect(spdxDocument(bill)).not.toMatchObject({ documentNamespace: other.documentNamespace });
});
