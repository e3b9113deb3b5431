import { load } from 'js-yaml';
import { azurePipeline } from './azure-pipeline';
import { githubWorkflow } from './github-workflow';
import type { PipelineFacts } from './plan-pipeline';

const FACTS: PipelineFacts = {
  branch: 'main',
  install: undefined,
  run: ['make', "sh -c 'make test'"],
  kvm: false,
  distros: true,
  publishes: true,
  secrets: ['REGISTRY_PASSWORD'],
  azure: true,
};
const WITHOUT: Partial<PipelineFacts> = { publishes: false, secrets: [], azure: false };

type Step = Readonly<Record<string, unknown>>;
interface AzureFile {
  schedules?: unknown;
  jobs: { job: string; condition?: string; steps: Step[] }[];
}
interface GithubFile {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, { if?: string; steps: Step[] }>;
}

const azure = (facts: Partial<PipelineFacts> = {}) =>
  load(azurePipeline({ ...FACTS, ...facts })) as AzureFile;
const github = (facts: Partial<PipelineFacts> = {}) =>
  load(githubWorkflow({ ...FACTS, ...facts })) as GithubFile;

const BUILD = [
  'buildenv image',
  'buildenv run make',
  "buildenv run sh -c 'make test'",
  'buildenv distro',
];

test('Azure Pipelines: build on pushes and pull requests, publish on the branch, clean up at night', () => {
  const { schedules, jobs } = azure();
  expect(schedules).toMatchObject([{ branches: { include: ['main'] }, always: true }]);
  expect(jobs).toMatchObject([
    { job: 'build', condition: "ne(variables['Build.Reason'], 'Schedule')" },
    { job: 'clean_up', condition: "eq(variables['Build.Reason'], 'Schedule')" },
  ]);
  const [build = [], cleanUp = []] = jobs.map(({ steps }) => steps.slice(1));
  expect(build.map(({ bash }) => bash)).toEqual([...BUILD, 'buildenv publish']);
  expect(build.at(-1)).toMatchObject({
    name: 'publish',
    condition: "and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))",
    env: {
      SYSTEM_ACCESSTOKEN: '$(System.AccessToken)',
      REGISTRY_PASSWORD: '$(REGISTRY_PASSWORD)',
    },
  });
  expect(cleanUp.map(({ bash }) => bash)).toEqual(['buildenv unpublish --branch-gone --yes']);
});

test('GitHub Actions: the same', () => {
  const { on, permissions, jobs } = github();
  expect(on).toMatchObject({ push: { branches: ['main'] }, schedule: [{ cron: '0 3 * * *' }] });
  expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  const commands = (name: string) =>
    jobs[name]?.steps.map(({ run }) => run).filter((run) => run !== undefined);
  expect(commands('build')).toEqual([...BUILD, 'buildenv publish']);
  expect(commands('clean-up')).toEqual(['buildenv unpublish --branch-gone --yes']);
  expect(jobs['build']?.if).toBe("github.event_name != 'schedule'");
  expect(jobs['clean-up']?.if).toBe("github.event_name == 'schedule'");
  expect(jobs['build']?.steps.at(-1)).toMatchObject({
    id: 'publish',
    if: "github.event_name == 'push' && github.ref == 'refs/heads/main'",
    env: { REGISTRY_PASSWORD: '${{ secrets.REGISTRY_PASSWORD }}' },
  });
});

test('without a registry nothing is published, scheduled or asked for', () => {
  const inAzure = azure(WITHOUT);
  expect(inAzure.schedules).toBeUndefined();
  expect(inAzure.jobs).toHaveLength(1);
  expect(inAzure.jobs[0]?.condition).toBeUndefined();
  expect(inAzure.jobs[0]?.steps.slice(1).map(({ bash }) => bash)).toEqual(BUILD);
  const inGithub = github(WITHOUT);
  expect(Object.keys(inGithub.on)).toEqual(['push', 'pull_request']);
  expect(inGithub.permissions).toEqual({ contents: 'read' });
  expect(Object.keys(inGithub.jobs)).toEqual(['build']);
  expect(inGithub.jobs['build']?.if).toBeUndefined();
});

test('the tool is installed first, and KVM opened where a run sees it', () => {
  const steps = azure({ ...WITHOUT, install: 'npm ci', kvm: true }).jobs[0]?.steps ?? [];
  expect(steps.slice(1, 4).map(({ bash }) => bash)).toEqual([
    'npm ci',
    'test ! -e /dev/kvm || sudo chmod a+rw /dev/kvm',
    'buildenv image',
  ]);
});
