import { constructFromEvents, EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import type { Event } from 'js-yaml';
import type { ConfigProblem } from '../../errors/config-error';
import { positionAt } from './locate';
import { yamlTree } from './yaml-tree';
import type { YamlNode } from './yaml-tree';

/** More aliases than any hand-written file has; it bounds what a hostile one unfolds to. */
const MAX_ALIASES = 100;

export interface ParsedYaml {
  /** The document as plain values; undefined where it could not be made. */
  value: unknown;
  /** Where everything stands. Costs time: for a file with problems. */
  tree(): YamlNode;
  problems: readonly ConfigProblem[];
}

function syntaxProblem(source: string, error: unknown): ConfigProblem {
  if (!(error instanceof YAMLException)) throw error;
  const offset = error.mark?.position ?? 0;
  const hint = source[offset] === '\t' ? 'indent with spaces' : undefined;
  return { ...positionAt(source, offset), message: `not valid YAML: ${error.reason}`, hint };
}

/** Keys that their mapping has already, in all mappings of the tree. */
function duplicateKeys(source: string, root: YamlNode): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<YamlNode>();
  const visit = (node: YamlNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const first = new Map<string, number>();
    for (const { name, offset, value } of node.entries) {
      const before = first.get(name);
      if (before === undefined) first.set(name, offset);
      else {
        const hint = `the first one is in line ${positionAt(source, before).line}`;
        problems.push({ ...positionAt(source, offset), message: `'${name}' is there twice`, hint });
      }
      visit(value);
    }
    node.items.forEach(visit);
  };
  visit(root);
  return problems;
}

/** Why events are not one document of reasonable size. */
function documentProblem(source: string, events: Event[]): ConfigProblem | undefined {
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
  if (documents === 0) {
    const hint = "remove it, and let 'buildenv init' write one to begin with";
    return { line: 1, column: 1, message: 'the file is empty', hint };
  }
  if (documents > 1) {
    const position = positionAt(source, yamlTree(source, events)[1]?.offset ?? 0);
    const message = 'a second YAML document begins here';
    return { ...position, message, hint: "remove the '---' before it" };
  }
  const tooMany = events.filter((event) => event.type === EVENT_ID.ALIAS)[MAX_ALIASES];
  if (tooMany === undefined) return undefined;
  const message = `more than ${MAX_ALIASES} aliases`;
  const position = positionAt(source, tooMany.anchorStart - 1);
  return { ...position, message, hint: 'write the values out' };
}

/**
 * Parses YAML 1.2 (core schema, no merge keys) of one document. Nothing is thrown for a wrong
 * source; where the mistake is a key that is there twice, the last one counts.
 */
export function parseYaml(source: string): ParsedYaml {
  let events: Event[] = [];
  const tree = (): YamlNode => yamlTree(source, events)[0] ?? { offset: 0, entries: [], items: [] };
  const failed = (problem: ConfigProblem): ParsedYaml => {
    return { value: undefined, tree, problems: [problem] };
  };
  const construct = (json: boolean): unknown => constructFromEvents(events, { source, json })[0];

  try {
    events = parseEvents(source, {});
  } catch (error) {
    return failed(syntaxProblem(source, error));
  }
  const problem = documentProblem(source, events);
  if (problem) return failed(problem);
  try {
    return { value: construct(false), tree, problems: [] };
  } catch (error) {
    const duplicates = duplicateKeys(source, tree());
    if (duplicates.length === 0) return failed(syntaxProblem(source, error));
    try {
      return { value: construct(true), tree, problems: duplicates };
    } catch (other) {
      return { value: undefined, tree, problems: [...duplicates, syntaxProblem(source, other)] };
    }
  }
}
