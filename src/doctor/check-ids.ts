import type { EngineInfo } from '../engine/engine';
import type { Finding } from './finding';

/** Whether files that a run makes will belong to the caller. */
export function checkIds(uid: number, gid: number, engine: EngineInfo | undefined): Finding {
  const text = `you are ${uid}:${gid}`;
  if (engine?.rootless === true && uid !== 0) {
    return {
      check: 'ids',
      ok: false,
      text: `${text}, and the engine is rootless: files of a run would belong to another id`,
      remedy: 'Use an engine that runs as root: name it with --engine or DOCKER_HOST.',
    };
  }
  return { check: 'ids', ok: true, text: `${text}; files that a run makes are yours` };
}
