/** Packages by name, with their versions. */
export type Packages = ReadonlyMap<string, string>;

/** Lines `name version`. */
export function parsePackages(lines: string): Packages {
  return new Map(
    lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const end = line.indexOf(' ');
        return [line.slice(0, end), line.slice(end + 1)];
      }),
  );
}
