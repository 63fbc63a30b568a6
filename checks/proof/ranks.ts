// Runs of which both verifiers train a part again and rank the rest: of all optimizers and kinds of data, of a hundred segments, and with
// movement planted in one.

import type { AuditOptions } from '../../src/audit/index.ts';
import { plant } from '../../src/audit/testing/forger.ts';
import type { RecipeChanges } from '../../src/audit/testing/run.ts';
import type { Signer } from '../../src/ledger/index.ts';
import { talkRecipe } from './talks.ts';

/** Fixed challenges: both verifiers get the same. */
export const CHALLENGES = ['5a', '77', 'c3'].map((byte) => byte.repeat(32));

/** What is trained again: the options of the audit, and those of the verifier in Python. */
export type Asked = [Partial<AuditOptions>, string[]];
export const withChallenge = (challenge: string): Asked => [{ challenge }, ['--challenge', challenge]];
export const PARTS: readonly Asked[] = [
  ...CHALLENGES.map(withChallenge),
  [{ challenge: CHALLENGES[1], replay: 4 }, ['--challenge', CHALLENGES[1]!, '--replay', '4']],
  [{ segments: { from: 3, to: 5 } }, ['--segments', '3-5']],
];

export interface Ranked {
  name: string;
  recipe: RecipeChanges;
  /** Changes a copy of the run. */
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
