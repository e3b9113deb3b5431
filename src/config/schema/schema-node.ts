/** The part of JSON Schema (draft-07) that `schema/buildenv.schema.json` uses and `checkSchema` knows. */
export interface SchemaNode {
  $ref?: string;
  definitions?: Readonly<Record<string, SchemaNode>>;
  description?: string;
  examples?: readonly unknown[];
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly string[];
  pattern?: string;
  /** What a value that does not match `pattern` should be: `must be a path`. Editors show it too. */
  patternErrorMessage?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  minProperties?: number;
  required?: readonly string[];
  properties?: Readonly<Record<string, SchemaNode>>;
  /** `false`, or the schema of the values of free keys. */
  additionalProperties?: false | SchemaNode;
  propertyNames?: SchemaNode;
  /** Key to the keys that it needs beside it. */
  dependencies?: Readonly<Record<string, readonly string[]>>;
  items?: SchemaNode;
  allOf?: readonly SchemaNode[];
  /** Keys of which one is needed. */
  anyOf?: readonly { type: 'object'; required: readonly [string] }[];
  /** Keys that exclude each other. */
  not?: { type: 'object'; required: readonly string[] };
}
