/** A line that only one of two texts has. */
export interface Difference {
  /** In the text that has it, 1-based. */
  line: number;
  /** `added`: in the file, not in what is expected; `missing`: the other way round. */
  kind: 'added' | 'missing';
  text: string;
}

/** The fewest lines in which a text differs from the expected one, in order. */
export function compareLines(expected: string, actual: string): Difference[] {
  const wanted = expected.split('\n');
  const found = actual.split('\n');
  const common = commonLengths(wanted, found);
  const differences: Difference[] = [];
  let [i, j] = [0, 0];
  while (i < wanted.length || j < found.length) {
    if (i < wanted.length && j < found.length && wanted[i] === found[j]) {
      [i, j] = [i + 1, j + 1];
    } else if (j < found.length && at(common, i, j + 1) >= at(common, i + 1, j)) {
      differences.push({ line: ++j, kind: 'added', text: found[j - 1] ?? '' });
    } else {
      differences.push({ line: ++i, kind: 'missing', text: wanted[i - 1] ?? '' });
    }
  }
  return differences;
}

/** For each pair of places, how many lines the rests after them have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? [];
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] =
        a[i] === b[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

/** -1 beyond the end: no way leads there. */
function at(lengths: readonly (readonly number[])[], i: number, j: number): number {
  return lengths[i]?.[j] ?? -1;
}
