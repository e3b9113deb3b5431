import { privateEnginePaths } from './private-engine-paths';

test('uses the XDG state folder', () => {
  expect(privateEnginePaths({ XDG_STATE_HOME: '/var/state' }, '/root')).toMatchObject({
    folder: '/var/state/buildenv/engine',
    url: 'unix:///var/state/buildenv/engine/docker.sock',
  });
});

test.each([undefined, '', 'relative/state'])('falls back to the home where it is %j', (value) => {
  const paths = privateEnginePaths({ XDG_STATE_HOME: value }, '/home/kim');
  expect(paths.folder).toBe('/home/kim/.local/state/buildenv/engine');
});

test('keeps everything in one folder', () => {
  const { folder, url, ...places } = privateEnginePaths({}, '/home/kim');
  expect(url).toBe(`unix://${places.socket}`);
  for (const place of Object.values(places)) expect(place.startsWith(`${folder}/`)).toBe(true);
});
