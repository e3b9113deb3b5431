import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';

const SCHEMAS = resolve(__dirname, '../../schema/output');
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });

/** What a command printed as JSON, once it is found to be as its published schema says. */
export function validOutput(schema: string, text: Buffer): unknown {
  const value = JSON.parse(text.toString()) as unknown;
  const definition = JSON.parse(readFileSync(resolve(SCHEMAS, `${schema}.json`), 'utf8')) as object;
  const validate = ajv.compile(definition);
  validate(value);
  expect(validate.errors).toBeNull();
  return value;
}
