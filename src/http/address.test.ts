// The origins of a server's own pages, as browsers write them.

import { expect, test } from 'vitest';
import { originsAt } from './address.ts';

const at = (port: number, more: object = {}) => originsAt({ host: '127.0.0.1', port, orNext: false, ...more }, port);
const tls = { cert: Buffer.alloc(0), key: Buffer.alloc(0) };

test("a page of a server at its scheme's own port has an origin without a port", () => {
  expect(new Set(at(80))).toEqual(new Set(['http://127.0.0.1', 'http://localhost', 'http://[::1]']));
  expect(at(443, { host: '::1', tls })).toContain('https://localhost');
  expect(at(443)).toContain('http://localhost:443');
  expect(at(8080, { host: 'localhost' })[0]).toBe('http://localhost:8080');
});

test('where people type another address, that one alone', () => {
  expect(at(8080, { origin: 'https://jikji.example:443/' })).toEqual(['https://jikji.example']);
});
