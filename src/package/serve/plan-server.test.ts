import { LABEL } from '../../image/labels';
import { packageScope } from '../scope';
import { checkJob, planServer, serverNetwork } from './plan-server';

const scope = packageScope('p', '/src', '/cache', 'host:1');

test('serves the volume of RPMs, which it cannot write to, in a network of its own', () => {
  const server = planServer(scope, 'sha256:1', undefined);
  expect(server).toMatchObject({
    network: serverNetwork(scope),
    mounts: [{ type: 'volume', target: '/srv/rpms', readOnly: true }],
    background: { loopbackPorts: [] },
  });
  expect(server.labels).toMatchObject({
    [LABEL.project]: 'p',
    [LABEL.kind]: 'rpm-server',
    [LABEL.port]: '',
  });
});

test('a port is one of the loopback interface, and is noted', () => {
  const server = planServer(scope, 'sha256:1', 8080);
  expect(server.background?.loopbackPorts).toEqual([{ container: 80, host: 8080 }]);
  expect(server.labels[LABEL.port]).toBe('8080');
});

test('the consumer that looks is where consumers are', () => {
  const network = (port?: number) => checkJob(scope, 'i', 'http://h/', port).container.network;
  expect(network()).toBe(serverNetwork(scope));
  expect(network(8080)).toBe('host');
});

test('two checkouts of a project share no name', () => {
  const other = planServer(packageScope('p', '/other', '/cache', 'host:1'), 'sha256:1', undefined);
  expect(other.name).not.toBe(planServer(scope, 'sha256:1', undefined).name);
});
