const { transformSync } = require('esbuild');

/** Turns TypeScript and ES modules into what Jest runs, by the same compiler as the bundle. */
module.exports = {
  process(source, sourcefile) {
    const { code, map } = transformSync(source, {
      sourcefile,
      loader: sourcefile.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node20.19',
      platform: 'node',
      sourcemap: true,
      sourcesContent: false,
    });
    return { code, map };
  },
};
