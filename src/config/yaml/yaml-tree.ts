import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';

interface YamlEntry {
  name: string;
  /** Offset of the key in the source. */
  offset: number;
  value: YamlNode;
}

/** Where a value stands in its source; an alias is the value that it names. */
export interface YamlNode {
  /** Offset in the source; undefined where nothing is written, as after `key:`. */
  offset?: number | undefined;
  entries: YamlEntry[];
  items: YamlNode[];
}

const leaf = (offset?: number): YamlNode => ({ offset, entries: [], items: [] });

/** Where a scalar begins, its quote included; undefined where it is not written at all. */
function scalarOffset(event: ScalarEvent): number | undefined {
  if (event.valueStart < 0) return undefined;
  const quoted =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return quoted ? event.valueStart - 1 : event.valueStart;
}

/** Builds the root nodes of a source's documents from the parser's events. */
export function yamlTree(source: string, events: readonly Event[]): YamlNode[] {
  const anchors = new Map<string, YamlNode>();
  let next = 0;

  /** Lets aliases find the node, from inside it too. */
  function anchor(event: { anchorStart: number; anchorEnd: number }, node: YamlNode): YamlNode {
    if (event.anchorStart >= 0) {
      anchors.set(source.slice(event.anchorStart, event.anchorEnd), node);
    }
    return node;
  }

  /** The nodes up to the end of the collection that was opened last. */
  function children(): { event: Event; node: YamlNode }[] {
    const nodes = [];
    for (let event = events[next]; event && event.type !== EVENT_ID.POP; event = events[next]) {
      nodes.push({ event, node: read(event) });
    }
    next++;
    return nodes;
  }

  function read(event: Event): YamlNode {
    next++;
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return anchor(event, leaf(scalarOffset(event)));
      case EVENT_ID.ALIAS:
        return anchors.get(source.slice(event.anchorStart, event.anchorEnd)) ?? leaf();
      case EVENT_ID.SEQUENCE: {
        const node = anchor(event, leaf(event.start));
        node.items.push(...children().map((child) => child.node));
        return node;
      }
      case EVENT_ID.MAPPING: {
        const node = anchor(event, leaf(event.start));
        const parts = children();
        for (let index = 0; index + 1 < parts.length; index += 2) {
          const [key, value] = parts.slice(index, index + 2);
          if (key?.event.type === EVENT_ID.SCALAR && value) {
            const name = getScalarValue(source, key.event);
            node.entries.push({ name, offset: key.node.offset ?? event.start, value: value.node });
          }
        }
        return node;
      }
      case EVENT_ID.DOCUMENT:
        return children()[0]?.node ?? leaf();
      case EVENT_ID.POP:
        return leaf();
    }
  }

  return children().map((child) => child.node);
}
