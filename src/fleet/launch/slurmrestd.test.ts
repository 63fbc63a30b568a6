// Requests to slurmrestd, against a fake server that can give every kind of answer.

import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasEnded, LAUNCHERS, launcherOf } from './index.ts';
import { slurmPartitions, slurmQueue } from './slurm.ts';
import { slurmrestd } from './slurmrestd.ts';
import { alone, hasRest, run, until } from './testing/slurm.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl';
const openapi = (...versions: string[]) =>
  JSON.stringify({ paths: Object.fromEntries(versions.map((version) => [`/slurm/${version}/ping/`, {}])) });
const errors = (...errors: object[]) => JSON.stringify({ jobs: [], errors });

const servers: { close(): void }[] = [];
beforeEach(() => void vi.stubEnv('SLURM_JWT', TOKEN));
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

/** The address of a server that answers so; what it was asked is in `asked`. */
async function answers(
  body: (path: string) => [status: number, text: string] | undefined,
  asked: IncomingMessage[] = [],
) {
  const server = createServer((request, response) => {
    asked.push(request);
    const answer = body(request.url!);
    if (answer === undefined) return void request.socket.destroy();
    response.writeHead(answer[0]).end(answer[1]);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failure = async (address: string): Promise<Error & { code?: string }> => {
  vi.stubEnv('JIKJI_SLURMRESTD', address);
  const error: unknown = await slurmrestd(address, 'GET', 'slurm/VERSION/jobs/').catch((error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(TOKEN);
  expect(JSON.stringify(error)).not.toContain(TOKEN);
  return error as Error;
};

test('requests use the newest version that both sides know, with the token; versions are read once', async () => {
  const asked: IncomingMessage[] = [];
  const address = await answers(
    (path) => [200, path === '/openapi/v3' ? openapi('v0.0.99', 'v0.0.41', 'v0.0.42', 'v0.0.40') : errors()],
    asked,
  );
  vi.stubEnv('JIKJI_SLURMRESTD', address);
  expect(await slurmQueue()).toEqual([]);
  expect(await slurmQueue()).toEqual([]);
  expect(asked.map(({ url }) => url)).toEqual(['/openapi/v3', '/slurm/v0.0.42/jobs/', '/slurm/v0.0.42/jobs/']);
  for (const { headers } of asked) {
    expect(headers).toMatchObject({ 'x-slurm-user-token': TOKEN, 'x-slurm-user-name': userInfo().username });
  }
});

test('unknown versions are listed in the error', async () => {
  const address = await answers(() => [200, openapi('v0.0.39', 'v0.1.0')]);
  expect(await failure(address)).toMatchObject({
    code: 'slurmrestd-version',
    hint: expect.stringMatching(/v0\.0\.39, v0\.1\.0.*v0\.0\.42/),
  });
});

test.for<[what: string, status: number, text: string, code: string]>([
  ['a wrong token', 401, 'Authentication failure', 'slurm-token'],
  ['one that the controller does not believe', 511, '{"errors":[]}', 'slurm-token'],
  ['one that is shown back', 401, `no user has ${TOKEN}`, 'slurm-token'],
  ['a controller that does not believe it', 500, errors({ error: 'Protocol authentication error' }), 'slurm-token'],
  [
    'a controller that is away',
    500,
    errors({ description: 'Failure', error: 'Unable to contact slurm controller (connect failure)' }),
    'slurm-unreachable',
  ],
])('%s', async ([, status, text, code]) => {
  const address = await answers((path) => (path === '/openapi/v3' ? [200, openapi('v0.0.42')] : [status, text]));
  expect(await failure(address)).toMatchObject({ name: 'JikjiError', code });
});

test.for<[status: number, text: string, said: RegExp]>([
  [500, errors({ description: 'no', error: `bad ${TOKEN}` }), /bad \.\.\./],
  [404, 'Unable find requested URL.', /Unable find requested URL/],
  [502, '<html>proxy', /proxy/],
  [503, '{}', /503/],
])('what it refuses is said in its words: %s %s', async ([status, text, said]) => {
  const address = await answers((path) => (path === '/openapi/v3' ? [200, openapi('v0.0.42')] : [status, text]));
  expect((await failure(address)).message).toMatch(said);
});

test('answers that are invalid', async () => {
  vi.stubEnv('JIKJI_SLURMRESTD', await answers((path) => [200, path === '/openapi/v3' ? openapi('v0.0.42') : '{}']));
  await expect(slurmPartitions()).rejects.toMatchObject({ code: 'slurm-strange-answer' });
  expect(await failure(await answers(() => undefined))).toMatchObject({ code: 'slurmrestd-unreachable' });
});

test('no server', async () => {
  expect(await failure('unix:/nowhere/slurmrestd.sock')).toMatchObject({ code: 'slurmrestd-missing' });
  const gone = createSocket();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  expect(await failure(`http://127.0.0.1:${port}`)).toMatchObject({ code: 'slurmrestd-refused' });
});

test.for([
  'unix:',
  'unix:relative',
  'here',
  'ftp://host:1',
  'http://',
  'http://a:b@host:1',
  'https://host/x',
  '/run/sock',
])('no address: %s', async (address) => {
  expect(await failure(address)).toMatchObject({ code: 'slurmrestd-address', input: 'JIKJI_SLURMRESTD' });
});

describe('an address that the user has not named', () => {
  /** What reaches a server: nothing at all must. */
  const listening = async (where: string | number) => {
    const asked: IncomingMessage[] = [];
    let connections = 0;
    const server = createServer((request, response) => {
      asked.push(request);
      response.end(request.url === '/openapi/v3' ? openapi('v0.0.42') : errors());
    });
    server.on('connection', () => connections++);
    servers.push(server);
    await new Promise<void>((resolve) =>
      typeof where === 'number' ? server.listen(where, '127.0.0.1', resolve) : server.listen(where, resolve),
    );
    return { asked, connections: () => connections, port: (server.address() as AddressInfo).port };
  };
  const socketPath = () => join(mkdtempSync(join(tmpdir(), 'jikji-rest-')), 'slurmrestd.sock');
  const stranger = { name: 'JikjiError', code: 'slurmrestd-not-named' };

  test.each(['http', 'https'])('by %s is never called, whatever other address the user has named', async (protocol) => {
    const { connections, port } = await listening(0);
    const address = `${protocol}://127.0.0.1:${port}`;
    const others = [undefined, 'unix:/run/slurmrestd.sock', 'https://127.0.0.1:1', `${address}0`, 'not an address'];
    for (const named of others) {
      vi.stubEnv('JIKJI_SLURMRESTD', named);
      const error: unknown = await slurmQueue(address).catch((error) => error);
      expect(error).toMatchObject({ ...stranger, input: address, hint: expect.stringContaining(address) });
      expect(inspect(error)).not.toContain(TOKEN);
      const record = {
        formatVersion: 1,
        launcher: 'slurm',
        id: '7',
        name: 'x',
        folder: '/nowhere',
        submitted: '',
      } as const;
      await expect(launcherOf(record).report({ ...record, slurmrestd: address })).rejects.toMatchObject(stranger);
      await expect(launcherOf(record).cancel({ ...record, slurmrestd: address })).rejects.toMatchObject(stranger);
    }
    expect(connections()).toBe(0);
    // Named by the user too, the same address is asked, with the token.
    vi.stubEnv('JIKJI_SLURMRESTD', `${address}/`);
    await slurmQueue(address).catch(() => {});
    expect(connections()).toBe(1 + Number(protocol === 'http'));
  });

  test('a socket of our own is called without the token, or with it if the user has named the socket', async () => {
    const path = socketPath();
    const { asked } = await listening(path);
    vi.stubEnv('JIKJI_SLURMRESTD', undefined);
    expect(await slurmQueue(`unix:${path}`)).toEqual([]);
    expect(asked).toHaveLength(2);
    for (const { headers } of asked) expect(JSON.stringify(headers)).not.toMatch(/slurm|eyJ/i);
    vi.stubEnv('JIKJI_SLURMRESTD', `unix:${path}`);
    expect(await slurmQueue(`unix:${path}`)).toEqual([]);
    expect(asked.at(-1)!.headers).toMatchObject({ 'x-slurm-user-token': TOKEN });
  });

  test.skipIf(process.getuid!() !== 0)(
    "by another person's socket is not called, nor by a link to it; by a service's it is",
    async () => {
      const path = socketPath();
      const { connections } = await listening(path);
      vi.stubEnv('JIKJI_SLURMRESTD', undefined);
      chownSync(path, 54_321, 54_321);
      symlinkSync(path, `${path}.link`);
      for (const one of [path, `${path}.link`]) await expect(slurmQueue(`unix:${one}`)).rejects.toMatchObject(stranger);
      expect(connections()).toBe(0);
      const [, nobody] = /^nobody:[^:]*:(\d+):.*(?:nologin|false)$/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
      chownSync(path, Number(nobody), 0);
      expect(await slurmQueue(`unix:${path}.link`)).toEqual([]);
    },
  );
});

test('an address on a network needs a token, and the token must be a valid header value', async () => {
  const address = await answers(() => [200, '{}']);
  for (const none of ['', `${TOKEN}\r\nX: y`, 'SLURM_JWT= x']) {
    vi.stubEnv('SLURM_JWT', none);
    expect(await failure(address)).toMatchObject({ code: 'slurm-token' });
  }
});

describe.skipIf(!hasRest)('a slurmrestd that accepts only tokens', () => {
  alone();
  const folder = mkdtempSync(join(tmpdir(), 'jikji-token-'));
  const job = (name: string, script: string) => ({
    name,
    folder: join(folder, name),
    command: ['/bin/bash', '-c', script],
    nodes: 1,
    ranksPerNode: 1,
    threads: 1,
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    vi.stubEnv('JIKJI_SLURMRESTD', process.env.SLURMRESTD_HTTP);
    vi.stubEnv('SLURM_JWT', undefined); // Slurm's own command would use it
    vi.stubEnv('SLURM_JWT', run('scontrol', 'token').trim().replace('SLURM_JWT=', ''));
  });
  const { slurm } = LAUNCHERS;

  test('a job with a token of Slurm: submitted, followed, cancelled, and without the token in its environment', async () => {
    const token = process.env.SLURM_JWT!;
    const record = await slurm.submit(job('done', 'env; exit 3'));
    expect(await until(() => slurm.report(record), hasEnded)).toMatchObject({ state: 'failed', exitCode: 3 });
    expect(readFileSync(join(folder, 'done', 'output.log'), 'utf8')).not.toContain(token);
    const long = await slurm.submit(job('long', 'sleep 600'));
    await until(
      () => slurm.report(long),
      ({ state }) => state === 'running',
    );
    expect((await slurmQueue()).map(({ job_id }) => `${job_id}`)).toEqual([long.id]);
    expect(await slurm.cancel(long)).toMatchObject({ state: 'cancelled' });
  });

  test.for(['aaa.bbb.ccc', ''])('a token that Slurm did not issue: %s', async (token) => {
    vi.stubEnv('SLURM_JWT', token);
    for (const ask of [slurmPartitions, slurmQueue, () => slurm.submit(job('none', 'exit 0'))]) {
      await expect(ask()).rejects.toMatchObject({ name: 'JikjiError', code: 'slurm-token' });
    }
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
