import type { DistroPlan } from '../../distro/plan-distro';
import type { DistroReport } from '../../distro/distro-report';
import type { SizedPath } from '../../distro/size-report';
import { containerConfig } from '../../oci/config-file';
import type { Command, CommandResult } from '../command';
import { assembleDistros, assemblePlanned } from './assemble-distros';
import { distroOutput, writeOutput } from './distro-output';
import { formatSize } from '../format-size';
import { imageOutputs } from '../image/image-outputs';
import { chosenDistros, distroContext, planProjectDistros } from './plan-project-distros';
import { sbomFile, writeSbom } from './write-sbom';

/** Of each part of the report of sizes; `--json` has more. */
const MOST_LINES = 5;

export const distroBuild: Command = {
  name: 'distro build',
  words: '[NAME..]',
  summary: 'Assemble minimal images from built files, without a Dockerfile',
  details:
    'The files are streamed into the engine; equal files give an equal image on any machine. The ' +
    "tag is made from the git branch; IMAGE_VERSION sets another. Without a NAME: all of the project's.",
  options: {
    output: {
      kind: 'value',
      placeholder: 'oci:FOLDER|docker-archive:FILE',
      summary: 'Write the image there; no engine gets it',
    },
    sbom: {
      kind: 'value',
      placeholder: 'spdx:FILE',
      summary: 'Write what it consists of, as an SPDX document',
    },
  },
  examples: [
    ['buildenv distro', 'Assemble all distros'],
    ['buildenv distro km --dry-run', 'Say what would be in one'],
    ['IMAGE_VERSION=v1.2 buildenv distro', 'Choose the tag'],
    ['buildenv distro km --output oci:km', 'Write an OCI layout; needs no engine'],
    ['buildenv distro km --sbom spdx:km.spdx.json', 'Write a bill of its materials too'],
  ],
  async run(context, args) {
    const { words } = args;
    const project = context.project();
    const sbom = args.value('sbom');
    const file = sbom === undefined ? undefined : sbomFile(context, sbom, words, project);
    const to = args.value('output');
    const output = to === undefined ? undefined : distroOutput(context, to, words, project);
    const specs = chosenDistros(project, words);
    if (!context.dryRun && output === undefined && file === undefined) {
      return result(await assembleDistros(context, project, specs), true);
    }
    const setting = await distroContext(context, project);
    const planned = await planProjectDistros(context, project, specs, setting);
    if (context.dryRun) {
      const plans = planned.map(({ plan }) => plan);
      return { text: plans.map(planText).join('\n'), json: plans.map(planJson) };
    }
    const reports =
      output === undefined
        ? await assemblePlanned(context, planned)
        : await writeOutput(context, planned, output);
    if (file !== undefined) await writeSbom(context, project, planned, file);
    return result(reports, output === undefined);
  },
};

function result(reports: readonly DistroReport[], inEngine: boolean): CommandResult {
  return {
    text: reports.map(madeText).join('\n'),
    json: reports,
    outputs: inEngine ? imageOutputs(reports) : {},
  };
}

function madeText({ reference, size, id, sizes }: DistroReport): string {
  const lines = (title: string, paths: readonly SizedPath[]) => [
    `  ${title}:`,
    ...paths.slice(0, MOST_LINES).map(({ path, bytes }) => `    ${formatSize(bytes)} ${path}`),
  ];
  const head = `${reference} ${formatSize(size)} ${id}`;
  return [head, ...lines('folders', sizes.folders), ...lines('files', sizes.files)].join('\n');
}

function planText({ repository, tag, entries, bytes, config }: DistroPlan): string {
  const head = `${repository}:${tag}: ${entries.length} entries, ${formatSize(bytes)}`;
  const paths = entries.map(({ kind, mode, path }) => `${kind.padEnd(6)} ${octal(mode)} /${path}`);
  const fields = Object.entries(configFields(config)).map(([name, value]) => `${name} ${value}`);
  return [head, ...[...paths, ...fields].map((line) => `  ${line}`)].join('\n');
}

function planJson({ name, repository, tag, entries, bytes, config }: DistroPlan): object {
  return {
    name,
    reference: `${repository}:${tag}`,
    entries: entries.map(({ kind, mode, path }) => ({
      kind,
      mode: octal(mode),
      path: `/${path}`,
    })),
    bytes,
    config: configFields(config),
  };
}

/** Each field of the image's configuration, as JSON. */
function configFields(config: DistroPlan['config']): Record<string, string> {
  const fields = Object.entries(containerConfig(config));
  return Object.fromEntries(fields.map(([name, value]) => [name, JSON.stringify(value)]));
}

/** As `mode` is written in the configuration. */
function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
