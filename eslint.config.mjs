import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import roomImports from './scripts/lint/room-imports.mjs';

/** Which rooms of `src/` each room may import from, itself aside. */
const mayImport = {
  errors: [],
  host: ['errors'],
  archive: ['errors'],
  git: ['errors'],
  oci: ['archive', 'errors'],
  engine: ['host', 'errors'],
  registry: ['engine', 'errors'],
  image: ['engine', 'registry', 'archive', 'errors'],
  sync: ['engine', 'archive', 'image', 'host', 'errors'],
  run: ['engine', 'archive', 'image', 'errors'],
  local: ['engine', 'image', 'run', 'errors'],
  rootfs: ['engine', 'archive', 'image', 'errors'],
  elf: ['errors'],
  sbom: ['errors'],
  distro: ['engine', 'archive', 'oci', 'image', 'rootfs', 'elf', 'sbom', 'errors'],
  publish: ['engine', 'image', 'registry', 'errors'],
  ci: ['errors'],
  package: ['engine', 'archive', 'git', 'image', 'run', 'host', 'errors'],
  config: ['image', 'run', 'distro', 'package', 'registry', 'ci', 'errors'],
  upkeep: ['engine', 'image', 'errors'],
  doctor: ['engine', 'errors'],
  commands: [
    'config',
    'image',
    'sync',
    'run',
    'local',
    'rootfs',
    'sbom',
    'distro',
    'package',
    'publish',
    'ci',
    'doctor',
    'upkeep',
    'host',
    'git',
    'oci',
    'engine',
    'registry',
    'errors',
  ],
  cli: ['commands', 'errors'],
};

const adapters = ['engine/docker', 'engine/local', 'registry/distribution', 'registry/azure'];

/** The one room where each package is at home. */
const packages = {
  dockerode: 'engine/docker',
  'https-proxy-agent': 'registry/http',
  protobufjs: 'engine/docker',
  '@azure': 'registry/azure',
  'tar-stream': 'archive',
  'js-yaml': 'config',
  picomatch: 'distro',
  ora: 'cli',
  yargs: 'cli',
};

/** Process-wide state is handed in by main.ts and cli/, so that every other room is a function of its arguments. */
const noProcessState = ['process', 'console'].map((name) => ({
  name,
  message: 'Only main.ts and cli/ know the process; take the value as a parameter.',
}));

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'km/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    plugins: { buildenv: { rules: { 'room-imports': roomImports } } },
    rules: {
      'buildenv/room-imports': ['error', { mayImport, adapters, packages }],
      'max-lines': ['error', { max: 250, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [
      'src/launch.ts',
      'src/cache-code.ts',
      'src/standby.ts',
      'src/main.ts',
      'src/cli/**',
      '**/*.test.ts',
    ],
    rules: { 'no-restricted-globals': ['error', ...noProcessState] },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        require: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        module: 'writable',
        __filename: 'readonly',
      },
    },
  },
);
