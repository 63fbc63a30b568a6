// The server killed with -9 under load: every acknowledged write is there afterwards. Over a folder and over PostgreSQL.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSigner, newKey } from '../../ledger/index.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { newDatabase, SERVER } from '../database/testing/harness.ts';
import { ACTS } from '../office/index.ts';
import { byOffice } from '../office/testing/office.ts';
import { Programme, type Where } from '../programme/index.ts';
import { Users } from '../users/index.ts';

const KILLS = process.env.JIKJI_TORTURE ? 20 : 1;
const CLIENTS = 6;
const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-loss-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A programme, and a token for its office. */
async function prepare(where: Where): Promise<string> {
  const before = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = join(folder, 'config');
  try {
    const signer = (() => {
      try {
        return loadSigner('office');
      } catch {
        newKey('office');
        return loadSigner('office');
      }
    })();
    const programme = await Programme.open(where);
    const about = { id: 'test', name: { en: 'Test' }, mode: 'practice' } as const;
    await ACTS.foundProgramme.run(programme, about, byOffice(signer));
    const users = await Users.open(programme.store);
    const who = { user: 'kim', name: 'Kim', password: 'a long enough one' };
    await users.accept((await users.firstInvitation())!, who, '127.0.0.1');
    const { token } = await users.newToken('kim', { name: 'test', days: 1 });
    await programme.close();
    return token;
  } finally {
    if (before === undefined) delete process.env.XDG_CONFIG_HOME;
    else process.env.XDG_CONFIG_HOME = before;
  }
}

/** Has a server killed at some moment while clients write, and gives what it had acknowledged: numbers of entries by name. */
async function killUnderLoad(database: string, token: string, round: number): Promise<Map<string, number>> {
  const args = [
    '--no-warnings',
    MAIN,
    'program',
    'serve',
    '--json',
    '--port',
    '0',
    '--threads',
    '1',
    '--database',
    database,
  ];
  const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config'), XDG_DATA_HOME: join(folder, 'data') };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => ['{}'])])) as [
    string,
  ];
  const { url } = JSON.parse(line);
  expect(url).toMatch(/^http/);
  const acknowledged = new Map<string, number>();
  let killed = false;
  const client = async (number: number): Promise<void> => {
    for (let i = 0; !killed; i++) {
      const id = `o-${round}-${number}-${i}`;
      const body = JSON.stringify({ id, name: { en: id }, country: 'KR' });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      try {
        const response = await fetch(`${url}/api/programmes/test/organisations`, { method: 'POST', headers, body });
        if (response.status === 200) acknowledged.set(id, ((await response.json()) as { seq: number }).seq);
        else expect(await response.json()).toBeUndefined();
      } catch (error) {
        if (!killed) throw error; // it was asked while it lived
      }
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(i));
  // How long it lives under load is what is drawn here; nothing waits for it to be long enough.
  while (acknowledged.size < 5) await setTimeout(5);
  await setTimeout(Math.random() * 300);
  killed = true;
  child.kill('SIGKILL');
  await ended;
  await Promise.all(clients);
  return acknowledged;
}

function loss(name: string, place: () => Promise<{ database: string; where: Where }>): void {
  test(`${name}: kill -9, ${KILLS} times`, { timeout: 30_000 + KILLS * 60_000 }, async () => {
    const { database, where } = await place();
    const token = await prepare(where);
    const all = new Map<string, number>();
    for (let round = 0; round < KILLS; round++) {
      for (const [id, seq] of await killUnderLoad(database, token, round)) all.set(id, seq);
      const programme = await Programme.open(where); // which follows the chain from its beginning
      try {
        for (const [id, seq] of all) {
          expect(programme.tables.get('organisations', id)).toBeDefined();
          expect((await programme.store.page(seq, 1))[0]).toMatchObject({ seq, data: { id } });
        }
      } finally {
        await programme.close();
      }
    }
    expect(all.size).toBeGreaterThanOrEqual(KILLS * 5);
  });
}

loss('a folder', async () => ({
  database: join(folder, 'home'),
  where: { folder: await emptyDatabase(join(folder, 'home', 'database')) },
}));

describe.skipIf(!SERVER)('PostgreSQL', () => {
  let made: Awaited<ReturnType<typeof newDatabase>>;
  beforeAll(async () => {
    made = await newDatabase('api_loss');
  });
  afterAll(() => made.drop());
  loss('a server', async () => ({ database: made.url, where: { url: made.url } }));
});
