// The curve of a submission's run, from the entry of its audit.

import { expect, test } from 'vitest';
import type { Programme } from '../programme/index.ts';
import { State } from '../state/index.ts';
import { everyEntry } from '../state/testing/every-entry.ts';
import { curveOf } from './curve.ts';

test('the curve of the audit; empty without a curve or an audit', async () => {
  const state = new State();
  const entries = everyEntry();
  for (const entry of entries) state.take(entry);
  const store = { page: async (from: number, count: number) => entries.slice(from - 1, from - 1 + count) };
  const programme = { tables: state.tables, store } as unknown as Programme;
  expect(await curveOf(programme, 'a-1')).toEqual({
    ...{ step: [0, 5, 10], loss: [9.25, 1 / 3, null], gradNorm: [null, 5e-324, 2] },
    learningRate: [0, 1e-3, Math.fround(1e-3)],
  });
  const none = { step: [], loss: [], gradNorm: [], learningRate: [] };
  for (const submission of ['b-1', 'b-2', 'unknown']) expect(await curveOf(programme, submission)).toEqual(none);
  // What an entry leaves out at the end of a list is null.
  const { data } = entries.find(({ kind }) => kind === 'submission-audited')!;
  (data as { curve: { loss: number[] } }).curve.loss = [9.25];
  expect((await curveOf(programme, 'a-1')).loss).toEqual([9.25, null, null]);
});
