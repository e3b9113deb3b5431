/** Private ranges (RFC 1918) that few networks use, most unusual first. */
const CANDIDATES = [
  ...Array.from({ length: 50 }, (_, i) => `10.${249 - i}.0.0/16`),
  ...Array.from({ length: 12 }, (_, i) => `172.${31 - i}.0.0/16`),
];

interface Range {
  first: number;
  last: number;
}

/** The range of `10.1.0.0/16`, or of a single address. */
function parseRange(text: string): Range {
  const [address = '', length = '32'] = text.split('/');
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

/** The ranges that a routing table, as `ip -4 route show` prints it, leads to. */
function routedRanges(routes: string): Range[] {
  return routes.split('\n').flatMap((line) => {
    const destination = /\d+\.\d+\.\d+\.\d+(?:\/\d+)?/.exec(line)?.[0];
    return destination === undefined ? [] : [parseRange(destination)];
  });
}

/**
 * A range of 65,536 addresses that no route of the machine leads to.
 * @param routes what `ip -4 route show` prints
 * @param preferred taken where it is free
 * @returns such as `10.249.0.0/16`; undefined where every candidate is in use
 */
export function chooseAddressPool(routes: string, preferred?: string): string | undefined {
  const used = routedRanges(routes);
  const isFree = (candidate: string): boolean => {
    const range = parseRange(candidate);
    return used.every(({ first, last }) => last < range.first || first > range.last);
  };
  return [...(preferred === undefined ? [] : [preferred]), ...CANDIDATES].find(isFree);
}
