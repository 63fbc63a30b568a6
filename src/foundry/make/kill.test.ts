// A run that is killed at any moment, or stopped by Ctrl-C, resumes to the same bits and leaves no temporary files. With JIKJI_TORTURE many
// more kills. The moments follow from a seed, JIKJI_TEST_SEED or a new one, which a failure prints.

import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { checkpointSteps } from '../../run-folder/index.ts';
import { bitsOf, contents, jikji, type ProcessEnd, stageOf, writeTexts } from './testing/cli.ts';

const TORTURE = Boolean(process.env.JIKJI_TORTURE);
const KILLS = TORTURE ? 20 : 2;
/** Kinds of files by the pattern of their paths, in the order in which a run writes them. */
const KINDS = {
  recipe: /\/recipe\.yaml/,
  lock: /\/lock/,
  corpus: /\/corpus(?!.*(\.bin|tokens\.json))/,
  tokenizer: /\/tokenizer\//,
  tokens: /\.bin|tokens\.json/,
  genesis: /\/genesis/,
  transcript: /\/transcript/,
  checkpoints: /\/checkpoints/,
  validation: /\/validation\.jsonl/,
  model: /\/model/,
  result: /\/(seal|result)\./,
};
const FILE_KILLS = TORTURE ? 88 : 11;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? randomInt(2 ** 31));
const PRELOAD = new URL('./testing/kill.ts', import.meta.url).href;
const RECIPE = `
name: torture
seed: 1377
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 700 }
model: { hiddenSize: 32, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 28, batchSize: 4, sequenceLength: 32, microBatchSize: 2, checkpointEvery: 7, keepEvery: 2, validateEvery: 7, validationTokens: 500 }
`;

const folder = temporaryFolder();
let straight: Record<string, unknown>;
let milliseconds: number;
/** Number of changes to files of each kind in a run without a kill. */
let changes: Map<string, number>;

/** Begins or resumes the run `out` of a recipe. */
const makeOf = (recipe: string, out: string, options: Partial<Parameters<typeof jikji>[1]> = {}, threads = 1) =>
  jikji(['make', recipe, '--resume', '--json', '--threads', `${threads}`, '--out', out], {
    cwd: folder,
    ...options,
  });

const make = (out: string, options: Partial<Parameters<typeof jikji>[1]> = {}, threads = 1) =>
  makeOf('recipe.yaml', out, options, threads);

/** Options for a session that receives a signal during its n-th change to files of a kind. */
const withKill = (signal: NodeJS.Signals, kind: RegExp, n: number) => ({
  env: { NODE_OPTIONS: `--import ${PRELOAD}`, JIKJI_TEST_KILL: JSON.stringify({ signal, kind: kind.source, n }) },
});

const bits = (out: string) => bitsOf(join(folder, out));

beforeAll(async () => {
  writeTexts(join(folder, 'texts'), 40, 40);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
  const counted = await make('counted', withKill('SIGKILL', /./, 0));
  const paths: string[] = JSON.parse(/changes (.+)/.exec(counted.stderr)![1]!);
  changes = new Map(
    Object.entries(KINDS).map(([name, kind]) => [name, paths.filter((path) => kind.test(path)).length]),
  );
  expect([...changes.values()].every((n) => n > 0)).toBe(true);
  const started = performance.now();
  expect(await make('straight', {}, 2)).toMatchObject({ code: 0 });
  milliseconds = performance.now() - started;
  straight = bits('straight');
  expect(bits('counted')).toEqual(straight);
});

/** Kills sessions of a run, and of further runs if it finishes earlier; each run must end with the bits of a run without kills. */
async function torture(kills: number, session: (out: string) => Promise<ProcessEnd>) {
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

test(`killed by a timer, ${KILLS} times`, { timeout: 600_000 }, async () => {
  const random = randomNumbers(SEED);
  let turn = 0;
  const stages = [
    'reading the texts',
    'training the tokenizer',
    'turning text',
    'training the model',
    'writing the model',
  ];
  await torture(KILLS, (out) => {
    // Half of the kills at any moment of a run, the others soon after a line of progress, so that short stages are hit too.
    const anyTime = turn++ % 2 === 0;
    const line = stages[wholeBelow(random, stages.length)];
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

test(`killed during a change to a file, ${FILE_KILLS} times`, { timeout: 900_000 }, async () => {
  const random = randomNumbers(SEED + 1);
  const kinds = Object.entries(KINDS);
  let turn = 0;
  await torture(FILE_KILLS, (out) => {
    // Each kind in turn, so that a run is killed in every stage; only the first half of its changes, because a resumed run has fewer.
    const [name, kind] = kinds[turn++ % kinds.length];
    return make(out, withKill('SIGKILL', kind, 1 + wholeBelow(random, changes.get(name)! / 2)));
  });
});

test('Ctrl-C: exit code 130, finished work is saved, --resume continues to the same bits', {
  timeout: 900_000,
}, async () => {
  const random = randomNumbers(SEED + 2);
  const run = join(folder, 'stopped');
  const randomChange = (name: keyof typeof KINDS): [keyof typeof KINDS, number] => [
    name,
    1 + wholeBelow(random, changes.get(name)! / 2),
  ];
  // One run is stopped again and again: before training, before its first checkpoint, and at a random step after that.
  const runs = [[randomChange('corpus'), ['transcript', 4] as const, randomChange('transcript')]];
  if (TORTURE) {
    for (let i = 0; i < 5; i++) {
      runs.push(
        ...(['corpus', 'tokenizer', 'tokens', 'transcript', 'checkpoints'] as const).map((kind) => [
          randomChange(kind),
        ]),
      );
    }
  }
  for (const moments of runs) {
    const story = `seed ${SEED}, ${moments.map(([name, n]) => `change ${n} of ${name}`).join(', ')}`;
    for (const moment of moments) await stopped(moment, story);
    expect(await make('stopped'), story).toMatchObject({ code: 0 });
    expect(bits('stopped'), story).toEqual(straight);
    rmSync(run, { recursive: true });
  }

  async function stopped([name, n]: readonly [keyof typeof KINDS, number], story: string): Promise<void> {
    const ended = await make('stopped', withKill('SIGINT', KINDS[name], n));
    expect(ended, story).toMatchObject({ code: 130, signal: null });
    expect(JSON.parse(ended.stdout).error, story).toMatchObject({ code: 'interrupted' });
    expect(ended.stderr, story).toMatch(/^Stopped .* \(stopped\)\n {2}go on with --resume\n/m);
    if (name === 'transcript' || name === 'checkpoints') {
      const step = Number(/Stopped after step (\d+) of 28/.exec(ended.stderr)?.[1]);
      expect(checkpointSteps(join(run, 'checkpoints')).at(-1) ?? 0, story).toBe(step);
    } else expect(ended.stderr, story).toMatch(/Stopped (before training began|after step 0 of 28)/);
    expect(
      Object.keys(contents(run)).filter((file) => /lock|tmp/.test(file)),
      story,
    ).toEqual([]);
  }
});

/** Recipes that go on from a run: with conversations from the one of texts, with pairs from that with conversations. */
const TUNED = [
  {
    name: 'conversations',
    from: 'straight',
    line: (i: number) => ({ instruction: `how much is ${i}?`, output: `it is ${i}` }),
    source: 'read: conversations',
    train: 'sequenceLength: 32',
  },
  {
    name: 'pairs',
    from: 'conversations-straight',
    line: (i: number) => ({ prompt: `how much is ${i}?`, chosen: `it is ${i}`, rejected: `no, ${i + 1}` }),
    source: 'read: preferences',
    train: 'sequenceLength: 64, dpoBeta: 0.3',
  },
];
/** Files of such a run, in the order in which it writes them. */
const TUNED_KINDS = [
  /\/start(?!.*references)/,
  /\.marks|tokens\.json/,
  /references/,
  KINDS.genesis,
  KINDS.transcript,
  KINDS.checkpoints,
  KINDS.model,
];

test.each(TUNED)(
  '$name: killed during a change to each kind of file',
  {
    timeout: 900_000,
  },
  async ({ name, from, line, source, train }) => {
    const random = randomNumbers(SEED + 3);
    writeFileSync(
      join(folder, `${name}.jsonl`),
      Array.from({ length: 200 }, (_, i) => JSON.stringify(line(i))).join('\n'),
    );
    const recipe = `${name}.yaml`;
    writeFileSync(
      join(folder, recipe),
      `from: { run: ${from} }
seed: 1377
corpus: { sources: [{ files: ${name}.jsonl, ${source}, language: en, licence: CC0-1.0 }], validation: 0.1 }
train: { steps: 21, batchSize: 4, microBatchSize: 2, checkpointEvery: 7, validateEvery: 7, validationTokens: 500, ${train} }
`,
    );
    const straight = `${name}-straight`;
    expect(await makeOf(recipe, straight, {}, 2)).toMatchObject({ code: 0 });
    const own = name === 'pairs' ? TUNED_KINDS : TUNED_KINDS.filter((kind) => !kind.test('/references'));
    // What a run writes after its tokens is the same for both.
    const kinds = name === 'pairs' || TORTURE ? own : own.slice(0, 2);
    for (let round = 0; round < (TORTURE ? 10 : 1); round++) {
      const out = `${name}-${round}`;
      const story = [`seed ${SEED}`];
      for (const kind of kinds) {
        const n = 1 + wholeBelow(random, kind === KINDS.transcript ? 8 : 2);
        const { signal, code, stderr } = await makeOf(recipe, out, withKill('SIGKILL', kind, n));
        story.push(`${kind.source}, change ${n}: ${signal ?? `ended, ${code}, ${stderr}`}`);
        expect(signal === 'SIGKILL' || code === 0, story.join('\n')).toBe(true);
      }
      expect(await makeOf(recipe, out), story.join('\n')).toMatchObject({ code: 0 });
      expect(bits(out), story.join('\n')).toEqual(bits(straight));
    }
  },
);
