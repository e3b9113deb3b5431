import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { load } from 'js-yaml';
import { CLI } from './cli';
import { engineUrl } from './engine';

/** What an agent is started for. */
export interface CiEvent {
  kind: 'push' | 'pull-request' | 'schedule';
  branch: string;
}

export interface StepResult {
  command: string;
  status: number | null;
  stdout: string;
  stderr: string;
}

interface Step {
  command: string | undefined;
  condition: string | undefined;
  env: Readonly<Record<string, string>>;
}

type Variables = Readonly<Record<string, string>>;

const REASONS = { push: 'IndividualCI', 'pull-request': 'PullRequest', schedule: 'Schedule' };
const EVENTS = { push: 'push', 'pull-request': 'pull_request', schedule: 'schedule' };

/** Runs the shell steps of pipeline files in order, each time in a clean clone, as agents do. */
export class CiAgent {
  readonly home = mkdtempSync(join(tmpdir(), 'buildenv-agent-'));
  private readonly repository: string;
  /** Of the CI system, secret ones too: a step has them where it names them. */
  private readonly secrets: Variables;
  private clones = 0;

  constructor(repository: string, secrets: Variables = {}) {
    this.repository = repository;
    this.secrets = secrets;
    const tool = join(this.home, 'bin/buildenv');
    mkdirSync(join(this.home, 'bin'));
    writeFileSync(tool, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
    chmodSync(tool, 0o755);
  }

  /** The steps of the jobs of `azure-pipelines.yml` whose conditions hold; ends at a failure. */
  azure(event: CiEvent): Promise<StepResult[]> {
    const clone = this.clone(event.branch);
    const { jobs } = parse(join(clone, 'azure-pipelines.yml')) as {
      jobs: { condition?: string; steps: Record<string, unknown>[] }[];
    };
    const merge = event.kind === 'pull-request';
    const variables = {
      'Build.Reason': REASONS[event.kind],
      'Build.SourceBranch': merge ? 'refs/pull/1/merge' : `refs/heads/${event.branch}`,
    };
    const holds = (condition: string | undefined) =>
      condition === undefined || evaluate(condition, { ...AZURE_FUNCTIONS, variables });
    const env = {
      TF_BUILD: 'True',
      BUILD_SOURCEBRANCH: variables['Build.SourceBranch'],
      ...(merge ? { SYSTEM_PULLREQUEST_SOURCEBRANCH: event.branch } : {}),
    };
    const steps = jobs
      .filter(({ condition }) => holds(condition))
      .flatMap(({ steps }) => steps.map(azureStep))
      .filter(({ condition }) => holds(condition));
    return this.run(clone, steps, ['--noprofile', '--norc'], env, /\$\((\w+)\)/g);
  }

  /** The same for the workflow that `buildenv ci github` writes. */
  github(event: CiEvent): Promise<StepResult[]> {
    const clone = this.clone(event.branch);
    const { jobs } = parse(join(clone, '.github/workflows/buildenv.yml')) as {
      jobs: Record<string, { if?: string; steps: Record<string, unknown>[] }>;
    };
    const merge = event.kind === 'pull-request';
    const ref = merge ? 'refs/pull/1/merge' : `refs/heads/${event.branch}`;
    const github = { event_name: EVENTS[event.kind], ref };
    const holds = (condition: string | undefined) =>
      condition === undefined || evaluate(condition, { github });
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: join(this.home, 'outputs'),
      GITHUB_HEAD_REF: merge ? event.branch : '',
      GITHUB_REF_NAME: merge ? '1/merge' : event.branch,
    };
    const steps = Object.values(jobs)
      .filter((job) => holds(job.if))
      .flatMap((job) => job.steps.map(githubStep))
      .filter(({ condition }) => holds(condition));
    return this.run(clone, steps, ['-e'], env, /\$\{\{ secrets\.(\w+) \}\}/g);
  }

  /** What steps of GitHub have handed on. */
  githubOutputs(): string {
    return readFileSync(join(this.home, 'outputs'), 'utf8');
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  /** With a detached head, as both systems check a commit out. */
  private clone(branch: string): string {
    const clone = join(this.home, `clone-${++this.clones}`);
    execFileSync('git', ['clone', '--quiet', `file://${this.repository}`, clone]);
    const checkout = ['checkout', '--quiet', '--detach', `origin/${branch}`];
    execFileSync('git', checkout, { cwd: clone });
    return clone;
  }

  private async run(
    clone: string,
    steps: readonly Step[],
    shellOptions: readonly string[],
    env: Variables,
    reference: RegExp,
  ): Promise<StepResult[]> {
    const results: StepResult[] = [];
    const script = join(this.home, 'script.sh');
    for (const { command, env: own } of steps) {
      if (command === undefined) continue;
      writeFileSync(script, `${command}\n`);
      const fill = (value: string) =>
        value.replace(reference, (whole, name: string) => this.secrets[name] ?? whole);
      const filled = Object.entries(own).map(([name, value]) => [name, fill(value)] as const);
      const shell = spawn('bash', [...shellOptions, script], {
        cwd: clone,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: `${join(this.home, 'bin')}:${process.env['PATH'] ?? ''}`,
          HOME: this.home,
          DOCKER_HOST: engineUrl,
          CI: 'true',
          ...env,
          ...Object.fromEntries(filled),
        },
      });
      const [stdout, stderr, status] = await Promise.all([
        text(shell.stdout),
        text(shell.stderr),
        new Promise<number | null>((resolve) => shell.once('close', resolve)),
      ]);
      results.push({ command, status, stdout, stderr });
      if (status !== 0) break;
    }
    return results;
  }
}

const AZURE_FUNCTIONS = {
  succeeded: () => true,
  and: (...values: boolean[]) => values.every(Boolean),
  eq: (a: string, b: string) => a === b,
  ne: (a: string, b: string) => a !== b,
};

/** Conditions of both systems, as far as they are used here, are JavaScript too. */
function evaluate(condition: string, names: object): boolean {
  return runInNewContext(condition, { ...names }) as boolean;
}

function parse(file: string): unknown {
  return load(readFileSync(file, 'utf8'));
}

function azureStep(step: Record<string, unknown>): Step {
  return toStep(step, 'bash', 'condition');
}

function githubStep(step: Record<string, unknown>): Step {
  return toStep(step, 'run', 'if');
}

function toStep(step: Record<string, unknown>, command: string, condition: string): Step {
  return {
    command: step[command] as string | undefined,
    condition: step[condition] as string | undefined,
    env: (step['env'] ?? {}) as Variables,
  };
}
