// Hosts that only this machine can open.

import { expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

test('names and addresses of the machine itself, and nothing that looks like them', () => {
  for (const host of ['localhost', 'LOCALHOST', 'jikji.localhost', '127.0.0.1', '127.1.2.3', '[::1]'])
    expect([host, isLoopback(host)]).toEqual([host, true]);
  for (const host of ['office.example', 'localhost.example', '127.0.0.1.example', '10.0.0.1', '128.0.0.1', '[::2]'])
    expect([host, isLoopback(host)]).toEqual([host, false]);
});
