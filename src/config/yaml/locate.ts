import type { ConfigProblem } from '../../errors/config-error';
import type { Finding } from '../finding';
import type { YamlNode } from './yaml-tree';

type Position = Pick<ConfigProblem, 'line' | 'column'>;

/** Line and column, both 1-based, of an offset in a source. */
export function positionAt(source: string, offset: number): Position {
  const lines = source.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

/** Offset of a finding's key or value; of the nearest thing around it that is written. */
export function offsetOf(root: YamlNode, { path, at }: Pick<Finding, 'path' | 'at'>): number {
  let node = root;
  let offset = root.offset ?? 0;
  for (const [index, part] of path.entries()) {
    const entry = node.entries.findLast(({ name }) => name === part);
    const value = entry?.value ?? node.items[Number(part)];
    if (value === undefined) return offset;
    const wantsKey = entry !== undefined && at === 'key' && index === path.length - 1;
    offset = wantsKey ? entry.offset : (value.offset ?? entry?.offset ?? offset);
    node = value;
  }
  return offset;
}
