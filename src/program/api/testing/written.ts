// What must be in a database and its folder of files after a server was killed: all that it had acknowledged, and nothing by halves. For tests.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { sha256Hex } from '../../../ledger/index.ts';
import { housekeepingOver } from '../../housekeeping/index.ts';
import { applicationFile, bundleFile } from '../../intake/paths.ts';
import type { Arrived } from '../../mail/testing/mail-server.ts';
import { Programme, type Where } from '../../programme/index.ts';
import { commitmentOf, registerOf } from '../../state/index.ts';
import { Users } from '../../users/index.ts';
import type { Acknowledged, Kind, Load } from './writers.ts';

const digestOf = (file: string): string => sha256Hex(readFileSync(file));
const UNFINISHED = /^(incoming|job)-.*\.tmp$/;

/** Reads everything again. `loads`: those of all servers that were killed over it; `arrived`: the mail that they sent. */
export async function checkWritten(
  where: Where,
  files: string,
  loads: readonly Load[],
  arrived: readonly Arrived[],
): Promise<void> {
  const all = <K extends Kind>(kind: K): Acknowledged[K][] =>
    loads.flatMap(({ acknowledged }) => acknowledged[kind] as Acknowledged[K][]);
  const programme = await Programme.open(where); // which follows the chain from its beginning
  try {
    await checkEntries(programme, all);
    checkFiles(programme, files, all);
    await checkSealed(programme, all);
    await checkAccounts(programme, all);
    await checkNotices(programme, all, arrived);
  } finally {
    await programme.close();
  }
}

type All = <K extends Kind>(kind: K) => Acknowledged[K][];

async function checkEntries({ tables, store }: Programme, all: All): Promise<void> {
  const entry = async (seq: number) => (await store.page(seq, 1))[0];
  for (const [kind, table] of [
    ['organisation', 'organisations'],
    ['application', 'applications'],
    ['allotment', 'allotments'],
  ] as const)
    for (const { id, seq } of all(kind)) {
      expect(tables.get(table, id), id).toBeDefined();
      expect(await entry(seq)).toMatchObject({ seq, data: { id } });
    }
  for (const { application, seq } of all('review'))
    expect(await entry(seq)).toMatchObject({ kind: 'review-given', data: { application, points: { plan: 7 } } });
  const lodged = new Set(registerOf(tables)?.entries.map(({ lodging }) => lodging));
  for (const { statement } of all('lodging')) expect(lodged).toContain(statement);
}

/** Files that the log names are whole, also those that nobody acknowledged; only files of unfinished work lie beside them. */
function checkFiles({ tables }: Programme, files: string, all: All): void {
  for (const { id, files: kept } of tables.all('applications'))
    for (const { sha256 } of kept) expect(digestOf(applicationFile(files, sha256)), id).toBe(sha256);
  for (const { application, sha256 } of all('file'))
    expect(tables.get('applications', application)!.files).toMatchObject([{ sha256, bytes: 300_000 }]);
  for (const { id, digest } of tables.all('submissions')) expect(digestOf(bundleFile(files, digest)), id).toBe(digest);
  for (const { id, digest } of all('submission')) expect(tables.get('submissions', id)).toMatchObject({ digest });
  // A file can be there before its entry, but then it is whole too.
  const inFolder = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  for (const name of inFolder(join(files, 'applications')))
    expect(digestOf(join(files, 'applications', name))).toBe(name);
  for (const name of inFolder(files))
    if (name.endsWith('.tar')) expect(digestOf(join(files, name))).toBe(basename(name, '.tar'));
    else if (!/^[0-9a-f]{64}$/.test(name) && name !== 'applications') expect(name).toMatch(UNFINISHED);
}

/** Every form that the log is committed to can be revealed, also those that nobody acknowledged. */
async function checkSealed({ tables, store }: Programme, all: All): Promise<void> {
  for (const { id, commitment } of tables.all('forms')) {
    const text = await store.secrets.get(`form:${id}:${commitment}`);
    const { form, nonce } = JSON.parse(text!);
    expect(commitmentOf(form, nonce), id).toBe(commitment);
  }
  for (const { id, commitment, nonce } of all('form')) {
    expect(tables.get('forms', id)).toMatchObject({ commitment });
    expect(JSON.parse((await store.secrets.get(`form:${id}:${commitment}`))!).nonce).toBe(nonce);
  }
}

async function checkAccounts({ store }: Programme, all: All): Promise<void> {
  const users = await Users.open(store);
  const secretOf = (session: string) => decodeURIComponent(session.slice(session.indexOf('=') + 1));
  for (const { user, session } of all('account'))
    expect(await users.viewer(secretOf(session))).toMatchObject({ user, role: 'expert', programme: 'test' });
  for (const { user, token } of all('token')) expect(await users.viewer(token)).toMatchObject({ user });
  // One who accepted an invitation has used it up, also where nobody acknowledged it; and nobody has used one who is not there.
  const used = (await users.invitations()).flatMap(({ usedBy }) => (usedBy === null ? [] : [usedBy]));
  expect(used.sort()).toEqual((await users.list()).map(({ user }) => user).sort());
  const { access } = housekeepingOver(store.users, new AbortController().signal);
  const lines = new Set<string>();
  for await (const { user, what, of } of access.all('test')) lines.add(`${user} ${what} ${of}`);
  for (const { application } of all('reading')) expect(lines).toContain(`kim application ${application}`);
}

/** A notice waits, or is being sent, or has arrived. */
async function checkNotices({ store }: Programme, all: All, arrived: readonly Arrived[]): Promise<void> {
  const came = new Set(arrived.map(({ mail }) => mail.messageId));
  const notices = await store.outbox.list(100_000);
  for (const { user, address } of all('notice')) {
    const own = notices.filter(({ userId }) => userId === user);
    expect(own).toMatchObject([{ address, kind: 'verification' }]);
    if (own[0]!.status === 'sent') expect(came).toContain(own[0]!.messageId);
    // The second time that nobody knows whether it arrived.
    else if (own[0]!.status === 'failed') expect(own[0]!.error).toBe('uncertain');
  }
}
