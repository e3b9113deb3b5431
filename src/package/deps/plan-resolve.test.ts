import { packageScope } from '../scope';
import { resolveJob } from './plan-resolve';

test('asks for the pins in our repository first, and then in the others', () => {
  const { files, container } = resolveJob({
    scope: packageScope('p', '/src', '/cache', 'host:1'),
    image: 'sha256:1',
    url: 'http://10.0.0.2/',
    pins: [{ name: 'libvirt-libs', version: '0:12.1.99-1.el9' }],
    repositories: [{ name: 'appstream', url: 'http://mirror.example.org/' }],
    deps: { arch: 'x86_64', install: ['bash'] },
    resolve: true,
  });
  const request = files.find(({ path }) => path === 'buildenv/request.json');
  expect(JSON.parse(request?.kind === 'buffer' ? request.content.toString() : '')).toEqual({
    arch: 'x86_64',
    pins: [{ name: 'libvirt-libs', version: '0:12.1.99-1.el9' }],
    install: ['bash'],
    resolve: true,
    repositories: [
      { name: 'custom-build', url: 'http://10.0.0.2/' },
      { name: 'appstream', url: 'http://mirror.example.org/' },
    ],
  });
  expect(container.network).toBe('host');
});
