import { configFile } from './config-file';

const config = {
  entrypoint: ['/km', 'two\nlines'],
  env: { B: '2', A: '$X "1"' },
  labels: { z: '1', a: '2' },
  exposedPorts: ['8080/tcp', '53/udp'],
  volumes: ['/data'],
  stopSignal: 'SIGINT',
};
const layers = ['sha256:aa', 'sha256:bb'];

test('has what the specification says, and nothing of the machine', () => {
  const file = configFile({ config, platform: 'linux/arm64', time: 1_600_000_000, layers });
  expect(JSON.parse(file.toString())).toEqual({
    created: '2020-09-13T12:26:40Z',
    architecture: 'arm64',
    os: 'linux',
    config: {
      Entrypoint: ['/km', 'two\nlines'],
      Env: ['B=2', 'A=$X "1"'],
      Labels: { a: '2', z: '1' },
      ExposedPorts: { '53/udp': {}, '8080/tcp': {} },
      Volumes: { '/data': {} },
      StopSignal: 'SIGINT',
    },
    rootfs: { type: 'layers', diff_ids: layers },
    history: [
      { created: '2020-09-13T12:26:40Z', created_by: 'buildenv' },
      { created: '2020-09-13T12:26:40Z', created_by: 'buildenv' },
    ],
  });
});

test('is the same for labels, ports and volumes in another order', () => {
  const facts = { platform: 'linux/amd64', time: 0, layers };
  const reordered = {
    ...config,
    labels: { a: '2', z: '1' },
    exposedPorts: config.exposedPorts.toReversed(),
  };
  expect(configFile({ ...facts, config: reordered })).toEqual(configFile({ ...facts, config }));
});
