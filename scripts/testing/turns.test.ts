// Which test files take turns: every rare one in a third of them, every other long one in a quarter, about equally long; the same commit, the
// same turn; with changed rooms in each.

import { expect, test } from 'vitest';
import { secondsOfFiles } from '../test-times.ts';
import { partsOf, turnOf } from './turns.ts';

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

const TURNS = Array.from({ length: 12 }, (_, i) => String(i + 1));

test('what is rare is in a third of the turns, what else is long in a quarter; what is quick, and what all else rests on, in none', () => {
  expect(partsOf(SECONDS)).toEqual({
    rare: [['src/form.hostile.test.ts'], ['src/kill.test.ts'], []],
    long: [['src/a.test.ts'], ['src/b.test.ts'], ['src/c.test.ts'], []],
  });
  const turnsWith = (file: string) => TURNS.filter((asked) => turnOf(asked, SECONDS, [])!.run.includes(file));
  expect(turnsWith('src/kill.test.ts')).toEqual(['2', '5', '8', '11']);
  expect(turnsWith('src/b.test.ts')).toEqual(['2', '6', '10']);
  expect(turnsWith('src/quick.test.ts')).toEqual([]);
});

test('each turn leaves what the others run, and all leaves nothing', () => {
  const all = Object.values(partsOf(SECONDS)).flat(2).sort();
  for (const asked of TURNS) {
    const { turn, run, left } = turnOf(asked, SECONDS, [])!;
    expect(turn).toBe(Number(asked));
    expect([...run, ...left].sort()).toEqual(all);
  }
  expect(turnOf('all', SECONDS)).toBeUndefined();
  expect(turnOf(undefined, SECONDS)).toEqual(turnOf(undefined, SECONDS));
  for (const asked of ['0', '13', '1.5', '', 'none']) expect(() => turnOf(asked, SECONDS)).toThrow('JIKJI_TEST_TURN');
});

test('what lies beside something that is not committed is run in every turn', () => {
  for (const asked of TURNS) {
    expect(turnOf(asked, SECONDS, ['src'])!.left).toEqual([]);
    expect(turnOf(asked, SECONDS, ['src/foundry', 'src/a'])).toEqual(turnOf(asked, SECONDS, []));
  }
});

test('by the table, the turns are as long as each other to a tenth', () => {
  const seconds = secondsOfFiles();
  const times = TURNS.map((asked) =>
    turnOf(asked, seconds, [])!.run.reduce((sum, file) => sum + seconds.get(file)!, 0),
  );
  expect(Math.max(...times) / Math.min(...times)).toBeLessThan(1.1);
});
