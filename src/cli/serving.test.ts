// `jikji console` and `jikji program serve` as processes: they answer until they are stopped, and refuse unsafe options.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { listen } from '../http/index.ts';
import { emptyDatabase } from '../program/database/testing/empty.ts';
import { type AddressOptions, addressOf } from './address-options.ts';
import { call, errorOf, LAUNCHER, workFolder } from './testing/bad-input.ts';

const folder = workFolder();

test('program serve answers, and ends cleanly with Ctrl-C', async () => {
  const data = `${folder}.home/data`;
  await emptyDatabase(join(data, 'jikji/program/database'));
  const env = { ...process.env, XDG_DATA_HOME: data, XDG_CONFIG_HOME: `${folder}.home/config` };
  const child = spawn(LAUNCHER, argv`program serve --json --port 0`, { cwd: folder, env });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const ended = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => ['{}'])]);
  const { url, first } = JSON.parse(String(line));
  expect(url, said).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(first).toMatch(new RegExp(`^${url}/invitation#`));
  const me = await (await fetch(`${url}/api/me`)).json();
  expect(me).toMatchObject({ viewer: { role: 'public' }, empty: true, programmes: [] });
  expect((await fetch(`${url}/`)).status).toBe(404); // it has no pages
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(said).toMatch(/Stopping/);
});

test('a proxy that is not named is noted: all who come by it share one address', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const said = (options: Partial<AddressOptions>): string => {
    write.mockClear();
    addressOf({ host: '127.0.0.1', ...options }, 1377);
    return write.mock.calls.join('');
  };
  const origin = 'https://console.example.kr';
  try {
    expect(said({ origin })).toMatch(/share its address.*\n.*--behind-proxy 127.0.0.1/);
    for (const options of [{}, { origin, behindProxy: '127.0.0.1' }, { origin: 'http://localhost:1377' }])
      expect(said(options)).toBe('');
  } finally {
    write.mockRestore();
  }
});

test('a port that is taken is named, with the one that is used instead', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const fetch = () => new Response();
  const first = await listen(addressOf({ host: '127.0.0.1', port: 0 }, 8080), { fetch });
  const taken = Number(new URL(first.url).port);
  const second = await listen(addressOf({ host: '127.0.0.1' }, taken), { fetch });
  try {
    const { port } = new URL(second.url);
    expect(Number(port)).toBeGreaterThan(taken);
    expect(write.mock.calls).toEqual([
      [`Port ${taken} is taken: this is at port ${port}. --port N chooses another one.\n`],
    ]);
  } finally {
    write.mockRestore();
    for (const listener of [first, second]) await listener.close();
  }
});

test.each([
  [argv`console --host 0.0.0.0`, 'not-local'],
  [argv`console --host 0.0.0.0 --behind-proxy 10.0.0.1`, 'not-local'],
  [argv`console --port many`, 'usage'],
  [argv`console --tls-cert cert.pem`, 'file-missing'],
  [argv`console --tls-cert t.yaml`, 'usage'],
  [argv`console --tls-cert t.yaml --tls-key t.yaml`, 'tls-broken'],
  [argv`console --origin console.example.kr`, 'origin-broken'],
  [argv`console --origin https://console.example.kr/jikji`, 'origin-broken'],
  [argv`program serve --database mysql://x`, 'database-address'],
] as [string[], string][])('%s: %s', async (args, code) => {
  const outcome = await call(folder, args, { JIKJI_DATABASE: `${folder}/p` });
  expect(errorOf(outcome)).toMatchObject({ code });
});
