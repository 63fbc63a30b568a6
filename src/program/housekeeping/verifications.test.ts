// Verification on a running server: the same result as that of the command line, also of a log that was altered; one at a time.

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTested } from '../database/testing/harness.ts';
import { ACTS } from '../office/index.ts';
import { byOffice, Office } from '../office/testing/office.ts';
import { Verifications } from './verifications.ts';
import { verifyProgramme } from './verify.ts';

const office = new Office();
const ending = new AbortController();
let verifications: Verifications;
beforeAll(async () => {
  await office.found();
  await office.stage();
  await office.fill();
  const by = byOffice(office.signer);
  await ACTS.closeStage.run(office.programme, { stage: 's1', anyway: true }, by);
  await ACTS.decide.run(office.programme, { stage: 's1' }, by);
  verifications = new Verifications(office.programme.store.users, ending.signal);
});
afterAll(() => {
  ending.abort();
  rmSync(office.folder, { recursive: true });
});

const ended = (programme = 'test') => vi.waitFor(() => expect(verifications.running(programme)).toBeNull(), 60_000);

test('the result of the thread is that of the command line, and stays', async () => {
  const { store } = office.programme;
  expect(await verifications.state('test')).toEqual({ running: null, failed: null, last: null });
  await verifications.start('test', 'kim', store);
  expect(verifications.running('test')).toMatchObject({ of: office.programme.head.seq });
  await expect(verifications.start('test', 'kim', store)).rejects.toMatchObject({ code: 'verification-running' });
  // The server goes on meanwhile: it writes, and answers.
  await office.say('organisation-added', { id: 'later', name: { en: 'Later' }, country: 'XX', roles: ['model'] });
  await ended();
  const { last, failed } = await verifications.state('test');
  expect(failed).toBeNull();
  const expected = await verifyProgramme(store);
  expect(expected).toMatchObject({ verdict: 'holds', decisions: 1 });
  expect(last).toMatchObject({ user: 'kim' });
  const { entries, link, ...rest } = last!.result;
  const { entries: all, link: newest, ...same } = expected;
  expect(rest).toEqual(same);
  // Written while it ran: it may or may not have been read.
  expect([all - 1, all]).toContain(entries);
  if (entries === all) expect(link).toBe(newest);
  const again = new Verifications(store.users, ending.signal);
  expect((await again.state('test')).last).toEqual(last);
});

test('an altered entry, and a forged decision, are found by the thread too', async () => {
  const { where } = office;
  await office.programme.close();
  const { store, sql } = await openTested(where);
  try {
    verifications = new Verifications(store.users, ending.signal);
    await sql(
      `update jikji.entries set data = jsonb_set(data, '{country}', '"YY"') where kind = 'organisation-added' and seq < 5`,
    );
    await verifications.start('test', 'kim', store);
    await ended();
    const { last } = await verifications.state('test');
    expect(last!.result).toMatchObject({ verdict: 'refuted', decisions: null });
    expect(last!.result).toEqual(await verifyProgramme(store));
    expect(last!.result.altered).not.toBeNull();
    expect(last!.result.alteredKo).toMatch(/기록 \d+번/);
    await sql('insert into jikji.entries select 0, time, actor, kind, data, link from jikji.entries where seq = 1');
    await verifications.start('test', 'lee', store);
    await ended();
    expect((await verifications.state('test')).last).toMatchObject({ user: 'lee', result: { entries: 0 } });
  } finally {
    await store.close();
  }
});

test('a verification that breaks off says so, and the last result stays', async () => {
  const { store } = await openTested(office.where);
  try {
    verifications = new Verifications(store.users, ending.signal);
    const { last } = await verifications.state('test');
    const away = { ...store, page: () => Promise.reject(new Error('the database is away')) };
    await verifications.start('test', 'kim', away);
    await ended();
    expect(await verifications.state('test')).toEqual({ running: null, failed: 'the database is away', last });
  } finally {
    await store.close();
  }
});
