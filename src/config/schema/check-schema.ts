import schema from '../../../schema/buildenv.schema.json';
import type { Finding } from '../finding';
import type { SchemaNode } from './schema-node';
import * as say from './schema-messages';
import { entriesOf, itemsOf, typeOf } from '../yaml/yaml-value';

type Path = readonly string[];

const root = schema as unknown as SchemaNode;

function matches(node: SchemaNode, text: string): boolean {
  return node.pattern === undefined || new RegExp(node.pattern, 'u').test(text);
}

/** A value against the keywords that do not look inside it. */
function checkValue(node: SchemaNode, value: unknown, path: Path): Finding[] {
  if (node.const !== undefined && value !== node.const) {
    return [say.notTheValue(node, value, path)];
  }
  if (node.enum !== undefined && !node.enum.includes(value as string)) {
    return [say.notOneOf(node.enum, value, path)];
  }
  if (typeof value === 'string' && !matches(node, value)) {
    return [say.notLikeThis(node, value, path)];
  }
  if (typeof value === 'number') {
    if (value < (node.minimum ?? -Infinity) || value > (node.maximum ?? Infinity)) {
      return [say.outOfRange(node, value, path)];
    }
  }
  return [];
}

/** Which keys a mapping has, and which belong together. */
function checkKeys(node: SchemaNode, value: object, path: Path): Finding[] {
  const findings: Finding[] = [];
  const has = (key: string): boolean => Object.hasOwn(value, key);
  if (Object.keys(value).length < (node.minProperties ?? 0)) {
    findings.push(say.isEmpty(node, path));
  }
  for (const key of node.required ?? []) {
    if (!has(key)) findings.push(say.missingKey(node, key, path));
  }
  for (const [key, needed] of Object.entries(node.dependencies ?? {})) {
    if (has(key)) {
      for (const other of needed.filter((one) => !has(one))) {
        findings.push(say.keyNeeds(key, other, path));
      }
    }
  }
  const oneOf = node.anyOf?.flatMap(({ required }) => required) ?? [];
  if (oneOf.length > 0 && !oneOf.some(has)) findings.push(say.missingOneOf(node, oneOf, path));
  if (node.not?.required.every(has) === true) {
    findings.push(say.keysExclude(node.not.required, path));
  }
  return findings;
}

function checkMapping(node: SchemaNode, value: object, path: Path): Finding[] {
  const findings = checkKeys(node, value, path);
  for (const [key, member] of entriesOf(value)) {
    const memberPath = [...path, key];
    const wrongName = checkName(node, key, memberPath);
    if (wrongName) findings.push(wrongName);
    else if (node.properties && Object.hasOwn(node.properties, key)) {
      findings.push(...check(node.properties[key] ?? {}, member, memberPath));
    } else if (node.additionalProperties === false) {
      findings.push(say.unknownKey(Object.keys(node.properties ?? {}), memberPath));
    } else if (node.additionalProperties !== undefined) {
      findings.push(...check(node.additionalProperties, member, memberPath));
    }
  }
  return findings;
}

function checkList(node: SchemaNode, value: readonly unknown[], path: Path): Finding[] {
  const findings: Finding[] = [];
  if (value.length < (node.minItems ?? 0)) findings.push(say.isEmpty(node, path));
  value.forEach((item, index) => {
    if (node.items) findings.push(...check(node.items, item, [...path, String(index)]));
  });
  return findings;
}

/** The definition that a node refers to, with the node's own examples where it has some. */
function follow(node: SchemaNode, referrer: SchemaNode): SchemaNode {
  const name = node.$ref?.slice('#/definitions/'.length);
  const target = name === undefined ? node : root.definitions?.[name];
  if (target === undefined) throw new Error(`The schema has no ${String(node.$ref)}`);
  return referrer.examples ? { ...target, examples: referrer.examples } : target;
}

/** The key of a mapping; what stands under a wrong one is not looked at. */
function checkName(mapping: SchemaNode, key: string, path: Path): Finding | undefined {
  if (key === '<<') return say.mergeKey(path);
  const node = follow(mapping.propertyNames ?? {}, {});
  if (node.enum !== undefined && !node.enum.includes(key)) return say.unknownKey(node.enum, path);
  return matches(node, key) ? undefined : say.wrongName(node, path);
}

function check(referrer: SchemaNode, value: unknown, path: Path): Finding[] {
  const node = follow(referrer, referrer);
  if (node.type !== undefined && ![node.type].flat().includes(typeOf(value))) {
    return [say.wrongType(node, value, path)];
  }
  const findings = (node.allOf ?? []).flatMap((part) => check(follow(part, node), value, path));
  findings.push(...checkValue(node, value, path));
  if (Array.isArray(value)) findings.push(...checkList(node, itemsOf(value), path));
  else if (typeof value === 'object' && value !== null) {
    findings.push(...checkMapping(node, value, path));
  }
  return findings;
}

/**
 * Holds a parsed `buildenv.yaml` against `schema/buildenv.schema.json`. It reads the schema as it
 * stands: a compiled validator of that size costs several times as much at every start.
 * @returns all that is wrong, one finding per mistake
 */
export function checkSchema(value: unknown): Finding[] {
  return check(root, value, []);
}
