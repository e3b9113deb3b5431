import { type PipelineFacts, type PipelineStep, planPipeline } from './plan-pipeline';
import { yamlText } from './yaml-text';

/** Where the workflow goes, from the tree's root. */
export const GITHUB_FILE = '.github/workflows/buildenv.yml';

/** The text of a project's workflow for GitHub Actions. */
export function githubWorkflow(facts: PipelineFacts): string {
  const { build, cleanUp } = planPipeline(facts);
  const branch = yamlText(facts.branch);
  const scheduled = cleanUp.length > 0;
  return `# Written by \`buildenv ci github\` from buildenv.yaml, whose section 'ci' says what it runs.
# \`buildenv ci github --check\` says how this file differs from what would be written.
name: buildenv
on:
  push:
    branches: [${branch}]
  pull_request:
${scheduled ? SCHEDULE : ''}
permissions:
  contents: read
${facts.azure && facts.publishes ? '  # For tokens of Entra ID.\n  id-token: write\n' : ''}
jobs:
  build:
${scheduled ? "    if: github.event_name != 'schedule'\n" : ''}${job(build, facts)}${
    scheduled
      ? `
  clean-up:
    if: github.event_name == 'schedule'
${job(cleanUp, facts)}`
      : ''
  }`;
}

const SCHEDULE = `  schedule:
    # A night's work: published images of branches that are gone are removed.
    - cron: '0 3 * * *'
`;

function job(steps: readonly PipelineStep[], facts: PipelineFacts): string {
  const login = facts.azure && steps.some(({ credentials }) => credentials === true);
  return `    runs-on: ubuntu-latest
    steps:
      # All of the history: \`git describe\` gives the same as on a developer's machine.
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
${login ? AZURE_LOGIN : ''}${steps.map((step) => stepText(step, facts)).join('')}`;
}

/** Leaves the Azure CLI logged in, which the tool asks for tokens. Not for pull requests of forks. */
const AZURE_LOGIN = `      - uses: azure/login@v2
        if: github.event_name != 'pull_request'
        with:
          client-id: \${{ secrets.AZURE_CLIENT_ID }}
          tenant-id: \${{ secrets.AZURE_TENANT_ID }}
          allow-no-subscriptions: true
`;

function stepText(step: PipelineStep, facts: PipelineFacts): string {
  const lines = [
    `- name: ${yamlText(step.title)}`,
    ...(step.id === undefined ? [] : [`  id: ${step.id}`]),
    ...(step.onBranch === true
      ? [`  if: github.event_name == 'push' && github.ref == 'refs/heads/${facts.branch}'`]
      : []),
    `  run: ${yamlText(step.command)}`,
    ...(step.credentials === true ? environment(facts) : []),
  ];
  return lines.map((line) => `      ${line}\n`).join('');
}

/** Secrets reach a step only where it names them. */
function environment({ secrets }: PipelineFacts): string[] {
  const lines = secrets.map((name) => `    ${name}: \${{ secrets.${name} }}`);
  return lines.length === 0 ? [] : ['  env:', ...lines];
}
