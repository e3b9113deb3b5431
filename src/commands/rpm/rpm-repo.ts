import { BuildenvError } from '../../errors/buildenv-error';
import { replaceFile } from '../../host/replace-file';
import { bazeldnfFile, dnfFile } from '../../package/repository/repository-files';
import { chosenPackages, scopeOf } from './build-packages';
import type { Command } from '../command';
import type { CommandContext } from '../command-context';
import { requireServer } from './package-server';

export const rpmRepo: Command = {
  name: 'rpm repo',
  maxWords: 0,
  summary: 'Write the files by which bazeldnf and dnf find the served repository',
  details:
    'custom-repo.yaml is for bazeldnf, custom-repo.repo for dnf; `rpm.repositoryFile` names another place.',
  options: {
    url: { kind: 'value', placeholder: 'URL', summary: 'Where it is served, if not by this tool' },
  },
  examples: [
    ['buildenv rpm repo', 'For the server that runs'],
    ['buildenv rpm repo --url https://rpms.example.org/', 'For a copy elsewhere'],
  ],
  async run(context, args) {
    chosenPackages(context, []);
    const named = args.value('url');
    const url = named === undefined ? await servedUrl(context) : checkedUrl(named);
    const files = repositoryFiles(context, url);
    if (!context.dryRun) for (const { path, text } of files) replaceFile(path, text);
    const written = files.map(({ path }) => path);
    const text = context.dryRun ? files.map((one) => `${one.path}:\n${one.text}`) : written;
    return { text: text.join('\n'), json: { url, written } };
  },
};

async function servedUrl(context: CommandContext): Promise<string> {
  return (await requireServer(scopeOf(context), await context.engine())).url;
}

/** The descriptions of a repository, and where they are written. */
export function repositoryFiles(
  context: CommandContext,
  url: string,
): { path: string; text: string }[] {
  const { repositoryFile, arch } = context.project().rpm;
  return [
    { path: repositoryFile, text: bazeldnfFile({ url, arch }) },
    { path: repositoryFile.replace(/[.]yaml$/, '.repo'), text: dnfFile({ url, arch }) },
  ];
}

function checkedUrl(url: string): string {
  if (/^https?:\/\/[^\s]+$/.test(url)) return url.endsWith('/') ? url : `${url}/`;
  throw new BuildenvError('usage', `--url ${url} is no URL of a repository`, {
    hint: 'Write it as --url http://HOST/PATH/.',
  });
}
