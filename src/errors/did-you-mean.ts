/** How many letters must be added, removed, replaced or swapped with their neighbour to get `b` from `a`. */
function distance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replace, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Longer words are no typing mistakes of the names in a configuration. */
const LONGEST = 100;

/** `did you mean 'dockerfile'?` where one of the known words is close to what was written. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const lower = word.toLowerCase();
  const close = known
    .map((name) => ({ name, steps: distance(lower, name.toLowerCase()) }))
    .filter(
      ({ name, steps }) => steps <= Math.max(1, Math.floor(Math.max(name.length, word.length) / 3)),
    )
    .sort((a, b) => a.steps - b.steps);
  return close[0] && `did you mean '${close[0].name}'?`;
}
