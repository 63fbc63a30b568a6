// A log that was altered with the database's own tools: the first altered entry is found. Over PGlite and PostgreSQL alike.

import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { openTested, overStores, say } from '../database/testing/harness.ts';
import { type Entry, START } from '../log/index.ts';
import { State } from '../state/index.ts';
import { everyEntry } from '../state/testing/every-entry.ts';
import { Programme, verifyLog } from './index.ts';

const entries = everyEntry();
const last = entries.length;
const heads = [START, ...entries.map(({ seq, link }) => ({ seq, link }))];

overStores('the log', (tested) => {
  beforeEach(async () => {
    await tested.clear();
    await tested.store.append(START, entries);
  });
  const verify = () => verifyLog(tested.store, () => {});

  test('an unaltered log verifies, and each of its entries is shown', async () => {
    const shown: Entry[] = [];
    const { state, head, altered } = await verifyLog(tested.store, (entry) => shown.push(entry));
    expect([head, altered, shown]).toEqual([heads[last], undefined, entries]);
    expect(state.tables.get('programmes', 'every')).toMatchObject({ mode: 'practice' });
    expect(state.tables.size).toBeGreaterThan(20);
  });

  const wasAltered = (seq: number) => `entry ${seq} was altered, or the one before it together with its link`;
  const isMissing = (seq: number, other: number) => `entry ${seq} is missing; entry ${other} is in its place`;
  test.each<[what: string, alteration: string, holds: number, why: string]>([
    ['who said an entry', `update jikji.entries set actor = 'office:2' where seq = 2`, 1, wasAltered(2)],
    [
      'what an entry says',
      `update jikji.entries set data = jsonb_set(data, '{country}', '"YY"') where seq = 3`,
      2,
      wasAltered(3),
    ],
    [
      'the time of an entry',
      `update jikji.entries set time = '2026-01-01T00:00:00.009Z' where seq = 1`,
      0,
      wasAltered(1),
    ],
    [
      'the link of the last entry',
      `update jikji.entries set link = repeat('0', 64) where seq = ${last}`,
      last - 1,
      wasAltered(last),
    ],
    ['an entry gone', 'delete from jikji.entries where seq = 2', 1, isMissing(2, 3)],
    ['the first entry gone', 'delete from jikji.entries where seq = 1', 0, isMissing(1, 2)],
    [
      'an entry before the first',
      `insert into jikji.entries (seq, time, actor, kind, data, link) select 0, time, actor, kind, data, link from jikji.entries where seq = 1`,
      0,
      isMissing(1, 0),
    ],
  ])('found by verification: %s', async (_, alteration, holds, why) => {
    await tested.sql(alteration);
    const { state, head, altered } = await verify();
    expect([head, altered?.en]).toEqual([heads[holds], why]);
    expect(altered!.ko).toContain(`기록 ${/\d+/.exec(why)![0]}번`);
    // What came before it is what it was.
    expect(state.tables.all('organisations')).toHaveLength(Math.max(0, holds > 4 ? 3 : holds - 1));
  });

  test('a missing last entry is detected only by comparing the head with a published head', async () => {
    await tested.sql(`delete from jikji.entries where seq = ${last}`);
    expect(await verify()).toMatchObject({ head: heads[last - 1], altered: undefined });
  });

  test('an entry that the rules refuse: its number is reported', async () => {
    const { seq } = await say(tested.store, 'made up');
    const { head, altered } = await verify();
    const why = `entry ${seq} may not stand here by the rules of this release: this release has no such kind`;
    expect([head, altered?.en]).toEqual([heads[last], why]);
    expect(altered!.ko).toMatch(new RegExp(`기록 ${seq}번이 이 자리에 올 수 없습니다: .*모르는 종류의 항목입니다`));
  });

  test('other errors are thrown', async () => {
    const bug = new Error('a bug');
    const broken = () => {
      throw bug;
    };
    await expect(verifyLog(tested.store, broken)).rejects.toBe(bug);
    const take = vi.spyOn(State.prototype, 'take').mockImplementation(broken);
    await expect(verify()).rejects.toBe(bug);
    take.mockRestore();
    expect((await verify()).altered).toBeUndefined();
  });
});

const folder = temporaryFolder();
test('a programme with an altered log is not opened, and the error names the entry', async () => {
  const where = { folder: await emptyDatabase(join(folder, 'altered')) };
  const { store, sql } = await openTested(where);
  await store.append(START, entries);
  await sql(`update jikji.entries set actor = 'office:2' where seq = 7`);
  await store.close();
  await expect(Programme.open(where)).rejects.toMatchObject({
    ...{ code: 'log-altered', input: 'entry 7' },
    ko: { message: expect.stringMatching(/^기록부가 처음에 쓴 것과 다릅니다: 기록 7번/) },
  });
});
