import type { ArchiveEntry } from './archive-entry';
import { encodeName } from './byte-name';

export const BLOCK = 512;

/** The largest values of ustar's octal fields: 7 digits for ids, 11 for size and time. */
const MAX_ID = 0o7777777;
const MAX_NUMBER = 0o77777777777;
const MAX_NAME = 100;
const MAX_PREFIX = 155;

const TYPE_FLAGS = {
  file: '0',
  buffer: '0',
  hardlink: '1',
  link: '2',
  folder: '5',
  extended: 'x',
};

interface HeaderFields {
  type: keyof typeof TYPE_FLAGS;
  name: string;
  prefix: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  link: string;
}

/** How many bytes of content follow an entry's header. @param linkTo as for {@link entryHeader} */
export function contentSize(entry: ArchiveEntry, linkTo?: string): number {
  if (linkTo !== undefined) return 0;
  if (entry.kind === 'file') return entry.size;
  return entry.kind === 'buffer' ? entry.content.byteLength : 0;
}

/**
 * The header blocks of an entry: one ustar header, with a pax extended header before it where a
 * field does not fit (a long or non-ASCII name or link target, 8 GiB and more, large ids, times
 * outside 1970 to 2242), or for extended attributes. The same entry gives the same bytes.
 *
 * Formats: POSIX.1-2017, `pax`, "ustar Interchange Format" and "pax Extended Header"; attributes as
 * `SCHILY.xattr.*`, which the OCI Image Specification's layers have from star(5).
 *
 * @param linkTo path of the entry before it that is the same file: a hard link is written
 */
export function entryHeader(entry: ArchiveEntry, linkTo?: string): Buffer {
  const records = new Map<string, string | Buffer>();
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
  const { name, prefix } = splitPath(path) ?? {
    name: toAscii(path).slice(0, MAX_NAME),
    prefix: '',
  };
  if (splitPath(path) === undefined) records.set('path', encodeName(path));

  const target = linkTo ?? (entry.kind === 'link' ? entry.target : '');
  const link = toAscii(target).slice(0, MAX_NAME);
  if (link !== target) records.set('linkpath', encodeName(target));

  const attributes = entry.kind === 'file' ? Object.entries(entry.xattrs ?? {}) : [];
  for (const [attribute, value] of attributes.sort(([a], [b]) => (a < b ? -1 : 1))) {
    records.set(`SCHILY.xattr.${attribute}`, Buffer.from(value, 'base64'));
  }

  const number = (keyword: string, value: number, max: number) => {
    if (value >= 0 && value <= max) return value;
    records.set(keyword, String(value));
    return 0;
  };
  const header = ustarHeader({
    type: linkTo === undefined ? entry.kind : 'hardlink',
    name,
    prefix,
    link,
    mode: entry.mode & 0o7777,
    uid: number('uid', entry.uid, MAX_ID),
    gid: number('gid', entry.gid, MAX_ID),
    size: number('size', contentSize(entry, linkTo), MAX_NUMBER),
    mtime: number('mtime', entry.mtime, MAX_NUMBER),
  });
  return records.size === 0 ? header : Buffer.concat([extendedHeader(name, records), header]);
}

function extendedHeader(name: string, records: ReadonlyMap<string, string | Buffer>): Buffer {
  const data = Buffer.concat(
    [...records].map(([keyword, value]) => extendedRecord(keyword, value)),
  );
  const header = ustarHeader({
    type: 'extended',
    name: `PaxHeaders/${name}`.slice(0, MAX_NAME),
    prefix: '',
    link: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: data.length,
    mtime: 0,
  });
  return Buffer.concat([header, data, Buffer.alloc(-data.length & (BLOCK - 1))]);
}

/** `<length> <keyword>=<value>\n`, where the length counts its own digits too. */
function extendedRecord(keyword: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([
    Buffer.from(` ${keyword}=`),
    Buffer.from(value as string),
    Buffer.from('\n'),
  ]);
  let length = rest.length + String(rest.length).length;
  length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function ustarHeader(fields: HeaderFields): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, '0'), offset, 'latin1');

  header.write(fields.name, 0, MAX_NAME, 'latin1');
  octal(fields.mode, 100, 7);
  octal(fields.uid, 108, 7);
  octal(fields.gid, 116, 7);
  octal(fields.size, 124, 11);
  octal(fields.mtime, 136, 11);
  header.write('        ', 148, 'latin1');
  header.write(TYPE_FLAGS[fields.type], 156, 'latin1');
  header.write(fields.link, 157, MAX_NAME, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(fields.prefix, 345, MAX_PREFIX, 'latin1');

  // The checksum is of the header with spaces in the checksum's own place.
  let sum = 0;
  for (const byte of header) sum += byte;
  octal(sum, 148, 6);
  header[154] = 0;
  return header;
}

/** A path as ustar's prefix and name, which a slash joins; undefined where it does not fit. */
function splitPath(path: string): { name: string; prefix: string } | undefined {
  if (path !== toAscii(path)) return undefined;
  if (path.length <= MAX_NAME) return { name: path, prefix: '' };
  const slash = path.indexOf('/', path.length - MAX_NAME - 1);
  if (slash < 1 || slash > MAX_PREFIX || slash === path.length - 1) return undefined;
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '_');
}
