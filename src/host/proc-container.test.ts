import { containerIds, mountPoints } from './proc-container';

const OWN = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const LAYER = 'c'.repeat(64);

const MOUNTINFO = `361 253 0:112 / / rw,relatime master:12 - overlay overlay rw,upperdir=/overlay2/${LAYER}/diff
378 361 254:0 /${LAYER}/tree /my\\040tree rw,relatime - ext4 /dev/vda rw
380 361 254:0 /var/lib/docker/containers/${OTHER}/hostname /etc/hostname rw - ext4 /dev/vda rw
`;

test('a control group names the container, before files that may be of another', () => {
  const docker = `9:name=systemd:/docker/${OWN}\n8:pids:/docker/${OWN}\n`;
  expect(containerIds(docker, MOUNTINFO)).toEqual([OWN, OTHER]);
  const scope = `0::/system.slice/docker-${OWN}.scope\n`;
  expect(containerIds(scope, MOUNTINFO)).toEqual([OWN, OTHER]);
});

test('a control group that says nothing leaves the files', () => {
  expect(containerIds('0::/\n', MOUNTINFO)).toEqual([OTHER]);
});

test('a machine is in no container, whatever it has mounted', () => {
  const machine = `42 27 0:39 / /overlay2/${LAYER}/merged rw - overlay overlay rw\n`;
  expect(containerIds('8:pids:/user.slice\n', machine)).toEqual([]);
});

test('mount points are as paths are', () => {
  expect(mountPoints(MOUNTINFO)).toEqual(['/', '/my tree', '/etc/hostname']);
});
