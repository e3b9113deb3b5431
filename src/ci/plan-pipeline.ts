/** What is known of a project that a pipeline is written for. */
export interface PipelineFacts {
  branch: string;
  install: string | undefined;
  run: readonly string[];
  /** A run sees `/dev/kvm` where it is there. */
  kvm: boolean;
  distros: boolean;
  /** A registry is configured, which distros are published to. */
  publishes: boolean;
  /** Variables that hold passwords of registries. */
  secrets: readonly string[];
  /** A registry takes tokens of Entra ID. */
  azure: boolean;
}

/** One command of a pipeline, in a shell, in the root of a clean clone. */
export interface PipelineStep {
  title: string;
  command: string;
  /** Name by which later steps have its outputs. */
  id?: string;
  /** Only for the branch that is published from, never for a pull request. */
  onBranch?: boolean;
  /** It asks the registry for something that not everybody may. */
  credentials?: boolean;
}

export interface Pipeline {
  /** For each push to the branch and each pull request. */
  build: readonly PipelineStep[];
  /** On a schedule; empty where nothing is published. */
  cleanUp: readonly PipelineStep[];
}

/** The steps of a project's pipeline, whatever the CI system. */
export function planPipeline(facts: PipelineFacts): Pipeline {
  const install =
    facts.install === undefined ? [] : [{ title: 'Install buildenv', command: facts.install }];
  const kvm = {
    title: 'Give access to KVM',
    command: 'test ! -e /dev/kvm || sudo chmod a+rw /dev/kvm',
  };
  const image = { title: 'Pull or build the image', command: 'buildenv image', credentials: true };
  const runs = facts.run.map((command) => ({ title: command, command: `buildenv run ${command}` }));
  const distro = { title: 'Assemble the distros', command: 'buildenv distro', id: 'distro' };
  const publish = {
    title: 'Publish the distros',
    command: 'buildenv publish',
    id: 'publish',
    onBranch: true,
    credentials: true,
  };
  const unpublish = {
    title: 'Remove what was published from branches that are gone',
    command: 'buildenv unpublish --branch-gone --yes',
    credentials: true,
  };
  const publishes = facts.distros && facts.publishes;
  return {
    build: [
      ...install,
      ...(facts.kvm ? [kvm] : []),
      image,
      ...runs,
      ...(facts.distros ? [distro] : []),
      ...(publishes ? [publish] : []),
    ],
    cleanUp: publishes ? [...install, unpublish] : [],
  };
}
