import { packageScope } from '../scope';
import { type PackageSpec } from '../package-spec';
import { recipeDefaults } from '../recipes';
import type { TreeEntry } from '../source/read-tree';
import { type GatheredPackage, planPackages } from './plan-packages';

const { source, ...defaults } = recipeDefaults('spec', 'hello');
const spec: PackageSpec = {
  ...defaults,
  name: 'hello',
  image: 'builder',
  source: { ...source, path: '/src/hello', variable: 'HELLO_DIR' },
  packaging: undefined,
  prepare: '',
};
const file: TreeEntry = {
  kind: 'file',
  path: 'program',
  source: '/src/hello/program',
  size: 3,
  digest: 'd1',
  mode: 0o755,
  mtime: 100,
};
const hello: GatheredPackage = {
  spec,
  folder: '/src/hello',
  source: [file],
  packaging: undefined,
  commitTime: undefined,
};
const place = { scope: packageScope('p', '/src', '/cache', 'host:1'), imageOf: () => 'sha256:1' };
const plan = (one: GatheredPackage, built = {}, rebuild = false, at = place) => {
  const [step] = planPackages([one], built, at, rebuild);
  if (step === undefined) throw new Error('nothing was planned');
  return step;
};
const { key } = plan(hello);

test('a package whose last build has the same key is left alone', () => {
  const built = { hello: { key, rpms: [] } };
  expect(plan(hello, built)).toMatchObject({ action: 'none', built: built.hello });
  expect(plan(hello, built, true).action).toBe('build');
  expect(plan(hello, { hello: { key: 'other', rpms: [] } }).action).toBe('build');
});

test.each<[string, Partial<GatheredPackage>]>([
  ['a file', { source: [{ ...file, digest: 'd2' }] }],
  ['a mode', { source: [{ ...file, mode: 0o644 }] }],
  ['a packaging folder', { packaging: [file] }],
  ['the recipe', { spec: { ...spec, prepare: 'true' } }],
])('%s that changed makes another key', (_name, change) => {
  expect(plan({ ...hello, ...change }).key).not.toBe(key);
});

test('another image makes another key', () => {
  expect(plan(hello, {}, false, { ...place, imageOf: () => 'sha256:2' }).key).not.toBe(key);
});

test('times, and where the tree is, do not', () => {
  const moved = { ...spec, source: { ...spec.source, path: '/elsewhere' } };
  const touched = [{ ...file, source: '/elsewhere/program', mtime: 200 }];
  expect(plan({ ...hello, spec: moved, source: touched, folder: '/elsewhere' }).key).toBe(key);
});

test("all that goes into the container is root's, and the time is the commit's, else the newest file's", () => {
  const recipe = (one: GatheredPackage) => {
    const step = plan(one);
    if (step.action === 'none') throw new Error('nothing is built');
    expect(step.job.files.every(({ uid, gid }) => uid === 0 && gid === 0)).toBe(true);
    const entry = step.job.files.find(({ path }) => path === 'buildenv/recipe');
    return entry?.kind === 'buffer' ? entry.content.toString() : '';
  };
  expect(recipe(hello)).toMatch(/^time='?100'?$/m);
  expect(recipe({ ...hello, commitTime: 50 })).toMatch(/^time='?50'?$/m);
});
