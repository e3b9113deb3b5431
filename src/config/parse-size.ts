const UNITS = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Bytes of a valid size: a number, or one with K, M or G after it. */
export function parseSize(size: string | number): number {
  const [, digits, unit = ''] = /^(\d+)([KMG]?)$/.exec(String(size)) ?? [];
  return Number(digits) * UNITS[unit as keyof typeof UNITS];
}
