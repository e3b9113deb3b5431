import { GITHUB_FILE, githubWorkflow } from '../../ci/github-workflow';
import { ciCommand } from './ci-command';

export const ciGithub = ciCommand({
  word: 'github',
  title: 'GitHub Actions',
  path: GITHUB_FILE,
  write: githubWorkflow,
});
