import { usualSockets } from './usual-sockets';

test('Docker comes before Podman, and the private engine last', () => {
  const env = { XDG_RUNTIME_DIR: '/run/me' };
  expect(usualSockets({ env, homedir: '/home/me', uid: 1000 })).toEqual([
    '/var/run/docker.sock',
    '/run/me/docker.sock',
    '/home/me/.docker/run/docker.sock',
    '/home/me/.docker/desktop/docker.sock',
    '/run/me/podman/podman.sock',
    '/run/podman/podman.sock',
    '/home/me/.local/state/buildenv/engine/docker.sock',
  ]);
});

test.each([{}, { XDG_RUNTIME_DIR: '' }])('with %j the folder of the user id stands in', (env) => {
  const sockets = usualSockets({ env, homedir: '/home/me', uid: 1000 });
  expect(sockets).toContain('/run/user/1000/docker.sock');
  expect(sockets).toContain('/run/user/1000/podman/podman.sock');
});
