import { buildPackages, planProjectPackages } from './build-packages';
import type { Command } from '../command';
import { servePackages } from './package-server';
import { replaceFile } from '../../host/replace-file';
import { repositoryFiles } from './rpm-repo';
import { updateDeps } from './update-deps';

export const rpmAll: Command = {
  name: 'rpm all',
  words: '[NAME..]',
  summary: 'Build packages, serve them, and bring them into the consuming project',
  details: 'The same as rpm build, serve, repo and, where `rpm.deps` is configured, deps.',
  examples: [['LIBVIRT_ONLY=1 buildenv rpm all', 'From a changed tree to an updated project']],
  async run(context, { words }) {
    const plan = await planProjectPackages(context, words, false);
    if (context.dryRun) {
      const text = plan.steps.map(({ action, name }) => `${action.padEnd(6)} ${name}`).join('\n');
      return { text, json: { url: null, changed: [] } };
    }
    await buildPackages(context, plan);
    const { url } = await servePackages(context, plan.scope, plan.engine, undefined);
    for (const { path, text } of repositoryFiles(context, url)) replaceFile(path, text);
    if (context.project().rpm.deps === undefined) return { text: url, json: { url, changed: [] } };
    const { text = '', json } = await updateDeps(context, plan, url);
    const { changed } = json as { changed: readonly string[] };
    return { text: `${url}\n${text}`, json: { url, changed } };
  },
};
