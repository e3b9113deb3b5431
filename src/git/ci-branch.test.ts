import { ciBranch } from './ci-branch';

test.each([
  ['a push on GitHub', { GITHUB_HEAD_REF: '', GITHUB_REF_NAME: 'feature/a' }, 'feature/a'],
  ['a pull request on GitHub', { GITHUB_HEAD_REF: 'fix', GITHUB_REF_NAME: '7/merge' }, 'fix'],
  ['a push on Azure', { BUILD_SOURCEBRANCH: 'refs/heads/feature/a' }, 'feature/a'],
  ['a tag on Azure', { BUILD_SOURCEBRANCH: 'refs/tags/v1' }, 'v1'],
  [
    'a pull request on Azure',
    {
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/fix',
      BUILD_SOURCEBRANCH: 'refs/pull/7/merge',
    },
    'fix',
  ],
  ['no CI', { PATH: '/bin' }, undefined],
])('%s', (_, env, branch) => {
  expect(ciBranch(env)).toBe(branch);
});
