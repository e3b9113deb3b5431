/** The name that JSON Schema gives to the type of a value read from YAML. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (Number.isInteger(value)) return 'integer';
  return typeof value;
}

/** The entries of a mapping; none where the value is something else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeOf(value) === 'object' ? Object.entries(value as object) : [];
}

/** The items of a list; none where the value is something else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A member of a mapping; undefined where there is none. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeOf(value) !== 'object' || !Object.hasOwn(value as object, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
