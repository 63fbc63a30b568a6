// Runs of which both verifiers train a part again and rank the rest: of all optimizers and kinds of data, of a hundred segments, and with
// movement planted in one.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { headingRank, probeRank, speedRank } from '../../src/audit/motion/index.ts';
import { plant } from '../../src/audit/testing/forger.ts';
import type { Bench, RecipeChanges } from '../../src/audit/testing/run.ts';
import { randomNumbers } from '../../src/base/testing/random-numbers.ts';
import type { Signer } from '../../src/ledger/index.ts';
import { PYTHON } from '../forks.ts';
import { type CaseOptions, CHALLENGES } from './both.ts';
import { foreignRecipe } from './foreign.ts';
import { HONEST_PAIRS, pairsRecipe } from './pairs.ts';
import { talkRecipe } from './talks.ts';

/** What is trained again. */
export const PARTS: readonly CaseOptions[] = [
  ...CHALLENGES.map((challenge) => ({ challenge })),
  { challenge: CHALLENGES[1], replay: 4 },
  { segments: { from: 3, to: 5 } },
];

export interface Ranked {
  name: string;
  recipe: RecipeChanges | ((bench: Bench, signer: Signer) => Promise<RecipeChanges>);
  /** Changes the run. */
  forge?: (run: string, signer: Signer) => void;
  /** The ranking that must find the segment with this index. */
  finds?: { index: number; why: string };
}

/** The figure is the maker's word: to compute it costs more than all else. */
const SMALL = { batchSize: 2, microBatchSize: 2, sequenceLength: 12, validationTokens: 10_000 };
const LONG = { ...SMALL, steps: 30 };
const PLANTED = 9;

export const RANKED: readonly Ranked[] = [
  { name: 'ranks, Muon', recipe: { train: { ...LONG, optimizer: 'muon' } } },
  { name: 'ranks, Qwen2', recipe: { model: { architecture: 'qwen2' }, train: LONG } },
  {
    name: 'ranks, conversations and texts',
    recipe: { ...talkRecipe, train: { ...talkRecipe.train, steps: 24, validationTokens: 10_000 } },
  },
  {
    name: 'ranks, pairs',
    recipe: async (bench, signer) => {
      const { train, ...recipe } = await pairsRecipe(bench, signer, HONEST_PAIRS['honest, pairs']);
      return { ...recipe, train: { ...train, steps: 12 } };
    },
  },
  {
    name: 'ranks, the tokenizer of another maker',
    recipe: { ...foreignRecipe, train: { ...foreignRecipe.train, steps: 16 } },
  },
  { name: 'ranks, five segments', recipe: { train: { ...SMALL, steps: 10 } } },
  {
    name: 'ranks, a state that is not there',
    recipe: { train: LONG },
    forge: (run) => rmSync(join(run, `checkpoints/step-${String(2 * PLANTED).padStart(6, '0')}`), { recursive: true }),
  },
  { name: 'ranks, 100 segments', recipe: { train: { ...SMALL, steps: 100, checkpointEvery: 1 } } },
  {
    name: 'ranks, weights planted to the end of the bound',
    recipe: { train: LONG },
    forge: (run, signer) => plant(run, signer, { segments: new Set([PLANTED]), seed: 1, careful: false }),
    finds: { index: PLANTED, why: 'speed' },
  },
  {
    name: 'ranks, weights planted with honest speed and heading',
    recipe: { train: LONG },
    forge: (run, signer) => plant(run, signer, { segments: new Set([PLANTED]), seed: 1, careful: true }),
  },
];

/** Speeds and headings by tensor, and changes of the loss by text, each by segment; null for what is not finite. */
interface Numbers {
  speeds: (number | null)[][];
  headings: (number | null)[][];
  changes: (number | null)[][];
}
type Values = Record<'speed' | 'heading' | 'probe', number[]>;

/** Made-up numbers of runs of all lengths: steady, noisy, with outliers and with gaps. */
function madeUpNumbers(count: number): Numbers[] {
  const random = randomNumbers(1377);
  return Array.from({ length: count }, (_, run) => {
    const length = 1 + (run % 40);
    const [noise, outliers, gaps] = [10 ** -(run % 4), run % 3 === 0 ? 0.1 : 0, run % 5 === 0 ? 0.15 : 0];
    const list = (from: number, slope: number) =>
      Array.from({ length }, (_, i) => {
        if (random() < gaps) return null;
        const value = from * (1 + (slope * i) / length) * (1 + noise * (random() - 0.5));
        return random() < outliers ? value * 4 * random() : value;
      });
    const lists = (from: number) => Array.from({ length: 1 + (run % 3) }, () => list(from, random()));
    return { speeds: lists(0.3), headings: lists(-0.2), changes: lists(-0.05) };
  });
}

/** How strange the segments are here. */
function rankedNumbers({ speeds, headings, changes }: Numbers): Values {
  const real = (lists: (number | null)[][]) => lists.map((list) => list.map((x) => x ?? Number.NaN));
  const [moved, turned] = [real(speeds), real(headings)];
  const segments = moved[0]!.map((_, i) => ({
    segment: { from: i, to: i + 1 },
    movement: new Map(moved.map((list, tensor) => [`${tensor}`, list[i]!])),
    heading: new Map(turned.map((list, tensor) => [`${tensor}`, list[i]!])),
    learningRates: 1,
  }));
  return { speed: speedRank(segments), heading: headingRank(segments), probe: probeRank(real(changes)) };
}

export const MADE_UP = 'ranks, made-up numbers';

/** Where both verifiers rank made-up numbers otherwise: the rules of ranks alone, without a run. And how many runs that were. */
export function differingNumbers(): [string[], string] {
  const numbers = madeUpNumbers(300);
  const script = join(import.meta.dirname, 'rank.py');
  const input = JSON.stringify(numbers);
  const found: Values[] = JSON.parse(execFileSync(PYTHON, [script], { input, encoding: 'utf8', maxBuffer: 1 << 28 }));
  const differ = numbers.flatMap((one, run) => {
    const [here, there] = [rankedNumbers(one), found[run]!];
    return (['speed', 'heading', 'probe'] as const).flatMap((rank) => {
      const isSame = (value: number, i: number) => Math.abs(value - there[rank][i]!) <= 1e-9 * (1 + value);
      return here[rank].length === there[rank].length && here[rank].every(isSame) ? [] : [`${rank} of run ${run}`];
    });
  });
  return [differ, `${numbers.length} runs of 1 to 40 segments`];
}
