import { runLogged } from '../../package/build/apply-packages';
import { buildJob } from '../../package/build/plan-packages';
import { gatherPackages } from '../../package/gather-packages';
import type { PackageSpec } from '../../package/package-spec';
import { ensureState } from '../../package/package-state';
import { fullVersion } from '../../package/rpm';
import { untilInterrupted } from '../until-interrupted';
import { chosenPackages, logFolder, scopeOf, showPackage } from './build-packages';
import type { CommandContext } from '../command-context';
import { packageImages } from './package-images';

/** What the spec file of a source tree says. */
export interface SpecVersion {
  /** Name in the spec file. */
  name: string;
  /** `EPOCH:VERSION-RELEASE` */
  version: string;
  /** Variables that a consuming project is told it by. */
  variables: readonly string[];
}

/** The versions that builds would have, read from spec files, which are made first where need be. */
export async function specVersions(
  context: CommandContext,
  names: readonly string[],
): Promise<SpecVersion[]> {
  const gathered = await gatherPackages(chosenPackages(context, names), context.env, context.cwd);
  const engine = await context.engine();
  const specs = gathered.map(({ spec }) => spec);
  const images = await packageImages(
    context,
    engine,
    specs.map(({ image }) => image),
  );
  const scope = scopeOf(context);
  await ensureState(scope, engine);
  const place = { scope, imageOf: ({ image }: PackageSpec) => images.get(image) ?? image };
  return untilInterrupted(context.process, (signal) =>
    Promise.all(
      gathered.map(async (one) => {
        const { name, exports } = one.spec;
        const lines = await runLogged(engine.containers, name, buildJob(one, '', place, 'spec'), {
          logFolder: logFolder(scope),
          logName: `${name}.spec.log`,
          signal,
          onEvent: (task, event) => showPackage(context, task, event),
        });
        const found = lines.find((line) => line.kind === 'spec');
        if (found === undefined) throw new Error(`No version was told of ${name}`);
        const version = fullVersion({ ...found, arch: '' });
        return { name: found.name, version, variables: Object.keys(exports) };
      }),
    ),
  );
}
