/** `cache_file_new` of glibc's dl-cache.h, which ldconfig has written alone since 2.32. */
const MAGIC = 'glibc-ld.so.cache1.1';
const HEADER = 48;
const ENTRY = 24;
const MOST_STRING = 4096;
const BIG_ENDIAN = 3;

/** Paths of libraries by the names that programs ask for; several where a name has several kinds. */
export type LoaderCache = ReadonlyMap<string, readonly string[]>;

/**
 * Reads `/etc/ld.so.cache`. What is damaged in it counts as not there, as for the loader; without the
 * format's magic the cache is empty.
 */
export function readLoaderCache(file: Buffer): LoaderCache {
  const cache = new Map<string, string[]>();
  const start = file.indexOf(MAGIC);
  if (start < 0 || file.length < start + HEADER) return cache;
  const bytes = file.subarray(start);
  const big = bytes[28] === BIG_ENDIAN;
  const number = (at: number) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const string = (at: number) => {
    const text = bytes.subarray(at, at + MOST_STRING);
    const end = text.indexOf(0);
    return end < 0 ? undefined : text.toString('utf8', 0, end);
  };

  const entries = Math.min(number(20), Math.floor((bytes.length - HEADER) / ENTRY));
  for (let index = 0; index < entries; index++) {
    const at = HEADER + index * ENTRY;
    const name = string(number(at + 4));
    const path = string(number(at + 8));
    if (name === undefined || path?.startsWith('/') !== true) continue;
    cache.set(name, [...(cache.get(name) ?? []), path]);
  }
  return cache;
}
