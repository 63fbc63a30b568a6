// Segments and draws against the page's words, written out a second time.

import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { chooseSegments, draw, randomCount, segmentsOf, strangeCount } from './segments.ts';

/** The draw with whole numbers of any size and hex texts, as docs/proof.md reads. */
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

test('draws are those of the page', () => {
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

test('every candidate is as likely as another', () => {
  const seen = new Array(10).fill(0);
  for (let i = 0; i < 4000; i++) {
    for (const one of draw([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, i.toString(16).padStart(64, '0'), '00'.repeat(32)))
      seen[one]++;
  }
  // 1,200 each, deviation 29: six of them.
  for (const times of seen) expect(Math.abs(times - 1200)).toBeLessThan(175);
});

test('from one kept state to the next', () => {
  expect(segmentsOf([3, 6, 7])).toEqual([
    { index: 0, from: 0, to: 3 },
    { index: 1, from: 3, to: 6 },
    { index: 2, from: 6, to: 7 },
  ]);
  expect(segmentsOf([])).toEqual([]);
});

test('how many are strange and how many random', () => {
  expect([0, 1, 2, 3, 49, 50].map(strangeCount)).toEqual([0, 0, 1, 1, 1, 3]);
  // n, n' = n - 1 - s, k = max(1, floor(n / 10) - 1 - s) and at most n'.
  expect([0, 1, 2, 3, 20, 30, 40, 49, 50, 60, 100, 1000].map(randomCount)).toEqual([
    0, 0, 0, 1, 1, 1, 2, 2, 1, 2, 6, 96,
  ]);
});

test('the first, the strangest, random ones, and with `all` the rest', () => {
  const segments = segmentsOf(Array.from({ length: 40 }, (_, i) => i + 1));
  const strange = segments.map((s) => (s.index === 0 ? 99 : s.index === 17 ? 8 : s.index % 5));
  const [challenge, seal] = ['ab'.repeat(32), 'cd'.repeat(32)];
  const choice = chooseSegments(segments, strange, undefined, challenge, seal);
  expect(choice).toMatchObject({ candidates: 38, drawn: 2 });
  const by = (why: string) => choice.chosen.filter((c) => c.why === why).map((c) => c.segment.index);
  expect(by('first')).toEqual([0]);
  expect(by('strange')).toEqual([17]);
  const rest = segments.map((s) => s.index).filter((i) => i !== 0 && i !== 17);
  expect(by('random')).toEqual(drawnByThePage(rest, 2, challenge, seal).sort((a, b) => a - b));

  expect(chooseSegments(segments, strange, 5, challenge, seal)).toMatchObject({ drawn: 5 });
  expect(chooseSegments(segments, strange, 1000, challenge, seal).chosen).toHaveLength(40);
  const all = chooseSegments(segments, strange, 'all', challenge, seal);
  expect(all.chosen.map((c) => c.segment.index)).toEqual(segments.map((s) => s.index));
  expect(all).toMatchObject({ candidates: 38, drawn: 38 });
  // Without a seal there is nothing that a draw could follow.
  expect(chooseSegments(segments, strange, undefined, challenge, undefined)).toMatchObject({ drawn: 0 });
});

test('what could not be measured is not strange; of equals the earlier one', () => {
  const segments = segmentsOf([1, 2, 3, 4]);
  const of = (strange: number[]) =>
    chooseSegments(segments, strange, 1, 'ab'.repeat(32), 'cd'.repeat(32)).chosen.find((c) => c.why === 'strange')
      ?.segment.index;
  expect(of([Number.NaN, Number.NaN, 0, Number.NaN])).toBe(2);
  expect(of([5, 1, 1, 1])).toBe(1);
  expect(of([0, 0, 0, Number.POSITIVE_INFINITY])).toBe(3);
});
