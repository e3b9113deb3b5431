import type { Project } from '../config/project';
import { checkDisk } from '../doctor/check-disk';
import { checkEngine } from '../doctor/check-engine';
import { checkIds } from '../doctor/check-ids';
import { checkKvm } from '../doctor/check-kvm';
import type { Finding } from '../doctor/finding';
import { BuildenvError } from '../errors/buildenv-error';
import { ConfigError } from '../errors/config-error';
import type { Command } from './command';
import type { CommandContext } from './command-context';

export const doctor: Command = {
  name: 'doctor',
  maxWords: 0,
  summary: 'Say what is wrong with this machine, with one remedy each',
  details:
    'Looks at the engine, KVM, the configuration, disk space and ids. Status 1 when something is wrong.',
  examples: [['buildenv doctor', 'The first thing to try']],
  async run(context) {
    const { finding: config, project } = checkConfig(context);
    const { finding: engine, info } = await checkEngine(() => context.engine());
    const { uid, gid } = context.caller;
    const findings = [
      engine,
      checkKvm(wantsKvm(project)),
      config,
      await checkDisk(info?.dataRoot ?? context.cwd),
      checkIds(uid, gid, info),
    ];
    return {
      status: findings.every(({ ok }) => ok) ? 0 : 1,
      text: findings.map(findingLine).join('\n'),
      json: findings.map((finding) => ({ ...finding, remedy: finding.remedy ?? null })),
    };
  },
};

function findingLine({ check, ok, text, remedy }: Finding): string {
  const line = `${ok ? 'ok   ' : 'WRONG'} ${check.padEnd(6)} ${text}`;
  return remedy === undefined ? line : `${line}\n${' '.repeat(13)}→ ${remedy}`;
}

function checkConfig(context: CommandContext): { finding: Finding; project?: Project } {
  const file = context.configFile();
  if (file === undefined) {
    return {
      finding: { check: 'config', ok: true, text: 'no buildenv.yaml here; not needed yet' },
    };
  }
  try {
    return { finding: { check: 'config', ok: true, text: file }, project: context.project() };
  } catch (error) {
    if (!(error instanceof BuildenvError)) throw error;
    const [first] = error instanceof ConfigError ? error.problems : [];
    const text = first === undefined ? error.message : `${error.message}: ${first.message}`;
    return { finding: { check: 'config', ok: false, text, remedy: first?.hint ?? error.hint } };
  }
}

function wantsKvm(project: Project | undefined): boolean {
  const environments = [...(project?.environments.values() ?? [])];
  return environments.some(({ devices }) => devices.some(({ path }) => path === '/dev/kvm'));
}
