import { LABEL, CONTAINER_KINDS } from '../../image/labels';
import type { Command } from '../command';
import { formatTable } from '../format-table';

export const ps: Command = {
  name: 'ps',
  maxWords: 0,
  summary: 'List the containers that this tool has in the engine, of every project',
  details:
    'Kinds: run, a command runs in it; standby, it waits for the next run; kept, runs share it; ' +
    'sync, it writes what is new in a tree to its copy; idle, an image is looked into; rpm-build, ' +
    'packages are built; rpm-server, they are served.',
  examples: [['buildenv ps', 'What runs, and what waits for the next run']],
  async run(context) {
    const engine = await context.engine();
    const containers = (await engine.containers.listContainers([LABEL.kind]))
      .filter(({ labels }) => CONTAINER_KINDS.includes(labels[LABEL.kind] ?? ''))
      .map(({ id, name, state, created, labels }) => ({
        id,
        name,
        kind: labels[LABEL.kind] ?? '',
        project: labels[LABEL.project] ?? '',
        state,
        created: new Date(created * 1000).toISOString(),
      }));
    const rows = containers.map(({ name, kind, project, state, created }) => {
      return [name, kind, project, state, created];
    });
    return {
      text: formatTable(['CONTAINER', 'KIND', 'PROJECT', 'STATE', 'CREATED'], rows),
      json: containers,
    };
  },
};
