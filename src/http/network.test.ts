// The network of an address.

import { expect, test } from 'vitest';
import { networkOf } from './network.ts';

test.each([
  ['2001:db8:1:2::5', '2001:0DB8:1:2:ffff:1:2:3', true],
  ['2001:db8::1', '2001:db8:0:0:1::', true],
  ['fe80::1%eth0', 'fe80::2%eth1', true],
  ['2001:db8:1:2::5', '2001:db8:1:3::5', false],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
])('%s and %s: one network, %s', (one, other, isSame) => {
  expect(networkOf(one) === networkOf(other)).toBe(isSame);
});
