// Who is reminded by mail, and when: whoever owes something whose announced moment lies at most three days ahead, and nobody else.

import { beforeAll, expect, test } from 'vitest';
import { remindersOf } from './reminders.ts';
import { TestServer } from './testing/api.ts';

const CLOSES = '2099-03-10T09:00:00Z';
const DAY = 86_400_000;

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.stage();
});

const at = (before: number): Date => new Date(Date.parse(CLOSES) - before);
const reminded = async (now: Date) =>
  (await remindersOf(server.users, [{ programme: server.programme, files: '' }], now)).map(({ user }) => user).sort();

test('without an announced moment nobody is', async () => {
  expect(await reminded(at(DAY))).toEqual([]);
});

test('from three days before it on, until it has come: teams and experts with something due', async () => {
  await server.office.say('stage-dates-set', { stage: 's1', opens: null, closes: CLOSES, appealsUntil: null });
  expect(await reminded(at(3 * DAY + 1))).toEqual([]);
  // Neither the office, which sees its list, nor auditor and evaluator, who can do nothing yet, nor an expert of another programme.
  const all = ['the-consortium', 'the-expert', 'the-rival', 'the-second-expert'];
  const some = await reminded(at(3 * DAY));
  expect(new Set(some)).toEqual(new Set(all));
  expect(await reminded(at(1))).toEqual(some);
  expect(await reminded(at(0))).toEqual([]);
});

test('says what, in both languages, and until when; who is blocked, or has done it, is not reminded', async () => {
  const all = await remindersOf(server.users, [{ programme: server.programme, files: '' }], at(DAY));
  for (const { text, until, programme } of all) {
    expect([until?.toISOString(), programme.id]).toEqual(['2099-03-10T09:00:00.000Z', 'test']);
    expect(text.ko).toMatch(/[가-힣]/);
    expect(text.en).not.toBe(text.ko);
  }
  await server.users.block('the-expert', true);
  expect(await reminded(at(DAY))).not.toContain('the-expert');
  expect(await reminded(at(DAY))).toContain('the-second-expert');
  await server.office.fill();
  expect(await reminded(at(DAY))).not.toContain('the-consortium');
});
