import { planGitFolders, planGitVariables } from './plan-git-folders';

const plain = {
  top: '/src/km',
  gitDir: '/src/km/.git',
  commonDir: '/src/km/.git',
  guarded: ['/src/km/.git/hooks', '/src/km/.git/config'],
  owners: [7, 7, 7],
};
const linked = { ...plain, top: '/src/linked', gitDir: '/src/km/.git/worktrees/linked' };

test.each([
  ['a plain repository needs nothing', plain, '/src/km', []],
  [
    'a linked work tree needs the shared folder, its own, and neither hooks nor configuration',
    linked,
    '/src/linked',
    ['/src/km/.git', 'ro /src/km/.git/hooks', 'ro /src/km/.git/config', linked.gitDir],
  ],
  [
    'a folder of a repository needs the rest of it to be read',
    plain,
    '/src/km/monitor',
    ['ro /src/km', '/src/km/.git', 'ro /src/km/.git/hooks', 'ro /src/km/.git/config'],
  ],
  ['a home that is a repository stays out', { ...plain, top: '/home/me' }, '/home/me/x', []],
  ['so does what holds the home', { ...plain, top: '/' }, '/srv/x', []],
])('%s', (_name, layout, root, expected) => {
  const folders = planGitFolders(layout, root, '/home/me');
  expect(folders.map(({ path, readOnly }) => (readOnly ? `ro ${path}` : path))).toEqual(expected);
});

test('a tree of another owner is declared safe', () => {
  expect(planGitVariables(plain, 7)).toEqual({});
  expect(planGitVariables({ ...plain, owners: [7, 8, 7] }, 7)).toMatchObject({
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
  });
});
