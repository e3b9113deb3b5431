import { type ContainerSpec, type Mount, tmpfsOptions } from '../engine/engine';

/** The `docker` command that does the same as a run, word by word. */
export function dockerArgv(spec: ContainerSpec): string[] {
  return [
    'docker',
    'run',
    '--rm',
    '--init',
    spec.terminal ? '-it' : '-i',
    '--log-driver=none',
    `--name=${spec.name}`,
    `--user=${spec.user}`,
    `--workdir=${spec.workingDir}`,
    `--network=${spec.network}`,
    ...Object.entries(spec.labels).map(([name, value]) => `--label=${name}=${value}`),
    ...spec.groups.map((group) => `--group-add=${group}`),
    ...spec.securityOptions.map((option) => `--security-opt=${option}`),
    ...spec.capabilities.map((capability) => `--cap-add=${capability}`),
    ...spec.devices.map((device) => `--device=${device}`),
    ...spec.ulimits.map(({ name, soft, hard }) => `--ulimit=${name}=${soft}:${hard}`),
    ...spec.mounts.map(mountOption),
    ...spec.env.map((variable) => `--env=${variable}`),
    spec.image,
    ...spec.command,
  ];
}

function mountOption(mount: Mount): string {
  const { type, source, target, readOnly, labels } = mount;
  if (type === 'tmpfs') return `--tmpfs=${target}:${tmpfsOptions(mount)}`;
  const parts = [`type=${type}`, `source=${source}`, `target=${target}`];
  if (readOnly === true) parts.push('readonly');
  if (labels !== undefined) parts.push('volume-nocopy');
  for (const [name, value] of Object.entries(labels ?? {})) {
    parts.push(`volume-label=${name}=${value}`);
  }
  return `--mount=${parts.map(csvField).join(',')}`;
}

/** The option's value is one line of CSV (RFC 4180). */
function csvField(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Words as a POSIX shell reads them back. */
export function quoteForShell(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
