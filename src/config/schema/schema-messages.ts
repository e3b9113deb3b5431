import { didYouMean } from '../../errors/did-you-mean';
import type { Finding } from '../finding';
import type { SchemaNode } from './schema-node';
import { typeOf } from '../yaml/yaml-value';

type Path = readonly string[];

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

const typeName = (type: string): string => TYPE_NAMES[type] ?? type;

/** `environments.default.devices[0]`; the whole file for the root. */
function subject(path: Path): string {
  if (path.length === 0) return 'the file';
  const parts = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`));
  return parts.join('').replace(/^\./, '');
}

/** A value as the user would recognise it, shortened. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `for example "0755"`: JSON is YAML too. */
function example(node: SchemaNode | undefined, key?: string): string | undefined {
  const value = node?.examples?.[0];
  if (value === undefined) return undefined;
  return `for example ${key === undefined ? '' : `${key}: `}${JSON.stringify(value)}`;
}

/** What a hint names at most of what is allowed. */
const MOST_WORDS = 20;

function list(words: readonly string[]): string {
  return [...words.slice(0, MOST_WORDS), ...(words.length > MOST_WORDS ? ['...'] : [])].join(', ');
}

const wanted = (node: SchemaNode): string =>
  node.patternErrorMessage ?? `must match ${String(node.pattern)}`;

function typeHint(node: SchemaNode, value: unknown): string | undefined {
  if (node.enum) return `one of ${list(node.enum)}`;
  // YAML reads `GCC: 12` as a number, where the text "12" is meant.
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  const fits = scalar && new RegExp(node.pattern ?? '', 'u').test(String(value));
  return fits && node.type === 'string' ? 'put it in quotes' : example(node);
}

export function wrongType(node: SchemaNode, value: unknown, path: Path): Finding {
  const types = [node.type ?? []].flat().map(typeName).join(' or ');
  const is = value === null ? 'is empty' : `is ${typeName(typeOf(value))}`;
  const message = `${subject(path)} must be ${types}, but ${is}`;
  return { path, at: 'value', message, hint: typeHint(node, value) };
}

export function notTheValue(node: SchemaNode, value: unknown, path: Path): Finding {
  const message = `${subject(path)} must be ${shown(node.const)}, not ${shown(value)}`;
  return { path, at: 'value', message, hint: example(node, path.at(-1)) };
}

export function notOneOf(allowed: readonly string[], value: unknown, path: Path): Finding {
  const message = `${subject(path)}: ${shown(value)} is not known here`;
  const guess = typeof value === 'string' ? didYouMean(value, allowed) : undefined;
  return { path, at: 'value', message, hint: guess ?? `one of ${list(allowed)}` };
}

export function notLikeThis(node: SchemaNode, value: string, path: Path): Finding {
  const message = `${subject(path)} ${wanted(node)}, not ${shown(value)}`;
  return { path, at: 'value', message, hint: example(node) };
}

/** @param path with the name as its last part */
export function wrongName(node: SchemaNode, path: Path): Finding {
  const message = `the name ${shown(path.at(-1))} in ${subject(path.slice(0, -1))} ${wanted(node)}`;
  return { path, at: 'key', message, hint: example(node) };
}

export function mergeKey(path: Path): Finding {
  const message = `merge keys ('<<') are not supported, in ${subject(path.slice(0, -1))}`;
  return {
    path,
    at: 'key',
    message,
    hint: 'write the keys out, or share a whole value with an alias',
  };
}

export function outOfRange(node: SchemaNode, value: number, path: Path): Finding {
  const message = `${subject(path)} must be from ${node.minimum ?? 0} to ${node.maximum ?? 0}, not ${value}`;
  return { path, at: 'value', message, hint: example(node) };
}

export function isEmpty(node: SchemaNode, path: Path): Finding {
  return { path, at: 'key', message: `${subject(path)} is empty`, hint: example(node) };
}

export function missingKey(node: SchemaNode, key: string, path: Path): Finding {
  const message = `${subject(path)} needs '${key}'`;
  return { path, at: 'key', message, hint: example(node.properties?.[key], key) };
}

export function missingOneOf(node: SchemaNode, keys: readonly string[], path: Path): Finding {
  const message = `${subject(path)} needs '${keys.join("' or '")}'`;
  return { path, at: 'key', message, hint: example(node) };
}

export function keyNeeds(key: string, other: string, path: Path): Finding {
  const message = `${subject(path)}: '${key}' goes with '${other}' only`;
  return { path: [...path, key], at: 'key', message, hint: `add '${other}', or remove '${key}'` };
}

export function keysExclude(keys: readonly string[], path: Path): Finding {
  const [first = '', second = ''] = keys;
  const message = `${subject(path)}: '${second}' does not go with '${first}'`;
  return { path: [...path, second], at: 'key', message, hint: 'remove one of the two' };
}

/** @param path with the key as its last part */
export function unknownKey(known: readonly string[], path: Path): Finding {
  const key = path.at(-1) ?? '';
  const message = `unknown key '${key}' in ${subject(path.slice(0, -1))}`;
  return { path, at: 'key', message, hint: didYouMean(key, known) ?? `known here: ${list(known)}` };
}
