// Forgers who plant weights that only training the forged segment again reveals: with rank switched off they are found as often as the
// report says, and no forger who stays unseen with the chance of a stated room has planted more than the room. A few forged runs here,
// fifty with JIKJI_TORTURE; the additional effect of rank is printed.

import { describe, expect, test } from 'vitest';
import { Safetensors } from '../formats/index.ts';
import { chanceOfDetection } from './chance.ts';
import { maxForged, roomOf, UNSEEN } from './room.ts';
import { draw } from './segments.ts';
import { auditRun, checkOf, findingsOf, TestBench } from './testing/audit-run.ts';
import { normals, plant } from './testing/forger.ts';
import { checkpointOf } from './testing/run.ts';
import type { Audit } from './types.ts';

const RUNS = process.env.JIKJI_TORTURE ? 50 : 2;
const CHALLENGES = 400;

const bench = new TestBench();
const { signer } = bench;
/** Runs by AdamW and by Muon, of 40 segments of two steps. */
const runs: { optimizer: string; run: string; honest: Audit }[] = [];
for (const optimizer of ['adamw', 'muon']) {
  const run = await bench.make(signer, { train: { steps: 80, checkpointEvery: 2, optimizer } });
  runs.push({ optimizer, run, honest: await auditRun(run, { replay: 'all' }) });
}

/** 64 hex digits, different for each number. */
const challengeOf = (i: number): string => (i * 7919 + 12345).toString(16).padStart(64, '0');
const SEAL = '5e'.repeat(32);

/** The segments that differ when everything is trained again; all other checks must hold. */
async function forgedSegments(folder: string): Promise<{ forged: Set<number>; found: Audit }> {
  const found = await auditRun(folder, { replay: 'all' });
  expect(findingsOf(found).filter(({ name }) => name !== 'replay')).toEqual([]);
  const forged = found.replayed.filter(({ verdict }) => verdict === 'refuted').map(({ index }) => index);
  return { forged: new Set(forged), found };
}

/** Segments of a run of 40 in random order, neither the first nor the last. */
function someSegments(seed: number, count: number): number[] {
  const random = normals(seed);
  return Array.from({ length: 38 }, (_, i) => ({ index: i + 1, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ index }) => index);
}

describe.each(runs)('by $optimizer', ({ optimizer, run, honest }) => {
  test('a careful forger is found as often as the report says, with rank switched off', async () => {
    const { candidates, drawn } = honest.detection;
    expect({ segments: honest.detection.segments, candidates, drawn }).toEqual({
      segments: 40,
      candidates: 38,
      drawn: 2,
    });
    const others = Array.from({ length: 38 }, (_, i) => i + 1);
    let [seen, expected, variance, ranked] = [0, 0, 0, 0];
    let trials = 0;
    for (let i = 0; i < RUNS; i++) {
      const wanted = new Set(someSegments(i, 1 + (i % 6)));
      const copy = bench.copy(run);
      plant(copy, signer, { segments: wanted, seed: i, careful: true });
      const { forged, found } = await forgedSegments(copy);
      expect(forged).toEqual(wanted); // each of them is seen when it is trained again, and nothing else is
      if (found.replayed.some(({ index, why }) => forged.has(index) && ['speed', 'heading', 'probe'].includes(why)))
        ranked++;
      const chance = chanceOfDetection(candidates, forged.size, drawn);
      for (let c = 0; c < CHALLENGES; c++) {
        trials++;
        expected += chance;
        variance += chance * (1 - chance);
        if (draw(others, drawn, challengeOf(i * CHALLENGES + c), SEAL).some((index) => forged.has(index))) seen++;
      }
    }
    const error = Math.sqrt(variance);
    console.log(
      `careful forgers (${optimizer}): ${RUNS} runs, ${trials} challenges: found ${seen}, stated ${expected.toFixed(1)} (standard error ${error.toFixed(1)}); rank named one of theirs in ${ranked} runs`,
    );
    expect(Math.abs(seen - expected)).toBeLessThan(3 * error);
  });

  test('a careless forger: the effect of rank', async () => {
    let ranked = 0;
    let motion = 0;
    for (let i = 0; i < RUNS; i++) {
      const copy = bench.copy(run);
      plant(copy, signer, { segments: new Set(someSegments(100 + i, 1)), seed: i, careful: false });
      const found = await auditRun(copy, { replay: 0 });
      if (checkOf(found, 'motion').verdict === 'refuted') motion++;
      else if (found.verdict === 'refuted') ranked++;
    }
    console.log(
      `careless forgers (${optimizer}): ${RUNS} runs: rank found ${ranked}, motion ${motion}, without any draw`,
    );
    expect(ranked + motion).toBeGreaterThan(0);
  });

  test('movements are those of the files', async () => {
    const [before, after] = [20, 22].map((step) =>
      Safetensors.open(`${checkpointOf(run, step)}/state.safetensors`),
    ) as [Safetensors, Safetensors];
    let squares = 0;
    for (const [name, { byteLength }] of before.tensors) {
      if (/^(adamw|muon)\./.test(name)) continue;
      const [a, b] = [before, after].map((file) => {
        const data = new Uint8Array(byteLength);
        file.read(name, data);
        return new Float32Array(data.buffer);
      }) as [Float32Array, Float32Array];
      for (let i = 0; i < a.length; i++) squares += (b[i]! - a[i]!) ** 2;
    }
    before.close();
    after.close();
    const all = honest.movements.find(({ group }) => group === 'all')!;
    expect(all.segments[10]! / Math.sqrt(squares)).toBeCloseTo(1, 9);
  });
});

test('no forger who stays unseen with the chance of a stated room has planted more', async () => {
  const { run, honest } = runs[0]!; // room knows no optimizer
  const { candidates, drawn } = honest.detection;
  const movement = honest.movements[0]!;
  expect(movement.group).toBe('all');
  const others = Array.from({ length: 38 }, (_, i) => i + 1);
  const largest = [...others].sort((a, b) => movement.segments[b]! - movement.segments[a]!);
  for (const unseen of UNSEEN) {
    const most = maxForged([{ candidates, drawn }], candidates, unseen);
    const unseenWith = (count: number, onUnseen: (taken: number[]) => void = () => {}): number => {
      const forged = new Set(largest.slice(0, count));
      let times = 0;
      for (let c = 0; c < CHALLENGES; c++) {
        const taken = draw(others, drawn, challengeOf(c), SEAL);
        if (taken.some((index) => forged.has(index))) continue;
        times++;
        onUnseen(taken);
      }
      return times / CHALLENGES;
    };
    const error = Math.sqrt((unseen * (1 - unseen)) / CHALLENGES);
    if (most < candidates) expect(unseenWith(most + 1)).toBeLessThan(unseen + 3 * error);

    const forged = new Set(largest.slice(0, most));
    const copy = bench.copy(run);
    plant(copy, signer, { segments: forged, seed: most, careful: true });
    // He uses the whole room: all movement of his segments is planted.
    const { movements } = await auditRun(copy, { replay: 0 });
    const found = unseenWith(most, (taken) => {
      const open = others.filter((index) => !taken.includes(index));
      const room = roomOf(movements, open, [{ candidates, drawn }])!.find((one) => one.unseen === unseen)!;
      for (const { group, segments } of movements) {
        const planted = [...forged].reduce((sum, index) => sum + segments[index]!, 0);
        const way = segments.reduce((sum, one) => sum + one, 0);
        const { ofWay } = room.groups.find((one) => one.group === group)!;
        expect(planted / way).toBeLessThanOrEqual(ofWay * (1 + 1e-12));
      }
    });
    expect(found).toBeGreaterThan(unseen - 3 * error);
  }
});
