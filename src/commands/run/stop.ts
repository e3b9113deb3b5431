import { BuildenvError } from '../../errors/buildenv-error';
import { LABEL, CONTAINER_KINDS } from '../../image/labels';
import type { Command } from '../command';

const WAITING = ['standby', 'kept', 'sync'];

export const stop: Command = {
  name: 'stop',
  words: '[CONTAINER..]',
  summary: "End the project's containers that wait for a run or are kept, or those named",
  details: 'A command that runs in a container that is ended is killed.',
  examples: [
    ['buildenv stop', 'The next run starts in a fresh container'],
    ['buildenv stop buildenv-km-0a83d065', 'One container, whatever runs in it'],
  ],
  async run(context, { words }) {
    const { name: project } = context.project();
    const { containers } = await context.engine();
    const labelled = await containers.listContainers([`${LABEL.project}=${project}`]);
    const present = labelled.filter(({ labels }) =>
      CONTAINER_KINDS.includes(labels[LABEL.kind] ?? ''),
    );
    const chosen =
      words.length > 0
        ? words.map((word) => {
            const found = present.find(({ name, id }) => name === word || id.startsWith(word));
            if (found !== undefined) return found;
            throw new BuildenvError(
              'not-found',
              `The project ${project} has no container ${word}`,
              {
                hint: 'See `buildenv ps`.',
              },
            );
          })
        : present.filter(({ labels }) => WAITING.includes(labels[LABEL.kind] ?? ''));
    if (!context.dryRun) await Promise.all(chosen.map(({ id }) => containers.removeContainer(id)));
    const stopped = chosen.map(({ name }) => name);
    const verb = context.dryRun ? 'would stop' : 'stopped';
    const text = stopped.map((name) => `${verb} ${name}`).join('\n');
    return { text: text === '' ? 'nothing to stop' : text, json: { stopped } };
  },
};
