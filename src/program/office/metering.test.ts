// Metering: the usage of consortia's jobs in the log, once however often it is metered, signed, and in place of a maker's statement.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RanJob } from '../../fleet/index.ts';
import type { Json } from '../../ledger/index.ts';
import { accountsOf } from '../../reliance/index.ts';
import { allotmentsOf, usagesOf } from '../compute/index.ts';
import { type Entry, nextEntry, START } from '../log/index.ts';
import { verifyLog } from '../programme/index.ts';
import { State } from '../state/index.ts';
import { type Metering, meter } from './metering.ts';
import { byOffice, Office } from './testing/office.ts';

const office = new Office();
beforeAll(async () => {
  await office.found();
  await office.stage();
  await office.fill();
  await office.chain();
});
afterAll(() => office.close());

/** Six hours on two nodes. */
const job = (id: string, day: string, more: Partial<RanJob> = {}): RanJob => {
  const start = Date.parse(`${day}T06:00:00Z`);
  const held = new Map([['node', 2]]);
  return { id, array: null, account: 'a', start, end: start + 6 * 3_600_000, seconds: 6 * 3600, held, ...more };
};
const JANUARY = { cluster: 'near', from: '2026-01-01', to: '2026-01-31', device: 'node' };
const of = (jobs: RanJob[], submissions: Record<string, string[]> = {}, more: Partial<Metering> = {}): Metering => ({
  ...JANUARY,
  used: new Map([['a', { accounts: ['a'], jobs }]]),
  submissions: new Map(Object.entries(submissions)),
  ...more,
});
const metered = (metering: Metering) => meter.run(office.programme, metering, byOffice(office.signer));
const seq = () => office.programme.head.seq;
const account = () => {
  const { tables } = office.programme;
  const found = accountsOf(allotmentsOf(tables), usagesOf(tables));
  return found.find((one) => one.consortium === 'a' && one.cluster === 'near')!;
};
async function refuses(metering: Metering, code: string): Promise<void> {
  const before = seq();
  await expect(metered(metering)).rejects.toMatchObject({ code });
  expect(seq()).toBe(before);
}

test('a period is metered once, can be metered again, and an overlapping period is refused', async () => {
  const jobs = [job('1', '2026-01-05'), job('2', '2026-01-06')];
  expect(account()).toMatchObject({ said: 8.5, metered: 0, counted: 8.5 });
  const first = await metered(of(jobs));
  expect(first.usages).toMatchObject([{ consortium: 'a', submission: null, deviceHours: 24, jobs: 2, fresh: true }]);
  // The jobs are not assigned to the submission, so its maker's statement counts beside them.
  expect(first.unnamed).toEqual(['s1-a']);
  expect(account()).toMatchObject({ said: 8.5, metered: 24, counted: 32.5 });

  const before = seq();
  expect((await metered(of(jobs))).usages).toEqual([{ ...first.usages[0]!, fresh: false }]);
  expect(seq()).toBe(before);
  await metered(of([...jobs, job('3', '2026-01-20')]));
  expect(account()).toMatchObject({ metered: 36 });

  const half = { from: '2026-01-15', to: '2026-02-14' };
  await refuses(of(jobs, {}, half), 'metered-already');
  const february = await metered(of(jobs, {}, { from: '2026-02-01', to: '2026-02-28' }));
  expect(february.usages).toMatchObject([{ deviceHours: 0, fresh: false }]);
});

test('jobs of a submission replace the statement of its maker, and are named again when metered again', async () => {
  const jobs = [job('1', '2026-01-05'), job('2', '2026-01-06', { array: '7' }), job('3', '2026-01-20')];
  const { usages, unnamed } = await metered(of(jobs, { 's1-a': ['7'] }));
  expect(usages).toMatchObject([
    { submission: null, deviceHours: 24 },
    { submission: 's1-a', deviceHours: 12 },
  ]);
  expect(unnamed).toEqual([]);
  expect(account()).toMatchObject({ said: 8.5, metered: 36, counted: 36 });
  await refuses(of(jobs), 'metered-already');
  await refuses(of(jobs, { 's1-a': ['8'] }), 'job-unknown');
  await refuses(of(jobs, { 's1-a': ['1', '1'] }), 'job-twice');
  await refuses(of(jobs, { 's1-c': ['1'] }), 'job-unknown');
  await refuses(of(jobs, { 's1-z': ['1'] }), 'submission-unknown');
});

test('usage entered by hand blocks metering until it is corrected to zero', async () => {
  const days = { from: '2026-03-01', to: '2026-03-31' };
  const hand = { id: 'by-hand', consortium: 'a', cluster: 'near', ...days, word: 'office', submission: null };
  await office.say('usage-reported', { ...hand, deviceHours: 5 });
  await refuses(of([job('9', '2026-03-02')], {}, days), 'metered-already');
  await office.say('usage-reported', { ...hand, deviceHours: 0 });
  expect((await metered(of([job('9', '2026-03-02')], {}, days))).usages).toMatchObject([{ deviceHours: 12 }]);
});

test('the entry has the office’s signature, and the log verifies with it', async () => {
  const { altered } = await verifyLog(office.programme.store, () => {});
  expect(altered).toBeUndefined();
  const entries: Entry[] = [];
  for await (const entry of office.programme.store.entries()) entries.push(entry);
  const signed = entries.findLast(({ kind, data }) => kind === 'usage-reported' && 'signature' in (data as object))!;
  const replay = (change: object) => {
    const state = new State();
    let head = START;
    for (const entry of entries.slice(0, signed.seq)) {
      const data = entry === signed ? { ...(entry.data as object), ...change } : entry.data;
      const next = nextEntry(head, { ...entry, data: data as Json });
      state.take(next);
      head = next;
    }
  };
  replay({});
  expect(() => replay({ deviceHours: 1 })).toThrow(expect.objectContaining({ code: 'signed-other' }));
  expect(() => replay({ signature: 'x' })).toThrow(expect.objectContaining({ code: 'statement-broken' }));
  const { tables } = office.programme;
  const other = office.key('other');
  const before = seq();
  await expect(
    meter.run(
      office.programme,
      of([job('9', '2026-04-02')], {}, { from: '2026-04-01', to: '2026-04-30' }),
      byOffice(other),
    ),
  ).rejects.toMatchObject({ code: 'signed-by-another' });
  expect([seq(), tables.all('usages').some(({ from }) => from === '2026-04-01')]).toEqual([before, false]);
});
