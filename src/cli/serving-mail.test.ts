// `jikji program serve --mail --openid` as a process: it sends mail, knows its provider, and says no secret.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { emptyDatabase } from '../program/database/testing/empty.ts';
import { MailServer } from '../program/mail/testing/mail-server.ts';
import { beginProvider } from '../program/openid/testing/provider.ts';
import { call, errorOf, LAUNCHER, workFolder } from './testing/bad-input.ts';

const PASSWORD = 'hunter 2 of the mail server';
const folder = workFolder();

test('a server with mail and a provider', async () => {
  const data = `${folder}.home/data`;
  await emptyDatabase(join(data, 'jikji/program/database'));
  const seen: unknown[] = [];
  const smtp = await MailServer.begin({
    onAuth: ({ username, password }, _, done) => {
      seen.push([username, password]);
      done(null, { user: 'jikji' });
    },
  });
  const provider = await beginProvider('http://127.0.0.1:1/openid');
  const { issuer, clientId, clientSecret } = provider.settings;
  const mailFile = join(folder, 'mail.yaml');
  const openidFile = join(folder, 'openid.yaml');
  writeFileSync(
    mailFile,
    `host: 127.0.0.1\nport: ${smtp.port}\ntls: none\nfrom: notices@office.example\nuser: jikji\npassword: ${PASSWORD}\n`,
    { mode: 0o600 },
  );
  writeFileSync(openidFile, `issuer: ${issuer}\nclientId: ${clientId}\nlabel: { en: Ministry, ko: 부처 }\n`);
  const secrets = { JIKJI_OPENID_SECRET: clientSecret! };
  const env = { ...process.env, XDG_DATA_HOME: data, XDG_CONFIG_HOME: `${folder}.home/config`, ...secrets };
  const args = argv`program serve --json --port 0 --mail ${mailFile} --openid ${openidFile}`;
  const child = spawn(LAUNCHER, args, { cwd: folder, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const ended = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => ['{}'])]);
  const { url, first } = JSON.parse(String(line));
  expect(url, said).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  let answers = '';
  const post = async (path: string, body: object, cookie = '') => {
    const headers = { 'content-type': 'application/json', origin: url, cookie };
    const response = await fetch(`${url}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    answers += await response.text();
    return response;
  };
  const who = { user: 'kim', name: 'Kim', password: 'a long enough one' };
  const joined = await post('/invitations/accept', { token: new URL(first).hash.slice(1), ...who });
  const cookie = joined.headers.get('set-cookie')!.split(';')[0]!;
  const arrives = smtp.next();
  expect((await post('/mail/address', { address: 'kim@ministry.example', lang: 'ko' }, cookie)).status).toBe(200);
  const { mail, to } = await arrives;
  expect(to).toEqual(['kim@ministry.example']);
  expect(mail.text).toContain(`${url}/address#`);
  expect(seen).toEqual([['jikji', PASSWORD]]);
  expect(await (await fetch(`${url}/api/openid`)).json()).toEqual({ label: { en: 'Ministry', ko: '부처' } });
  expect((await post('/openid/begin', { purpose: 'log-in' })).status).toBe(200);
  for (const path of ['/mail/outbox', '/me', '/openapi.json'])
    answers += await (await fetch(`${url}/api${path}`, { headers: { cookie } })).text();
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  for (const secret of [PASSWORD, clientSecret!, mail.text!.match(/#(\S+)/)![1]!]) {
    expect(said).not.toContain(secret);
    expect(answers).not.toContain(secret);
  }
  await smtp.close();
  await provider.close();
});

test.each([
  [['--mail', 'none.yaml'], 'file-missing'],
  [['--mail', 'loose.yaml'], 'settings-readable'],
  [['--openid', 'none.yaml'], 'file-missing'],
  [['--openid', 'loose.yaml'], 'settings-unknown-key'],
])('%s is refused before anything is opened', async (args, code) => {
  writeFileSync(join(folder, 'loose.yaml'), 'host: a.example\nfrom: a@b.kr\nuser: x\npassword: hunter 2\n');
  chmodSync(join(folder, 'loose.yaml'), 0o644);
  const outcome = await call(folder, argv`program serve ${args}`);
  expect(errorOf(outcome)).toMatchObject({ code });
  expect(JSON.stringify(outcome)).not.toContain('hunter');
});
