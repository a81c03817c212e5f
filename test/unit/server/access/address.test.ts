import { expect, test } from 'vitest';
import { clientAddress } from '../../../../server/access/address.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  [undefined, 'unknown'],
  ['', 'unknown'],
])('[W112] a connection from %s is counted as %s', (address, counted) => {
  expect(clientAddress(address, '198.51.100.1', 0)).toBe(counted);
});

test.each([
  ['one proxy', 1, '198.51.100.1', '198.51.100.1'],
  ['what its client wrote before', 1, '10.0.0.1, 198.51.100.1', '198.51.100.1'],
  ['two proxies', 2, '10.0.0.1, 198.51.100.1, 198.51.100.2', '198.51.100.1'],
  ['two proxies, of which one wrote', 2, '198.51.100.2', '198.51.100.2'],
  ['two headers', 1, ['10.0.0.1', '198.51.100.1'], '198.51.100.1'],
  ['a port', 1, '198.51.100.1:5000', '198.51.100.1'],
  ['IPv6', 1, '2001:db8::1', '2001:db8:0:0::/64'],
  ['IPv6 with a port', 1, '[2001:db8::1]:5000', '2001:db8:0:0::/64'],
  ['a name that hides it', 1, 'unknown', '127.0.0.1'],
  ['nothing', 1, '', '127.0.0.1'],
  ['no header', 1, undefined, '127.0.0.1'],
  ['no address', 1, '10.0.0.1, <script>', '127.0.0.1'],
])('[W112] behind %s', (_, proxies, header, counted) => {
  expect(clientAddress('127.0.0.1', header, proxies)).toBe(counted);
});
