import { chooseAddressPool } from './address-pool';

const DOCKER = '172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1';

test('takes the first range that is not routed', () => {
  expect(chooseAddressPool(`default via 192.0.2.1 dev eth0\n${DOCKER}\n`)).toBe('10.249.0.0/16');
});

test.each([
  ['the same range', '10.249.0.0/16 dev eth1'],
  ['a part of it', '10.249.7.0/24 dev eth1'],
  ['one address of it', '10.249.3.4 via 192.0.2.9 dev eth0'],
  ['its last address', '10.249.255.255 dev eth1'],
  ['a range around it', '10.248.0.0/15 via 192.0.2.9 dev eth0'],
])('passes over a range when a route leads to %s', (_, route) => {
  expect(chooseAddressPool(`${route}\n`)).not.toBe('10.249.0.0/16');
});

test('leaves 10.0.0.0/8 where a private network uses all of it', () => {
  expect(chooseAddressPool('10.0.0.0/8 via 10.9.9.9 dev tun0\n')).toBe('172.31.0.0/16');
});

test('keeps the preferred range while it is free', () => {
  expect(chooseAddressPool(DOCKER, '10.222.0.0/16')).toBe('10.222.0.0/16');
  expect(chooseAddressPool('10.222.1.0/24 dev tun0', '10.222.0.0/16')).toBe('10.249.0.0/16');
});

test('finds none where everything private is routed', () => {
  const routes = 'unreachable 10.0.0.0/8\nblackhole 172.16.0.0/12\n';
  expect(chooseAddressPool(routes)).toBeUndefined();
});
