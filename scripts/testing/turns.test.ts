// Which test files take turns: every long or rare one in exactly one turn, about equally long; the same commit, the same turn; with changed
// rooms in each.

import { expect, test } from 'vitest';
import { secondsOfFiles } from '../test-times.ts';
import { turnOf, turns } from './turns.ts';

const SECONDS = new Map([
  ['src/a.test.ts', 9],
  ['src/b.test.ts', 5],
  ['src/c.test.ts', 4],
  ['src/quick.test.ts', 0.1],
  ['src/kill.test.ts', 0.1],
  ['src/form.hostile.test.ts', 0.2],
  ['src/foundry/load/load.test.ts', 50],
  ['src/engine/conformance.test.ts', 100],
]);

test('what is long or rare is in one turn; what is quick, and what all else rests on, in none', () => {
  expect(turns(SECONDS)).toEqual([
    ['src/a.test.ts'],
    ['src/b.test.ts'],
    ['src/c.test.ts', 'src/form.hostile.test.ts', 'src/kill.test.ts'],
  ]);
});

test('each turn leaves what the others run, and all leaves nothing', () => {
  const all = turns(SECONDS).flat().sort();
  for (const asked of ['1', '2', '3']) {
    const { turn, run, left } = turnOf(asked, SECONDS, [])!;
    expect(turn).toBe(Number(asked));
    expect([...run, ...left].sort()).toEqual(all);
    expect(run.length).toBeGreaterThan(0);
  }
  expect(turnOf('all', SECONDS)).toBeUndefined();
  expect(turnOf(undefined, SECONDS)).toEqual(turnOf(undefined, SECONDS));
  for (const asked of ['0', '4', '1.5', '', 'none']) expect(() => turnOf(asked, SECONDS)).toThrow('JIKJI_TEST_TURN');
});

test('what lies beside something that is not committed is run in every turn', () => {
  for (const asked of ['1', '2', '3']) {
    expect(turnOf(asked, SECONDS, ['src'])!.left).toEqual([]);
    expect(turnOf(asked, SECONDS, ['src/foundry', 'src/a'])).toEqual(turnOf(asked, SECONDS, []));
  }
});

test('by the table, the turns are as long as each other to a tenth', () => {
  const seconds = secondsOfFiles();
  const times = turns(seconds).map((files) => files.reduce((sum, file) => sum + seconds.get(file)!, 0));
  expect(Math.max(...times) / Math.min(...times)).toBeLessThan(1.1);
});
