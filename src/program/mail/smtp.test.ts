// One message to a mail server: servers of another author and of raw bytes, with certificates, log-ins, refusals, silence and floods.

import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { MailSettings } from './settings.ts';
import { type Delivery, deliver, type Times } from './smtp.ts';
import { authority } from './testing/certificates.ts';
import { MailServer, rawServer, reply } from './testing/mail-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-smtp-'));
const known = authority(folder, 'known');
const open: { close(): Promise<void> }[] = [];
const begin = async (...args: Parameters<typeof MailServer.begin>): Promise<MailServer> => {
  const server = await MailServer.begin(...args);
  open.push(server);
  return server;
};
const raw = async (talk: (socket: Socket) => void) => {
  const server = await rawServer(talk);
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const MESSAGE = {
  messageId: '<0123456789abcdef@office.example>',
  address: 'kim@team.example',
  lang: 'ko' as const,
  subject: '단계 시작: 1단계',
  body: '단계가 시작되었습니다.\n\nhttps://console.example/p/test\n',
  createdAt: new Date('2026-01-02T03:04:05Z'),
};
const send = (settings: MailSettings, more: Partial<typeof MESSAGE> = {}, times?: Partial<Times>): Promise<Delivery> =>
  deliver(
    settings,
    { ...MESSAGE, ...more },
    {
      name: 'console.example',
      ...(times && { times: { connectMs: 5000, idleMs: 5000, attemptMs: 10_000, ...times } }),
    },
  );
const later = (error: string, more: object = {}) => ({
  how: 'later',
  error,
  uncertain: false,
  ofServer: true,
  ...more,
});

test('a message arrives as it was written: sender, recipient, subject, text, id, date; as plain text that no machine answers', async () => {
  const server = await begin();
  expect(await send(server.settings())).toEqual({ how: 'accepted' });
  const [{ mail, raw, to, from }] = server.arrived as [(typeof server.arrived)[0]];
  expect([from, to]).toEqual(['notices@office.example', ['kim@team.example']]);
  expect(mail).toMatchObject({
    subject: MESSAGE.subject,
    messageId: MESSAGE.messageId,
    date: MESSAGE.createdAt,
    html: false,
  });
  expect(mail.text?.trimEnd()).toBe(MESSAGE.body.trimEnd());
  expect(mail.from?.value).toEqual([{ address: 'notices@office.example', name: 'Jikji' }]);
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail.headers.get('content-language')).toBe('ko');
  expect(mail.headers.get('content-type')).toMatchObject({ value: 'text/plain' });
  // Neither this machine's name nor the software's.
  expect(raw).not.toMatch(/^(x-mailer|received)/im);
});

test('the same notice gives the same bytes each time', async () => {
  const server = await begin();
  await send(server.settings());
  await send(server.settings());
  const [first, second] = server.arrived;
  expect(first!.raw).toBe(second!.raw);
});

test('subjects and names that would be headers stay what they are', async () => {
  const server = await begin();
  const hostile = [
    'a\r\nBcc: eve@evil.example',
    'b\nX-Evil: 1',
    'c\r\n\r\nbody',
    'd\u2028e',
    '=?utf-8?q?=0d=0aBcc:_eve?=',
    'x'.repeat(3000),
  ];
  for (const subject of hostile) {
    server.arrived.length = 0;
    const from = { address: 'notices@office.example', name: `Jikji\r\nBcc: eve@evil.example "<eve@evil.example>` };
    expect(await send(server.settings({ from }), { subject })).toEqual({ how: 'accepted' });
    const [{ mail, raw, to }] = server.arrived as [(typeof server.arrived)[0]];
    expect(to).toEqual(['kim@team.example']);
    const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
    const names = [...head.matchAll(/^([\w-]+):/gm)].map(([, name]) => name!.toLowerCase());
    expect(names.sort()).toEqual([
      'auto-submitted',
      'content-language',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    expect(mail.from?.value.map(({ address }) => address)).toEqual(['notices@office.example']);
    expect(mail.text?.trimEnd()).toBe(MESSAGE.body.trimEnd());
  }
});

test('a body of dots and endings of SMTP arrives whole', async () => {
  const server = await begin();
  const body = '.\r\n\r\n.\r\nQUIT\r\n..\r\nRCPT TO:<eve@evil.example>\r\n.\r\n';
  await send(server.settings(), { body });
  expect(server.arrived).toHaveLength(1);
  expect(server.arrived[0]!.mail.text?.replaceAll('\r\n', '\n').trimEnd()).toBe(
    body.replaceAll('\r\n', '\n').trimEnd(),
  );
});

const LOG_IN = { user: 'jikji', password: 'a secret of the office' };

test.each(['starttls', 'implicit'] as const)('TLS by %s, with a log-in', async (tls) => {
  const seen: unknown[] = [];
  const server = await begin({
    ...known.signs('localhost'),
    secure: tls === 'implicit',
    onAuth: ({ username, password }, session, done) => {
      seen.push([session.secure, username, password]);
      done(null, { user: username });
    },
  });
  const settings = server.settings({ host: 'localhost', tls, ca: known.cert, logIn: LOG_IN });
  expect(await send(settings)).toEqual({ how: 'accepted' });
  expect(seen).toEqual([[true, LOG_IN.user, LOG_IN.password]]);
});

test.each([
  ['of an authority that nobody knows', () => authority(folder, 'stranger').signs('localhost')],
  ['of another host', () => known.signs('other.example')],
  ['that has expired', () => known.signs('localhost', -1)],
  ['that signed itself', () => authority(folder, 'self')],
])('a certificate %s: nothing is sent, no password either', async (_, certificate) => {
  for (const tls of ['starttls', 'implicit'] as const) {
    const seen: string[] = [];
    const server = await begin({
      ...certificate(),
      secure: tls === 'implicit',
      onAuth: (auth, _, done) => {
        seen.push(String(auth.password));
        done(null, { user: 'x' });
      },
    });
    const settings = server.settings({ host: 'localhost', tls, ca: known.cert, logIn: LOG_IN });
    expect(await send(settings)).toEqual(later('tls'));
    expect([seen, server.arrived]).toEqual([[], []]);
  }
});

test('a server, or somebody in between, that offers no TLS: nothing is sent, no password either', async () => {
  const said: string[] = [];
  const { port } = await raw((socket) => {
    socket.write('220 hello\r\n');
    socket.on('data', (bytes) => {
      const line = bytes.toString();
      said.push(line);
      socket.write(line.startsWith('EHLO') ? '250-hello\r\n250 AUTH PLAIN LOGIN\r\n' : '502 no\r\n');
    });
  });
  const server = await begin();
  const settings = server.settings({ host: 'localhost', port, tls: 'starttls', logIn: LOG_IN });
  expect(await send(settings)).toMatchObject({ how: 'later', uncertain: false, ofServer: true });
  expect(said.join('')).not.toMatch(/AUTH|MAIL|kim|secret/);
  expect(said.join('')).not.toContain(Buffer.from(LOG_IN.password).toString('base64'));
});

test('bytes that somebody puts behind the reply to STARTTLS are not taken for the server’s', async () => {
  // The injected reply would let the client log in over what it takes for capabilities of the secured session.
  const { port } = await raw((socket) => {
    socket.write('220 hello\r\n');
    socket.on('data', (bytes) => {
      const line = bytes.toString();
      if (line.startsWith('EHLO')) socket.write('250-hello\r\n250 STARTTLS\r\n');
      else if (line.startsWith('STARTTLS'))
        socket.write('220 go\r\n250-hello\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n');
    });
  });
  const server = await begin();
  const delivery = await send(
    server.settings({ host: 'localhost', port, tls: 'starttls', logIn: LOG_IN }),
    {},
    { idleMs: 1000, connectMs: 1000 },
  );
  expect(delivery).toMatchObject({ how: 'later', uncertain: false });
});

test('a wrong password is a matter of the server, and no error holds it', async () => {
  const server = await begin({
    onAuth: ({ password }, _, done) => done(Object.assign(new Error(`no: ${password}`), { responseCode: 535 })),
  });
  const delivery = await send(server.settings({ logIn: LOG_IN }));
  expect(delivery).toEqual(later('log-in 535'));
  const without = await begin({ onAuth: (_, __, done) => done(null, { user: 'x' }) });
  expect(await send(without.settings())).toEqual(later('log-in 530'));
});

test.each<[what: string, code: number, expected: object]>([
  ['unknown', 550, { how: 'refused', error: 'refused 550' }],
  ['with a full mailbox', 552, { how: 'refused', error: 'refused 552' }],
  ['greylisted', 451, later('postponed 451', { ofServer: false })],
  ['at a server that is closing', 421, later('postponed 421')],
])('a recipient %s', async (_, code, expected) => {
  const at = [
    { onRcptTo: (_: unknown, __: unknown, done: (error?: Error) => void) => done(reply(code)) },
    { onMessage: () => reply(code) },
    { onMailFrom: (_: unknown, __: unknown, done: (error?: Error) => void) => done(reply(code)) },
  ];
  for (const behaviour of at) {
    const server = await begin(behaviour);
    expect(await send(server.settings())).toEqual(expected);
    expect(server.arrived).toEqual([]);
  }
});

test('the numbers of a reply are kept, its words are not', async () => {
  const server = await begin({
    onRcptTo: (_, __, done) => done(reply(550, '5.1.1 <script>kim@team.example</script> unknown')),
  });
  expect(await send(server.settings())).toEqual({ how: 'refused', error: 'refused 550 5.1.1' });
});

test('nobody listens', async () => {
  const server = await begin();
  const settings = server.settings();
  await server.close();
  expect(await send(settings)).toEqual(later('connection'));
});

/** A server that goes through SMTP until `last`, and then does something else. */
const until = (last: RegExp, then: (socket: Socket) => void) =>
  raw((socket) => {
    let text = '';
    let isText = false;
    socket.write('220 hello\r\n');
    socket.on('data', (bytes) => {
      text += bytes;
      if (last.test(text)) return then(socket);
      if (isText) return;
      if (/\r\nDATA\r\n$/.test(text)) {
        isText = true;
        return void socket.write('354 go\r\n');
      }
      socket.write('250 ok\r\n');
    });
  });
const WHOLE = /\r\nDATA\r\n[\s\S]*\r\n\.\r\n$/;

test.each<[what: string, last: RegExp | null, then: (socket: Socket) => void, expected: object]>([
  ['hangs before its greeting', null, () => {}, later('timeout')],
  ['hangs at EHLO', /EHLO/, () => {}, later('timeout')],
  ['hangs at the recipient', /RCPT/, () => {}, later('timeout')],
  // What it has done with the message by then, nobody knows.
  ['hangs after the whole message', WHOLE, () => {}, later('timeout', { uncertain: true })],
  ['hangs up at EHLO', /EHLO/, (socket) => socket.destroy(), later('connection')],
  ['hangs up at the recipient', /RCPT/, (socket) => socket.destroy(), later('connection')],
  ['hangs up after the whole message', WHOLE, (socket) => socket.destroy(), later('connection', { uncertain: true })],
  ['speaks another protocol', null, (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), later('connection')],
  ['greets with a refusal', null, (socket) => socket.write('554 no service\r\n'), later('connection 554')],
])('a server that %s', async (_, last, then, expected) => {
  const { port } = last ? await until(last, then) : await raw(then);
  const server = await begin();
  expect(await send(server.settings({ port }), {}, { idleMs: 1000, connectMs: 1000 })).toEqual(expected);
});

test('a server that says a little again and again is cut off in the end', async () => {
  const { port } = await raw((socket) => {
    const timer = setInterval(() => socket.write('220-wait\r\n'), 20);
    socket.on('close', () => clearInterval(timer));
  });
  const server = await begin();
  const delivery = await send(server.settings({ port }), {}, { attemptMs: 300 });
  expect(delivery).toEqual(later('timeout'));
});

test.each<[what: string, piece: string]>([
  ['one line without end', 'x'.repeat(1 << 16)],
  ['one reply of endless lines', '220-x\r\n'.repeat(1 << 13)],
  ['empty lines', '\r\n'.repeat(1 << 15)],
  ['NUL characters', '\0'.repeat(1 << 16)],
])('a server that floods with %s is cut off after some of it', async (_, piece) => {
  let sent = 0;
  const { port } = await raw((socket) => {
    const pour = (): void => {
      while (!socket.destroyed && socket.write(piece)) sent += piece.length;
    };
    socket.on('drain', pour);
    pour();
  });
  const server = await begin();
  expect(await send(server.settings({ port }), {}, {})).toEqual(later('connection'));
  expect(sent).toBeLessThan(100 << 20);
});

test('a sender that is stopped ends its attempt at once', async () => {
  const stopping = new AbortController();
  const { port } = await raw(() => stopping.abort());
  const server = await begin();
  const more = { name: 'console.example', signal: stopping.signal };
  expect(await deliver(server.settings({ port }), MESSAGE, more)).toEqual(later('connection'));
});

test('a sender that is stopped while the server has the whole message waits for its answer', async () => {
  const stopping = new AbortController();
  const server = await begin({ onMessage: () => stopping.abort() as undefined });
  const more = { name: 'console.example', signal: stopping.signal };
  expect(await deliver(server.settings(), MESSAGE, more)).toEqual({ how: 'accepted' });
});
