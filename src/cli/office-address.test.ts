// Which addresses of offices are allowed, and where a token is sent.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { officeAddress, safeUrl } from './office-address.ts';
import { HttpOffice, officeToken } from './office-client.ts';
import { requestText } from './office-request.ts';
import { registerFrom } from './register-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-office-address-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const code = (work: () => unknown): string => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test.each([
  ['https://office.example.kr/programmes/korea-llm', 'https://office.example.kr'],
  ['https://office.example.kr:8443/programmes/korea-llm/', 'https://office.example.kr:8443'],
  ['https://office.example.kr/api/programmes/korea-llm/register', 'https://office.example.kr'],
  ['http://localhost:1377/programmes/korea-llm', 'http://localhost:1377'],
  ['http://127.0.0.1:1377/api/programmes/korea-llm', 'http://127.0.0.1:1377'],
  ['http://[::1]:1377/programmes/korea-llm', 'http://[::1]:1377'],
])('%s is asked', (text, origin) => {
  expect(officeAddress(text, '--lodge')).toEqual({ origin, programme: 'korea-llm' });
});

test.each([
  'http://office.example.kr/programmes/korea-llm',
  'http://10.0.0.5/programmes/korea-llm',
  'http://127.0.0.1.example.kr/programmes/korea-llm',
  'http://localhost.example.kr/programmes/korea-llm',
  'https://somebody:secret@office.example.kr/programmes/korea-llm',
  'https://office.example.kr/programmes/korea-llm?token=secret',
  'https://office.example.kr/programmes/korea-llm#secret',
  'https://office.example.kr/',
  'https://office.example.kr/programmes/..%2f..',
  'https://office.example.kr/other/programmes/korea-llm',
  'ftp://office.example.kr/programmes/korea-llm',
  'https://',
])('%s is not, and not shown', (text) => {
  const error = (() => {
    try {
      return officeAddress(text, '--lodge');
    } catch (error) {
      return error as Error & { code: string; input: string; hint: string };
    }
  })();
  expect(error).toMatchObject({ code: 'office-address', input: '--lodge' });
  expect(JSON.stringify(error) + (error as Error).message).not.toContain('secret');
});

test('a register may be any file of a web server, under the same rules', () => {
  expect(safeUrl('https://office.example.kr/register.jsonl', '--register').href).toContain('register.jsonl');
  expect(code(() => safeUrl('http://office.example.kr/register.jsonl', '--register'))).toBe('office-address');
});

test('a token from a private file, or from the environment', () => {
  vi.stubEnv('JIKJI_OFFICE_TOKEN', '');
  expect(officeToken(undefined)).toBeUndefined();
  vi.stubEnv('JIKJI_OFFICE_TOKEN', 'from-the-environment');
  expect(officeToken(undefined)).toBe('from-the-environment');
  const file = join(folder, 'token');
  writeFileSync(file, 'from-the-file\n', { mode: 0o600 });
  expect(officeToken(file)).toBe('from-the-file');
  chmodSync(file, 0o644);
  expect(code(() => officeToken(file))).toBe('token-open');
  chmodSync(file, 0o600);
  for (const text of ['', 'two words', 'x'.repeat(3000), 'a\u0000b']) {
    writeFileSync(file, text);
    expect(code(() => officeToken(file))).toBe('token-broken');
  }
  expect(code(() => officeToken(join(folder, 'none')))).toBe('token-missing');
});

/** A server that answers everything in one way, for as long as `work` takes. */
async function withServer<T>(
  answer: (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void,
  work: (origin: string) => Promise<T>,
): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const refusal = (question: Parameters<typeof requestText>[0]) =>
  requestText(question).then(
    () => 'answered',
    (error: { code: string; message: string; input: string; hint: string }) => error,
  );

test('a port that may not be used is refused before the work, and not reported as an unreachable server', async () => {
  expect(code(() => safeUrl('http://127.0.0.1:9/programmes/a', '--lodge'))).toBe('office-address');
  expect(code(() => new HttpOffice('https://office.example.kr:6667/programmes/a', undefined))).toBe('office-address');
  expect(await refusal({ url: 'http://127.0.0.1:9/x', maxBytes: 100 })).toMatchObject({ code: 'office-address' });
  // Every port that we refuse, fetch refuses; a connection is tried for none of them.
  for (let port = 1; port < 11_000; port++) {
    if (code(() => safeUrl(`http://127.0.0.1:${port}/x`, '')) === 'taken') continue;
    const error: Error = await fetch(`http://127.0.0.1:${port}/`).catch((error) => error.cause);
    expect([port, error.message]).toEqual([port, 'bad port']);
  }
});

test('a server that does not answer: the message names the cause, not the kind of error', async () => {
  const closed = await withServer(
    () => {},
    async (origin) => origin,
  );
  expect(await refusal({ url: closed, maxBytes: 100 })).toMatchObject({
    code: 'office-away',
    message: 'does not answer (ECONNREFUSED)',
  });
  await withServer(
    (request) => request.socket.destroy(),
    async (origin) => {
      const { message } = (await refusal({ url: origin, maxBytes: 100 })) as { message: string };
      expect(message).toMatch(/^does not answer \((other side closed|ECONNRESET)\)$/);
    },
  );
});

test('after a redirect the token is not sent to the other server', async () => {
  const heard: (string | undefined)[] = [];
  await withServer(
    (request, response) => {
      heard.push(request.headers.authorization);
      response.end('{}');
    },
    (elsewhere) =>
      withServer(
        (_, response) => response.writeHead(307, { location: elsewhere }).end(),
        async (origin) => {
          const asked = { url: `${origin}/x`, method: 'POST', token: 'secret', body: {}, maxBytes: 100 } as const;
          expect(await refusal(asked)).toMatchObject({ code: 'office-moved' });
        },
      ),
  );
  expect(heard).toEqual([]);
});

test.each([
  [503, '{}', 'office-away'],
  [429, '{}', 'office-away'],
  [500, 'not JSON', 'office-away'],
  [409, '{"error":{"code":"log-moved","message":"m","input":"i","hint":"h"}}', 'office-away'],
  [409, '{"error":{"code":"key-missing","message":"m","input":"i","hint":"h"}}', 'key-missing'],
  [403, '{"error":{"code":"forbidden","message":"m","input":"i","hint":"h"}}', 'forbidden'],
  [404, '<html>', 'office-answer'],
  [200, 'x'.repeat(1000), 'office-answer'],
])('%i %s is %s', async (status, text, wanted) => {
  await withServer(
    (_, response) => response.writeHead(status).end(text),
    async (origin) => {
      expect(await refusal({ url: origin, maxBytes: 500 })).toMatchObject({ code: wanted });
    },
  );
});

test('a server that echoes the token does not bring it into an error', async () => {
  await withServer(
    (request, response) => {
      const said = `you sent\u001b[2J ${request.headers.authorization}`;
      response.writeHead(422).end(JSON.stringify({ error: { code: 'x', message: said, input: said, hint: said } }));
    },
    async (origin) => {
      const error = await refusal({ url: origin, token: 'secret-token', maxBytes: 5000 });
      expect(error).toMatchObject({ code: 'x', message: 'you sent [2J Bearer ...' });
      expect(JSON.stringify(error)).not.toContain('secret-token');
    },
  );
});

test('no server listens, or the server is not an office', async () => {
  const gone = await withServer(
    (_, response) => response.end(),
    async (origin) => origin,
  );
  expect(await refusal({ url: gone, maxBytes: 100 })).toMatchObject({ code: 'office-away' });
  for (const text of ['no JSON', '[]', 'null', '{"lodging":1}']) {
    await withServer(
      (_, response) => response.end(text),
      async (origin) => {
        const office = new HttpOffice(`${origin}/programmes/test`, undefined);
        await expect(office.lodge({ statement: 'x' })).rejects.toMatchObject({ code: 'office-answer' });
        await office.close();
      },
    );
  }
});

test('a register from a web server: no more bytes are read than a register can have', async () => {
  await withServer(
    (_, response) => {
      const piece = Buffer.alloc(1 << 20, 'x');
      const write = (): void => {
        while (response.write(piece)) if (response.destroyed) return;
        response.once('drain', write);
      };
      response.on('error', () => {});
      write();
    },
    async (origin) => {
      await expect(registerFrom(`${origin}/register.jsonl`, undefined)).rejects.toMatchObject({
        code: 'office-answer',
      });
    },
  );
});
