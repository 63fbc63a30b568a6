// The access record, over PGlite and PostgreSQL alike, by a clock that the tests set.

import { beforeEach, expect, test } from 'vitest';
import type { UserTables } from '../database/index.ts';
import { overStores } from '../database/testing/harness.ts';
import { AccessRecord, KEPT_DAYS, type Reader } from './access-record.ts';

const DAY = 86_400_000;

const KIM: Reader = { user: 'kim', role: 'office', consortium: null, byToken: false };
const LEE: Reader = { user: 'lee', role: 'consortium', consortium: 'c', byToken: true };

overStores('the access record', (tested) => {
  let access: AccessRecord;
  let asked = 0;
  const clock = { now: 0 };
  const counting = (): UserTables => ({
    ...tested.store.users,
    ask: (work) => {
      asked++;
      return tested.store.users.ask(work);
    },
  });
  const open = () => new AccessRecord(counting(), () => new Date(clock.now));
  const lines = async (programme = 'p') =>
    (await access.page(programme)).map(
      ({ user, role, consortium, via, what, of }) => `${user} ${role} ${consortium} ${via} ${what} ${of}`,
    );
  beforeEach(async () => {
    await tested.sql('delete from jikji.accesses');
    clock.now = Date.UTC(2026, 0, 1, 9);
    access = open();
  });

  test('one line for each person, thing and day, with the time of the first reading', async () => {
    const first = new Date(clock.now).toISOString();
    await access.note('p', KIM, [
      { what: 'audit', of: 's-1' },
      { what: 'scores', of: 's' },
    ]);
    clock.now += 3_600_000;
    await access.note('p', KIM, [
      { what: 'audit', of: 's-1' },
      { what: 'audit', of: 's-1' },
    ]);
    await access.note('p', LEE, [{ what: 'audit', of: 's-1' }]);
    await access.note('q', KIM, [{ what: 'audit', of: 's-1' }]);
    expect(await lines()).toEqual([
      'lee consortium c token audit s-1',
      'kim office null log-in scores s',
      'kim office null log-in audit s-1',
    ]);
    expect(await lines('q')).toEqual(['kim office null log-in audit s-1']);
    expect((await access.page('p')).at(-1)).toMatchObject({ time: first, name: null });
    clock.now += DAY;
    await access.note('p', KIM, [{ what: 'audit', of: 's-1' }]);
    expect(await lines()).toHaveLength(4);
  });

  test('a role of later the same day, and an API token beside a log-in, have lines of their own', async () => {
    const thing = [{ what: 'audit', of: 's-1' } as const];
    for (const reader of [KIM, { ...KIM, byToken: true }, { ...KIM, role: 'auditor' }, KIM])
      await access.note('p', reader, thing);
    expect(await lines()).toHaveLength(3);
  });

  test('a second reading asks nothing of the database; after a restart it adds no second line', async () => {
    const things = Array.from({ length: 200 }, (_, i) => ({ what: 'audit', of: `s-${i}` }) as const);
    await access.note('p', KIM, things);
    const before = asked;
    for (let i = 0; i < 100; i++) await access.note('p', KIM, things);
    await access.note('p', KIM, []);
    expect(asked).toBe(before);
    await open().note('p', KIM, things);
    expect(await tested.sql('select count(*)::int as n from jikji.accesses')).toEqual([{ n: 200 }]);
    const all: string[] = [];
    for await (const { of } of access.all('p')) all.push(of);
    expect(new Set(all).size).toBe(200);
    const page = await access.page('p');
    expect(page).toHaveLength(100);
    expect(await access.page('p', page.at(-1)!.id)).toHaveLength(100);
  });

  test('readings at once, also by two processes: one line, and none is answered before it is there', async () => {
    const other = open();
    const thing = [{ what: 'forms', of: 's' } as const];
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await (i % 2 === 0 ? access : other).note('p', KIM, thing);
        expect(await tested.sql('select what from jikji.accesses')).toEqual([{ what: 'forms' }]);
      }),
    );
  });

  test('a line that cannot be written is an error, and is tried again', async () => {
    await tested.sql('alter table jikji.accesses add constraint never check (false) not valid');
    const thing = [{ what: 'forms', of: 's' } as const];
    await expect(access.note('p', KIM, thing)).rejects.toThrow();
    await tested.sql('alter table jikji.accesses drop constraint never');
    await access.note('p', KIM, thing);
    expect(await lines()).toEqual(['kim office null log-in forms s']);
  });

  test('lines are kept for three years', async () => {
    const thing = [{ what: 'forms', of: 's' } as const];
    await access.note('p', KIM, thing);
    clock.now += KEPT_DAYS * DAY;
    await access.note('p', KIM, thing);
    expect(await lines()).toHaveLength(2);
    clock.now += DAY;
    await access.note('p', KIM, thing);
    expect(await lines()).toHaveLength(2);
    expect((await access.page('p')).map(({ time }) => time.slice(0, 4))).toEqual(['2029', '2029']);
  });
});
