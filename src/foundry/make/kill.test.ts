// A run that is killed at any moment, or stopped by Ctrl-C, goes on to the same bits and leaves nothing behind.
// With JIKJI_TORTURE set many more kills. The moments come from a seed, JIKJI_TEST_SEED or a new one, that a failure prints.

import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointSteps } from '../train/index.ts';
import { bitsOf, contents, type Ended, jikji, stageOf, writeTexts } from './cli.testing.ts';
import { randomNumbers, wholeBelow } from './numbers.testing.ts';

const TORTURE = Boolean(process.env.JIKJI_TORTURE);
const KILLS = TORTURE ? 20 : 3;
const FILE_KILLS = TORTURE ? 60 : 3;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? randomInt(2 ** 31));
const PRELOAD = new URL('./kill.testing.ts', import.meta.url).href;
const RECIPE = `
name: torture
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 700 }
model: { hiddenSize: 32, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 40, batchSize: 4, sequenceLength: 32, microBatchSize: 2, checkpointEvery: 3, keepEvery: 2, validateEvery: 10, validationTokens: 500 }
`;

let folder: string;
let straight: Record<string, unknown>;
let milliseconds: number;
/** The changes to files of a run that nothing ends, as numbers from 1, by what they belong to. */
let changes: Map<string, number[]>;
let allChanges: number;

/** Begins the run `out`, or goes on with it. */
const make = (out: string, options: Partial<Parameters<typeof jikji>[1]> = {}): Promise<Ended> =>
  jikji(['make', 'recipe.yaml', '--resume', '--json', '--threads', '2', '--out', out], { cwd: folder, ...options });

const withKill = (signal: NodeJS.Signals, n: number) => ({
  env: { NODE_OPTIONS: `--import ${PRELOAD}`, JIKJI_TEST_KILL: `${signal}:${Math.floor(n)}` },
});

const bits = (out: string) => bitsOf(join(folder, out));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-kill-'));
  writeTexts(join(folder, 'texts'), 80, 60);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
  const counted = await make('counted', withKill('SIGKILL', 0));
  const paths: string[] = JSON.parse(/changes (.+)/.exec(counted.stderr)![1]!);
  allChanges = paths.length;
  changes = Map.groupBy(
    Array.from(paths.keys(), (i) => i + 1),
    (n) => {
      const place = relative('counted', paths[n - 1]!);
      if (/\.bin|tokens\.json/.test(place)) return 'tokens';
      return /^(corpus|tokenizer|checkpoints|model)\b/.exec(place)?.[0] ?? 'the rest';
    },
  );
  const started = performance.now();
  expect(await make('straight')).toMatchObject({ code: 0 });
  milliseconds = performance.now() - started;
  straight = bits('straight');
  expect(bits('counted')).toEqual(straight);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Kills sessions of one run, and of the next ones if it comes to its end before; then all must be as if nothing had been. */
async function torture(kills: number, session: (out: string) => Promise<Ended>): Promise<void> {
  const stages = new Map<string, number>();
  const story = [`seed ${SEED}`];
  let run = 0;
  try {
    for (let killed = 0; ; ) {
      const out = `${run}`;
      const ended = killed < kills ? await session(out) : await make(out);
      if (ended.signal === 'SIGKILL') {
        const stage = stageOf(join(folder, out));
        stages.set(stage, (stages.get(stage) ?? 0) + 1);
        story.push(`run ${out}: killed, ${stage}`);
        killed++;
        continue;
      }
      story.push(`run ${out}: ended, ${ended.stdout}${ended.stderr}`);
      expect(ended.code).toBe(0);
      expect(bits(out)).toEqual(straight);
      rmSync(join(folder, out), { recursive: true });
      if (killed < kills) run++;
      else break;
    }
  } catch (error) {
    throw new Error(story.join('\n'), { cause: error });
  }
  if (TORTURE) console.log(`seed ${SEED}:`, Object.fromEntries(stages));
}

test(`killed by a clock, ${KILLS} times`, { timeout: 600_000 }, async () => {
  const random = randomNumbers(SEED);
  const stages = [
    'reading the texts',
    'training the tokenizer',
    'turning text',
    'training the model',
    'writing the model',
  ];
  await torture(KILLS, (out) => {
    // Every other time at any moment of a whole run; else soon after a line of progress, so that short stages have their turn.
    const anyTime = random() < 0.5;
    const line = stages[wholeBelow(random, stages.length)]!;
    const delay = random() * (anyTime ? milliseconds : 80);
    let timer: NodeJS.Timeout | undefined;
    const kill = (child: ChildProcess) => {
      timer ??= setTimeout(() => child.kill('SIGKILL'), delay);
    };
    return make(out, {
      onStart: (child) => anyTime && kill(child),
      onStderr: (piece, child) => piece.includes(line) && kill(child),
    }).finally(() => clearTimeout(timer));
  });
});

test(`killed in the middle of a change to a file, ${FILE_KILLS} times`, { timeout: 600_000 }, async () => {
  const random = randomNumbers(SEED + 1);
  const kinds = [...changes.keys()];
  expect(kinds.sort()).toEqual(['checkpoints', 'corpus', 'model', 'the rest', 'tokenizer', 'tokens']);
  let turn = wholeBelow(random, kinds.length);
  await torture(FILE_KILLS, (out) => {
    // A new run is killed at each kind of change in turn; one that goes on, at any of its next thirty.
    const places = changes.get(kinds[turn++ % kinds.length]!)!;
    const fresh = !existsSync(join(folder, out));
    return make(
      out,
      withKill('SIGKILL', fresh ? places[wholeBelow(random, places.length)]! : 1 + wholeBelow(random, 30)),
    );
  });
});

test('Ctrl-C: exit code 130, what is done is saved, --resume goes on to the same bits', {
  timeout: 600_000,
}, async () => {
  const random = randomNumbers(SEED + 2);
  const moments = TORTURE ? Array.from({ length: KILLS }, random) : [0.3 + random() * 0.5];
  for (const moment of [0.03, ...moments]) {
    const story = `seed ${SEED}, moment ${moment}`;
    const ended = await make('stopped', withKill('SIGINT', 1 + moment * allChanges));
    const run = join(folder, 'stopped');
    if (ended.code === 130) {
      const [, step] =
        /error: stopped after step (\d+) of 40 \(stopped\)\n {2}go on with --resume/.exec(ended.stderr) ?? [];
      if (step === undefined)
        expect(ended.stderr, story).toContain('error: stopped before training began (stopped)\n  go on with --resume');
      if (Number(step) > 0) expect(checkpointSteps(join(run, 'checkpoints')).at(-1), story).toBe(Number(step));
      expect(JSON.parse(ended.stdout).error, story).toMatchObject({ code: 'interrupted' });
      expect(
        Object.keys(contents(run)).filter((name) => /lock|tmp/.test(name)),
        story,
      ).toEqual([]);
      expect(await make('stopped'), story).toMatchObject({ code: 0 });
    } else expect({ moment: moment > 0.9, code: ended.code }, story).toEqual({ moment: true, code: 0 }); // training was over
    expect(bits('stopped'), story).toEqual(straight);
    rmSync(run, { recursive: true });
  }
});
