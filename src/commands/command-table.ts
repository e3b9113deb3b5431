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
    load: async () => (await import('./image/image-build')).imageBuild,
  },
  { name: 'image pull', load: async () => (await import('./image/image-pull')).imagePull },
  { name: 'image push', load: async () => (await import('./image/image-push')).imagePush },
  { name: 'image lock', load: async () => (await import('./image/image-lock')).imageLock },
  { name: 'image list', load: async () => (await import('./image/image-list')).imageList },
  { name: 'image inspect', load: async () => (await import('./image/image-inspect')).imageInspect },
  { name: 'image remove', load: async () => (await import('./image/image-remove')).imageRemove },
  { name: 'run', load: async () => (await import('./run/run')).run },
  { name: 'shell', load: async () => (await import('./run/shell')).shell },
  { name: 'test', load: async () => (await import('./run/test')).test },
  { name: 'local list', load: async () => (await import('./local/local-list')).localList },
  { name: 'local check', load: async () => (await import('./local/local-check')).localCheck },
  { name: 'local install', load: async () => (await import('./local/local-install')).localInstall },
  { name: 'ps', load: async () => (await import('./run/ps')).ps },
  { name: 'stop', load: async () => (await import('./run/stop')).stop },
  { name: 'gc', load: async () => (await import('./run/gc')).gc },
  {
    name: 'distro build',
    isGroupDefault: true,
    load: async () => (await import('./distro/distro-build')).distroBuild,
  },
  { name: 'distro run', load: async () => (await import('./distro/distro-run')).distroRun },
  { name: 'distro diff', load: async () => (await import('./distro/distro-diff')).distroDiff },
  { name: 'publish', load: async () => (await import('./registry/publish')).publish },
  { name: 'unpublish', load: async () => (await import('./registry/unpublish')).unpublish },
  { name: 'login', load: async () => (await import('./registry/login')).login },
  { name: 'rpm build', load: async () => (await import('./rpm/rpm-build')).rpmBuild },
  { name: 'rpm repo', load: async () => (await import('./rpm/rpm-repo')).rpmRepo },
  { name: 'rpm serve', load: async () => (await import('./rpm/rpm-serve')).rpmServe },
  { name: 'rpm stop', load: async () => (await import('./rpm/rpm-stop')).rpmStop },
  { name: 'rpm versions', load: async () => (await import('./rpm/rpm-versions')).rpmVersions },
  { name: 'rpm deps', load: async () => (await import('./rpm/rpm-deps')).rpmDeps },
  { name: 'rpm all', load: async () => (await import('./rpm/rpm-all')).rpmAll },
  { name: 'engine start', load: async () => (await import('./engine/engine-start')).engineStart },
  { name: 'engine stop', load: async () => (await import('./engine/engine-stop')).engineStop },
  {
    name: 'engine status',
    load: async () => (await import('./engine/engine-status')).engineStatus,
  },
  { name: 'ci azure', load: async () => (await import('./ci/ci-azure')).ciAzure },
  { name: 'ci github', load: async () => (await import('./ci/ci-github')).ciGithub },
  { name: 'doctor', load: async () => (await import('./doctor')).doctor },
];
