import { type PipelineFacts, type PipelineStep, planPipeline } from './plan-pipeline';
import { yamlText } from './yaml-text';

/** Where Azure Pipelines looks for it by itself, from the tree's root. */
export const AZURE_FILE = 'azure-pipelines.yml';

/** The text of a project's pipeline for Azure Pipelines. */
export function azurePipeline(facts: PipelineFacts): string {
  const { build, cleanUp } = planPipeline(facts);
  const branch = yamlText(facts.branch);
  return `# Written by \`buildenv ci azure\` from buildenv.yaml, whose section 'ci' says what it runs.
# \`buildenv ci azure --check\` says how this file differs from what would be written.
trigger:
  branches:
    include: [${branch}]
pr:
  branches:
    include: ['*']
${cleanUp.length === 0 ? '' : schedule(branch)}
jobs:
  - job: build
${cleanUp.length === 0 ? '' : "    condition: ne(variables['Build.Reason'], 'Schedule')\n"}${job(build, facts)}${
    cleanUp.length === 0
      ? ''
      : `
  - job: clean_up
    condition: eq(variables['Build.Reason'], 'Schedule')
${job(cleanUp, facts)}`
  }`;
}

function schedule(branch: string): string {
  return `
# A night's work: published images of branches that are gone are removed.
schedules:
  - cron: '0 3 * * *'
    displayName: Clean up
    branches:
      include: [${branch}]
    always: true
`;
}

function job(steps: readonly PipelineStep[], facts: PipelineFacts): string {
  return `    pool:
      vmImage: ubuntu-latest
    steps:
      # All of the history: \`git describe\` gives the same as on a developer's machine.
      - checkout: self
        fetchDepth: 0
        persistCredentials: true
${steps.map((step) => stepText(step, facts)).join('')}`;
}

function stepText(step: PipelineStep, facts: PipelineFacts): string {
  const lines = [
    `- bash: ${yamlText(step.command)}`,
    ...(step.id === undefined ? [] : [`  name: ${step.id}`]),
    `  displayName: ${yamlText(step.title)}`,
    ...(step.onBranch === true
      ? [
          `  condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/${facts.branch}'))`,
        ]
      : []),
    ...(step.credentials === true ? environment(facts) : []),
  ];
  return lines.map((line) => `      ${line}\n`).join('');
}

/** Secrets reach a step only where it names them. */
function environment({ azure, secrets }: PipelineFacts): string[] {
  const lines = [
    // What the tool gets tokens of a service connection with.
    ...(azure ? ['SYSTEM_ACCESSTOKEN: $(System.AccessToken)'] : []),
    ...secrets.map((name) => `${name}: $(${name})`),
  ];
  return lines.length === 0 ? [] : ['  env:', ...lines.map((line) => `    ${line}`)];
}
