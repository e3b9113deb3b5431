import type { Command } from './command';

/** Where a command is found; its file is loaded when it is run. */
export interface CommandEntry {
  /** One word, or two for a command of a group: `image list`. */
  name: string;
  /** The command of its group that is meant when only the group is named. */
  isGroupDefault?: boolean;
  load: () => Promise<Command>;
}

/** Every command of the tool, in the order of its help text. */
export const commandTable: readonly CommandEntry[] = [
  { name: 'init', load: async () => (await import('./init')).init },
  {
    name: 'image build',
    isGroupDefault: true,
    load: async () => (await import('./image-build')).imageBuild,
  },
  { name: 'image pull', load: async () => (await import('./image-pull')).imagePull },
  { name: 'image push', load: async () => (await import('./image-push')).imagePush },
  { name: 'image lock', load: async () => (await import('./image-lock')).imageLock },
  { name: 'image list', load: async () => (await import('./image-list')).imageList },
  { name: 'image inspect', load: async () => (await import('./image-inspect')).imageInspect },
  { name: 'image remove', load: async () => (await import('./image-remove')).imageRemove },
  { name: 'run', load: async () => (await import('./run')).run },
  { name: 'shell', load: async () => (await import('./shell')).shell },
  { name: 'test', load: async () => (await import('./test')).test },
  { name: 'local list', load: async () => (await import('./local-list')).localList },
  { name: 'local check', load: async () => (await import('./local-check')).localCheck },
  { name: 'local install', load: async () => (await import('./local-install')).localInstall },
  { name: 'ps', load: async () => (await import('./ps')).ps },
  { name: 'stop', load: async () => (await import('./stop')).stop },
  { name: 'gc', load: async () => (await import('./gc')).gc },
  {
    name: 'distro build',
    isGroupDefault: true,
    load: async () => (await import('./distro-build')).distroBuild,
  },
  { name: 'distro diff', load: async () => (await import('./distro-diff')).distroDiff },
  { name: 'publish', load: async () => (await import('./publish')).publish },
  { name: 'unpublish', load: async () => (await import('./unpublish')).unpublish },
  { name: 'login', load: async () => (await import('./login')).login },
  { name: 'rpm build', load: async () => (await import('./rpm-build')).rpmBuild },
  { name: 'rpm repo', load: async () => (await import('./rpm-repo')).rpmRepo },
  { name: 'rpm serve', load: async () => (await import('./rpm-serve')).rpmServe },
  { name: 'rpm stop', load: async () => (await import('./rpm-stop')).rpmStop },
  { name: 'rpm versions', load: async () => (await import('./rpm-versions')).rpmVersions },
  { name: 'rpm deps', load: async () => (await import('./rpm-deps')).rpmDeps },
  { name: 'rpm all', load: async () => (await import('./rpm-all')).rpmAll },
  { name: 'engine start', load: async () => (await import('./engine-start')).engineStart },
  { name: 'engine stop', load: async () => (await import('./engine-stop')).engineStop },
  { name: 'engine status', load: async () => (await import('./engine-status')).engineStatus },
  { name: 'ci azure', load: async () => (await import('./ci-azure')).ciAzure },
  { name: 'ci github', load: async () => (await import('./ci-github')).ciGithub },
  { name: 'doctor', load: async () => (await import('./doctor')).doctor },
];
