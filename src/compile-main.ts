import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** A CommonJS file as Node runs it. */
type CommonJs = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/**
 * Compiles the bundled tool, as `require` would.
 * @param code what V8 compiled before; it is taken only where source, version and flags are the same
 */
export function compileMain(
  filename: string,
  code?: Buffer,
): {
  script: Script;
  run: (require: NodeJS.Require) => void;
} {
  const body = readFileSync(filename, 'utf8');
  const source = `(function (exports, require, module, __filename, __dirname) {${body}\n})`;
  const script = new Script(source, {
    filename,
    ...(code === undefined ? {} : { cachedData: code }),
  });
  const run = (require: NodeJS.Require) => {
    const module = { exports: {} };
    const main = script.runInThisContext() as CommonJs;
    main(module.exports, require, module, filename, dirname(filename));
  };
  return { script, run };
}
