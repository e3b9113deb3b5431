const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { extname } = require('node:path');
const { transformSync, version } = require('esbuild');

const OPTIONS = {
  format: 'cjs',
  target: 'node20.19',
  platform: 'node',
  // Jest runs no import() of its own.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
  sourcemap: true,
  sourcesContent: false,
};
/** What is no script of Node's is imported as its text, as in the bundle. */
const LOADERS = { '.ts': 'ts', '.sh': 'text', '.py': 'text', '.rpm': 'text' };
const self = readFileSync(__filename);

/** Turns TypeScript and ES modules into what Jest runs, by the same compiler as the bundle. */
module.exports = {
  getCacheKey(source, sourcefile) {
    const hash = createHash('sha256').update(self).update(version);
    return hash.update(`${sourcefile}\0${source}`).digest('hex');
  },
  process(source, sourcefile) {
    const loader = LOADERS[extname(sourcefile)] ?? 'js';
    const { code, map } = transformSync(source, { ...OPTIONS, sourcefile, loader });
    return { code, map };
  },
};
