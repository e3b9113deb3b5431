import type { Engine, EngineInfo } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import type { Finding } from './finding';

/** Whether an engine answers, and which. */
export async function checkEngine(
  find: () => Promise<Engine>,
): Promise<{ finding: Finding; info?: EngineInfo }> {
  try {
    const info = await (await find()).info();
    const text = `${info.product} ${info.version} at ${info.url}, builds with ${builderOf(info)}`;
    return { finding: { check: 'engine', ok: true, text }, info };
  } catch (error) {
    if (!(error instanceof BuildenvError)) throw error;
    return { finding: { check: 'engine', ok: false, text: error.message, remedy: error.hint } };
  }
}

function builderOf({ product, buildkit }: EngineInfo): string {
  if (buildkit) return 'BuildKit';
  return product === 'Podman' ? 'its own builder' : 'the classic builder';
}
