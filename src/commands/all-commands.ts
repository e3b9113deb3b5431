import type { Command } from './command';
import { distro } from './distro';
import { doctor } from './doctor';
import { engineStart } from './engine-start';
import { engineStatus } from './engine-status';
import { engineStop } from './engine-stop';
import { imageBuild } from './image-build';
import { imageInspect } from './image-inspect';
import { imageList } from './image-list';
import { imageRemove } from './image-remove';
import { init } from './init';
import { run } from './run';
import { shell } from './shell';

/** Every command of the tool, in the order of its help text. */
export const allCommands: readonly Command[] = [
  init,
  imageBuild,
  imageList,
  imageInspect,
  imageRemove,
  run,
  shell,
  distro,
  engineStart,
  engineStop,
  engineStatus,
  doctor,
];
