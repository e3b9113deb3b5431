import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { supervisor, syncAgent } from './static-programs.mjs';

const OUTPUT = 'dist/buildenv.cjs';

/**
 * Parts of dockerode and its modem that load gRPC and ssh2, which nothing here calls: BuildKit builds
 * go without a session, and an engine behind ssh is not reached by ssh2.
 */
const UNUSED = [
  { filter: /^\.\/session$/, importer: /dockerode\/lib/ },
  { filter: /^\.\/ssh$/, importer: /docker-modem\/lib/ },
];

const leaveOutUnused = {
  name: 'leave-out-unused',
  setup({ onResolve, onLoad }) {
    for (const { filter, importer } of UNUSED) {
      onResolve({ filter }, (args) =>
        importer.test(args.importer) ? { path: args.path, namespace: 'unused' } : undefined,
      );
    }
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error('${path} is not part of the bundle'); };`,
    }));
  },
};

/**
 * Packages that few commands load. Each becomes a file of its own: an engine reads all of a file
 * before it runs the first line of it.
 */
const LAZY = [
  '@azure/container-registry',
  '@azure/identity',
  'dockerode',
  'https-proxy-agent',
  'ora',
  'picomatch',
  'protobufjs/light',
  'tar-stream',
  'yargs',
];

const fileOf = (name) => `./${name.replaceAll(/[^a-z]+/g, '-').replace(/^-/, '')}.cjs`;

const splitLazyPackages = {
  name: 'split-lazy-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^.]/ }, ({ path }) =>
      LAZY.includes(path) ? { path: fileOf(path), external: true } : undefined,
    );
  },
};

/** Folders of the packages that went into a file. */
function bundledPackages({ inputs }) {
  const folders = Object.keys(inputs).map(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0],
  );
  return folders.filter((folder) => folder !== undefined);
}

/** The licence of each package, as its own folder has it. */
function licences(folders) {
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : readFileSync(`${folder}/${file}`, 'utf8').trim();
    return `${name} ${version}: ${license}\n\n${text}\n`;
  });
}

const options = {
  bundle: true,
  metafile: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  loader: { '.sh': 'text', '.py': 'text', '.rpm': 'text' },
  // Node's own import() of a CommonJS file gives default exports another shape than its author meant.
  supported: { 'dynamic-import': false },
  // yargs looks for its translations beside itself.
  define: {
    'import.meta.url': 'importMetaUrl',
    SUPERVISOR_VERSION: JSON.stringify(supervisor.version),
  },
  logLevel: 'warning',
};
const banner = 'const importMetaUrl = require("url").pathToFileURL(__filename).href;';

rmSync('dist', { recursive: true, force: true });
await build({
  ...options,
  entryPoints: ['src/launch.ts'],
  outfile: OUTPUT,
  banner: { js: '#!/usr/bin/env node' },
});
const main = await build({
  ...options,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.cjs',
  banner: { js: banner },
  plugins: [splitLazyPackages],
});
await build({
  ...options,
  entryPoints: ['src/standby.ts'],
  outfile: 'dist/standby.cjs',
  banner: { js: banner },
  plugins: [splitLazyPackages],
});
const folders = bundledPackages(main.metafile);
for (const name of LAZY) {
  const { metafile } = await build({
    ...options,
    entryPoints: [name],
    outfile: `dist/${fileOf(name)}`,
    banner: { js: banner },
    plugins: [leaveOutUnused],
  });
  folders.push(...bundledPackages(metafile));
}
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licences(folders).join(`\n${'-'.repeat(79)}\n\n`));
chmodSync(OUTPUT, 0o755);
for (const program of [supervisor, syncAgent])
  program.build('dist', process.argv.includes('--package'));

// The code of first runs, for V8 to start from.
const CACHER = 'dist/cache-code.cjs';
await build({ ...options, entryPoints: ['src/cache-code.ts'], outfile: CACHER });
spawnSync(process.execPath, [CACHER], { stdio: 'ignore', timeout: 20_000, killSignal: 'SIGKILL' });
rmSync(CACHER);
