// Segments and draws against a second implementation of docs/proof.md.

import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { chanceOfDetection } from './chance.ts';
import { chooseSegments, draw, lastCount, type Ranking, randomCount, segmentsOf } from './segments.ts';

/** The draw with BigInt and hex texts, as docs/proof.md defines it. */
function drawnByThePage(candidates: number[], count: number, challenge: string, seal: string): number[] {
  let left = candidates;
  return Array.from({ length: Math.min(count, candidates.length) }, (_, i) => {
    const input = Buffer.from(challenge + seal + i.toString(16).padStart(8, '0'), 'hex');
    const eight = BigInt(`0x${createHash('sha256').update(input).digest('hex').slice(0, 16)}`);
    const taken = left[Number(eight % BigInt(left.length))]!;
    left = left.filter((c) => c !== taken);
    return taken;
  });
}

test('draws follow docs/proof.md', () => {
  for (let n = 0; n < 60; n += 7) {
    const [challenge, seal] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    const candidates = Array.from({ length: n }, (_, i) => 3 * i + 1);
    const drawn = draw(candidates, 9, challenge, seal);
    expect(drawn).toEqual(drawnByThePage(candidates, 9, challenge, seal));
    expect(new Set(drawn).size).toBe(Math.min(9, n));
  }
});

// Computed with Python: hashlib.sha256(bytes.fromhex(...)), int.from_bytes(..., 'big').
test('a draw that another program computed', () => {
  expect(draw([2, 3, 5, 7, 11, 13, 17, 19], 4, '11'.repeat(32), '22'.repeat(32))).toEqual([7, 11, 17, 19]);
});

test('all candidates are equally likely', () => {
  const seen = new Array(10).fill(0);
  for (let i = 0; i < 4000; i++) {
    for (const one of draw([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, i.toString(16).padStart(64, '0'), '00'.repeat(32)))
      seen[one]++;
  }
  // 1,200 each with deviation 29: the limit is six deviations.
  for (const times of seen) expect(Math.abs(times - 1200)).toBeLessThan(175);
});

test('a segment goes from one kept state to the next', () => {
  expect(segmentsOf([3, 6, 7])).toEqual([
    { index: 0, from: 0, to: 3 },
    { index: 1, from: 3, to: 6 },
    { index: 2, from: 6, to: 7 },
  ]);
  expect(segmentsOf([])).toEqual([]);
});

test('the last: the fewest final segments that contain 2% of the steps and one full interval', () => {
  const every = (interval: number, steps: number) =>
    segmentsOf([...Array.from({ length: Math.ceil(steps / interval) - 1 }, (_, i) => (i + 1) * interval), steps]);
  expect(lastCount([])).toBe(0);
  expect(lastCount(every(5, 5))).toBe(1);
  expect(lastCount(every(12, 380))).toBe(2); // 8 steps, then 12
  expect(lastCount(every(10, 30))).toBe(1);
  expect(lastCount(every(10, 31))).toBe(2); // a last segment of one step hides nothing
  expect(lastCount(every(50, 10_000))).toBe(4); // 2% are 200 steps
  expect(lastCount(every(50, 10_001))).toBe(5); // 201 held: 2% of 10,001 are 200.02
  for (let steps = 1; steps < 400; steps += 7) {
    for (const interval of [1, 3, 40]) {
      const segments = every(interval, steps);
      const n = lastCount(segments);
      const longest = Math.max(...segments.map(({ from, to }) => to - from));
      const held = (count: number) => steps - segments[segments.length - count]!.from;
      const enough = (count: number) => held(count) >= longest && 50 * held(count) >= steps;
      expect(enough(n)).toBe(true);
      expect(n === 1 || !enough(n - 1)).toBe(true);
    }
  }
});

test('number of random segments: one in twenty, at least two', () => {
  expect([0, 1, 3, 32, 40, 41, 200, 1000].map((n) => randomCount(n, Math.max(0, n - 2)))).toEqual([
    0, 0, 1, 2, 2, 3, 10, 50,
  ]);
  // A single forged segment is drawn with a chance above 5%, for any n.
  for (let n = 4; n < 3000; n++) expect(chanceOfDetection(n - 2, 1, randomCount(n, n - 2))).toBeGreaterThan(0.05);
});

const made = (count: number) => segmentsOf(Array.from({ length: count }, (_, i) => i + 1));
const [challenge, seal] = ['ab'.repeat(32), 'cd'.repeat(32)];
const none: Ranking[] = [];

test('the first and the last, random ones, then the strangest of the rest; with `all`, every segment', () => {
  const segments = made(40);
  const rankings: Ranking[] = [
    { name: 'speed', values: segments.map((s) => (s.index === 0 ? 99 : s.index === 17 ? 8 : s.index % 5)) },
    { name: 'heading', values: segments.map((s) => (s.index === 17 ? 9 : s.index === 23 ? 7 : 0)) },
    { name: 'probe', values: segments.map((s) => (s.index === 39 ? 99 : 0)) },
  ];
  const choice = chooseSegments(segments, rankings, undefined, { challenge, seal });
  const by = (why: string) => choice.chosen.filter((c) => c.why === why).map((c) => c.segment.index);
  const rest = segments.map((s) => s.index).slice(1, -1);
  const drawn = drawnByThePage(rest, 2, challenge, seal).sort((a, b) => a - b);
  expect(choice).toMatchObject({ candidates: 38, drawn });
  expect([by('first'), by('last'), by('random')]).toEqual([[0], [39], drawn]);
  expect([by('speed'), by('heading')]).toEqual([[17], [23]]);
  // No remaining segment is strange: the earliest one.
  expect(by('probe')).toEqual([rest.find((i) => ![...drawn, 17, 23].includes(i))]);

  expect(chooseSegments(segments, none, 5, { challenge, seal }).drawn).toHaveLength(5);
  expect(chooseSegments(segments, none, 1000, { challenge, seal }).chosen).toHaveLength(40);
  const all = chooseSegments(segments, rankings, 'all', { challenge, seal });
  expect(all.chosen.map((c) => c.segment.index)).toEqual(segments.map((s) => s.index));
  // Without a seal no draw is possible: it must follow the seal.
  expect(chooseSegments(segments, none, undefined, { challenge, seal: undefined })).toMatchObject({ drawn: [] });
});

test('no ranking changes what is drawn', () => {
  const segments = made(80);
  const honest = chooseSegments(segments, none, undefined, { challenge, seal }).drawn;
  for (let loud = 0; loud < 80; loud++) {
    const values = segments.map(({ index }) => (index === loud ? 1e9 : 0));
    const rankings: Ranking[] = (['speed', 'heading', 'probe'] as const).map((name) => ({ name, values }));
    expect(chooseSegments(segments, rankings, undefined, { challenge, seal }).drawn).toEqual(honest);
  }
});

test('from a hundred segments up each ranking names two', () => {
  for (const [count, each] of [
    [99, 1],
    [100, 2],
  ] as const) {
    const segments = made(count);
    const rankings: Ranking[] = [{ name: 'speed', values: segments.map(({ index }) => index) }];
    const { chosen } = chooseSegments(segments, rankings, undefined, { challenge, seal });
    expect(chosen.filter(({ why }) => why === 'speed')).toHaveLength(each);
  }
});

test('an unmeasured segment is not strange; of equal ones the earlier is chosen', () => {
  const segments = made(5);
  const of = (values: number[]) =>
    chooseSegments(segments, [{ name: 'speed', values }], 0, { challenge, seal }).chosen.find((c) => c.why === 'speed')
      ?.segment.index;
  expect(of([Number.NaN, Number.NaN, 0, Number.NaN, Number.NaN])).toBe(2);
  expect(of([5, 1, 1, 1, 9])).toBe(1);
});

test('a requested part is trained again without other segments', () => {
  const choice = chooseSegments(made(40), none, { from: 4, to: 6 }, { challenge, seal });
  expect(choice.chosen.map(({ segment, why }) => [segment.index, why])).toEqual([
    [4, 'asked'],
    [5, 'asked'],
    [6, 'asked'],
  ]);
  expect(choice.drawn).toEqual([]);
});
