// The server killed with -9 during a backup and under readers: nothing plain is left on the disk, the record says that the backup was not
// finished, and every reading that was answered has its line.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, expect, test } from 'vitest';
import { Office } from '../office/testing/office.ts';
import { Programme } from '../programme/index.ts';
import { Users } from '../users/index.ts';
import { housekeepingOver } from './index.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'jikji-backup-loss-'));
const office = new Office();
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(office.folder, { recursive: true });
});
const PASSWORD = 'a long enough one';
/** At the beginning of a sealed form. */
const SECRET = 'sealed-1377';

/** Files and their sizes, but those of the database itself. */
const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^database(\/|$)/.test(name) && statSync(join(root, name)).isFile())
    .sort();

test('kill -9 in the middle of a backup, while somebody reads', async () => {
  await office.found();
  await office.stage();
  await office.fill();
  // More than the buffers between a server and a client hold, so that most of the backup is still to come.
  await office.programme.store.secrets.put('form', SECRET + randomBytes(12 << 20).toString('base64'));
  const users = await Users.open(office.programme.store);
  await users.accept((await users.firstInvitation())!, { user: 'kim', name: 'Kim', password: PASSWORD }, '127.0.0.1');
  await office.programme.close();

  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  const args = ['--no-warnings', MAIN, 'program', 'serve', '--json', '--port', '0', '--threads', '1'];
  const child = spawn(process.execPath, [...args, '--database', office.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: tmp, XDG_CONFIG_HOME: join(folder, 'config'), XDG_DATA_HOME: join(folder, 'data') },
  });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const before = filesIn(office.folder);
  let cookie = '';
  const ask = (path: string, body?: object) =>
    fetch(`${url}/api${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { cookie, ...(body && { origin: url, 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const logIn = await ask('/log-in', { user: 'kim', password: PASSWORD });
  cookie = logIn.headers.get('set-cookie')!.split(';')[0]!;
  const recipient = await identityToRecipient(await generateX25519Identity());
  const { id } = (await (await ask('/programmes/test/backups', { recipient })).json()) as { id: string };
  const download = await ask(`/programmes/test/backups/${id}`);
  expect(download.status).toBe(200);
  const reader = download.body!.getReader();
  const first = (await reader.read()).value!;
  expect(Buffer.from(first).toString('latin1')).toMatch(/^age-encryption\.org\/v1\n/);
  const read: string[] = [];
  for (const submission of ['s1-a', 's1-b', 's1-c']) {
    const { status } = await ask(`/programmes/test/submissions/${submission}`);
    if (status === 200) read.push(submission);
  }
  child.kill('SIGKILL');
  await ended;
  await reader.cancel().catch(() => {});
  expect(read).toHaveLength(3);

  expect(filesIn(office.folder)).toEqual(before);
  for (const root of [office.folder, folder])
    for (const name of filesIn(root)) expect(readFileSync(join(root, name)).includes(SECRET), name).toBe(false);

  const programme = await Programme.open(office.where);
  try {
    const { access, backups } = housekeepingOver(programme.store.users, new AbortController().signal);
    const [backup] = await backups.list('test');
    expect(backup).toMatchObject({ id, user: 'kim', state: 'unfinished', sha256: null });
    const lines = (await access.page('test')).map(({ what, of }) => `${what} ${of}`);
    // All scores of the stage are one thing.
    expect(lines.sort()).toEqual([`backup ${id}`, 'scores s1']);
  } finally {
    await programme.close();
  }
});
