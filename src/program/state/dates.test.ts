// Dates of a stage: their order, that they lie ahead, and what the announced end of appeals forbids to teams and to the office.

import { beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { Log } from '../decision/testing/stage.ts';
import { datesOf } from './index.ts';

let log: Log;
const refuses = (work: () => unknown, code: string): void => {
  expect(work).toThrow(expect.objectContaining({ name: 'JikjiError', code }));
};
const set = (dates: { opens?: string; closes?: string; appealsUntil?: string; title?: object; stage?: string }) =>
  log.add('stage-dates-set', { stage: 's1', opens: null, closes: null, appealsUntil: null, ...dates });
function decide(): void {
  log.add('stage-closed', { stage: 's1' });
  const document = JSON.stringify({ kept: ['a', 'b'], out: [], undecided: [] });
  const statement = JSON.stringify({ document, envelope: '' });
  log.add('decision-made', { stage: 's1', statement, digest: sha256Hex(document) });
}
const appeal = (id: string) => log.add('appeal-filed', { id, stage: 's1', consortium: 'a', text: 'count again' });

beforeEach(() => {
  log = new Log().open(['a', 'b']);
});

test('dates lie ahead and in their order; a later entry replaces an earlier one', () => {
  refuses(() => set({ closes: '2026-03-01T00:00:00Z', appealsUntil: '2026-02-01T00:00:00Z' }), 'dates-order');
  refuses(() => set({ closes: '2026-03-01T00:00:00Z', appealsUntil: '2026-03-01T00:00:00Z' }), 'dates-order');
  refuses(() => set({ closes: '2026-01-01T00:00:00Z' }), 'dates-past');
  for (const closes of ['2026-13-01T00:00:00Z', 'tomorrow', '2026-03-01'])
    expect(() => set({ closes }), closes).toThrow();
  set({ closes: '2026-03-01T00:00:00Z' });
  set({ closes: '2026-04-01T00:00:00Z', appealsUntil: '2026-05-01T00:00:00Z' });
  expect(datesOf(log.tables, 's1')).toMatchObject({ closes: '2026-04-01T00:00:00Z', opens: null });
  // A date that was kept may have passed meanwhile.
  log.time = '2026-04-02T00:00:00.000Z';
  set({ closes: '2026-04-01T00:00:00Z', appealsUntil: '2026-06-01T00:00:00Z' });
});

test('a stage is announced with a title, and opened under its own', () => {
  refuses(() => set({ stage: 's2', opens: '2026-06-01T00:00:00Z' }), 'dates-untitled');
  set({ stage: 's2', opens: '2026-06-01T00:00:00Z', title: { en: 'Two' } });
  expect(log.tables.get('stageDates', 's2')!.title).toEqual({ en: 'Two' });
  refuses(() => set({ title: { en: 'Other' } }), 'dates-titled');
});

test('appeals end at the announced moment, and the decision is not final before it', () => {
  set({ appealsUntil: '2026-02-01T00:00:00Z' });
  decide();
  refuses(() => log.add('decision-final', { stage: 's1' }), 'appeals-run');
  // The office cannot take back what it announced.
  refuses(() => set({}), 'dates-shorter');
  refuses(() => set({ appealsUntil: '2026-01-20T00:00:00Z' }), 'dates-shorter');
  log.time = '2026-02-01T00:00:00.000Z';
  appeal('a1');
  log.add('appeal-answered', { appeal: 'a1', outcome: 'rejected', answer: 'counted' });
  log.time = '2026-02-01T00:00:00.001Z';
  refuses(() => appeal('a2'), 'appeal-late');
  set({ appealsUntil: '2026-02-05T00:00:00Z' });
  appeal('a2');
  log.add('appeal-answered', { appeal: 'a2', outcome: 'rejected', answer: 'counted' });
  log.time = '2026-02-05T00:00:00.001Z';
  log.add('decision-final', { stage: 's1' });
  refuses(() => set({ appealsUntil: '2026-03-01T00:00:00Z' }), 'decision-final');
});

test('without dates nothing is bound', () => {
  decide();
  appeal('a1');
  log.add('appeal-answered', { appeal: 'a1', outcome: 'rejected', answer: 'counted' });
  log.add('decision-final', { stage: 's1' });
});
