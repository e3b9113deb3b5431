/** Whether a tag is as a pattern says: `*` is any text, `?` one sign, all else itself. */
export function matchesTag(pattern: string, tag: string): boolean {
  const expression = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(tag);
}
