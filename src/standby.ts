import { DockerEngine } from './engine/docker/docker-engine';
import { parseEndpoint } from './engine/endpoint';
import { holdNameNext } from './host/hold-name';
import { prepareContainer, type StandbyOrder } from './run/standby/prepare-container';

// A program of its own, which outlives the run that starts it: makes the container that the next run
// finds waiting. Nobody waits for it or reads what it says; a run that finds none makes its own.
const [engine = '', order = ''] = process.argv.slice(2);
const { key, ...rest } = JSON.parse(order) as StandbyOrder;
holdNameNext(`buildenv-standby-${key}`, () =>
  prepareContainer(new DockerEngine(parseEndpoint(engine)), { key, ...rest }),
).catch(() => process.exit(1));
