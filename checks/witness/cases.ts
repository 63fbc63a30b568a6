// What `checks/witness/run.ts` makes and audits, and what an audit must say of it here, in the environment that it was made in, and elsewhere.

import type { WitnessAudit } from '../../src/audit/index.ts';

export const RECIPE = {
  tokens: 'tokens.bin',
  tokenBytes: 2,
  vocabSize: 512,
  width: 64,
  layers: 2,
  heads: 4,
  hidden: 160,
  batchSize: 6,
  sequenceLength: 32,
  steps: 40,
  learningRate: 0.003,
  minLearningRate: 0.0003,
  warmupSteps: 5,
  beta1: 0.9,
  beta2: 0.95,
  weightDecay: 0.1,
  gradClip: 1,
  bfloat16: false,
};

/** Undefined where the result is as it must be, or what is wrong. */
type Wanted = (found: WitnessAudit) => string | undefined;

export interface Case {
  name: string;
  maker?: {
    seed?: number;
    recipe?: object;
    threads?: number;
    pairEvery?: number;
    keepEvery?: number;
    forgery?: { kind: string; steps?: number[]; by?: number };
  };
  ranks?: number;
  /** Steps before which the training is killed, one after the other. */
  dieAt?: number[];
  replay?: 'all';
  wanted: { here?: Wanted; elsewhere?: Wanted };
  /** Left out unless all are asked for. */
  full?: boolean;
  /** Prints differences and coherence. */
  shows?: boolean;
}

const holds: Wanted = ({ verdict, extent, origin }) =>
  verdict === 'holds' && extent === 'all' && origin === 'same' ? undefined : `${verdict}, ${extent}, origin ${origin}`;
const consistent: Wanted = ({ verdict, extent, origin }) =>
  verdict === 'consistent' && extent === 'none' && origin !== 'not-shown'
    ? undefined
    : `${verdict}, ${extent}, origin ${origin}`;
/** Refuted, by this check. */
const refutedBy =
  (...names: string[]): Wanted =>
  ({ verdict, checks }) =>
    verdict === 'refuted' && checks.some((check) => names.includes(check.name) && check.verdict === 'refuted')
      ? undefined
      : `${verdict}, not refuted by ${names.join(' or ')}`;

const honest = (name: string, more: Omit<Partial<Case>, 'name'> = {}): Case => ({
  name,
  replay: 'all',
  wanted: { here: holds },
  ...more,
});
const bf16 = { recipe: { bfloat16: true } };

const HONEST: Case[] = [
  honest('float32', { wanted: { here: holds, elsewhere: consistent } }),
  honest('bfloat16', { maker: bf16, wanted: { here: holds, elsewhere: consistent } }),
  honest('two threads', { maker: { threads: 2 } }),
  honest('two threads in bfloat16', { maker: { ...bf16, threads: 2 }, full: true }),
  honest('killed and resumed', { dieAt: [9, 27] }),
  honest('killed and resumed in bfloat16', { maker: bf16, dieAt: [2, 33, 40], full: true }),
  honest('DDP on two ranks', { maker: { recipe: { parallel: 'ddp' } }, ranks: 2 }),
  honest('FSDP1 on two ranks', { maker: { recipe: { parallel: 'fsdp1' } }, ranks: 2 }),
  honest('DDP in bfloat16', { maker: { recipe: { parallel: 'ddp', bfloat16: true } }, ranks: 2, full: true }),
  honest('FSDP1 in bfloat16', { maker: { recipe: { parallel: 'fsdp1', bfloat16: true } }, ranks: 2, full: true }),
];

/** Each is planted in steps that lie in pairs (every step, or those around step 1), so that another environment sees it too. */
const FORGED: Case[] = [
  ['learning rate 1% higher', { kind: 'rate' }, ['optimizer']],
  ['one sequence of six is another one', { kind: 'sequence' }, ['gradient']],
  ['moments of another step', { kind: 'moments' }, ['optimizer']],
  ['weights of another model planted', { kind: 'planted' }, ['optimizer']],
  ['S_0 of another seed', { kind: 'origin' }, ['origin']],
  ['losses and norms that were not computed', { kind: 'figures' }, ['gradient']],
  ['noise on the weights of every step', { kind: 'noise' }, ['optimizer']],
  ['a step left out', { kind: 'left-out', steps: [1] }, ['optimizer', 'gradient']],
  ['two steps merged', { kind: 'merged', steps: [1] }, ['optimizer', 'gradient']],
].map(
  ([name, forgery, checks]): Case => ({
    name: name as string,
    maker: { forgery: forgery as { kind: string } },
    wanted: { elsewhere: refutedBy(...(checks as string[])) },
  }),
);

const SMALL: Case[] = [
  {
    name: 'a step between pairs',
    maker: { pairEvery: 0, forgery: { kind: 'rate', steps: [30] } },
    replay: 'all',
    wanted: { here: refutedBy('replay'), elsewhere: consistent },
  },
  {
    name: 'steered by 1e-6 in float32',
    maker: { recipe: { steps: 160 }, pairEvery: 2, keepEvery: 80, forgery: { kind: 'steered', by: 1e-6 } },
    wanted: { elsewhere: refutedBy('gradient') },
    shows: true,
  },
  {
    name: 'steered by 0.1% in bfloat16',
    maker: {
      recipe: { steps: 160, bfloat16: true },
      pairEvery: 2,
      keepEvery: 80,
      forgery: { kind: 'steered', by: 1e-3 },
    },
    wanted: { elsewhere: refutedBy('gradient') },
    shows: true,
  },
  {
    name: 'a thousand honest steps in float32',
    maker: { recipe: { steps: 1000 }, pairEvery: 2, keepEvery: 500 },
    wanted: { elsewhere: consistent },
    full: true,
    shows: true,
  },
  {
    name: 'a thousand honest steps in bfloat16',
    maker: { recipe: { steps: 1000, bfloat16: true }, pairEvery: 2, keepEvery: 500 },
    wanted: { elsewhere: consistent },
    full: true,
    shows: true,
  },
];

/** How little steering shows, in about 50 paired steps: the verdict is printed, and either is right. */
const POWER: Case[] = [
  ...[1e-7, 3e-7, 1e-6].map((by) => ({ by, bfloat16: false })),
  ...[1e-4, 3e-4, 1e-3].map((by) => ({ by, bfloat16: true })),
].map(({ by, bfloat16 }) => ({
  name: `power: 50 steps steered by ${by} in ${bfloat16 ? 'bfloat16' : 'float32'}`,
  maker: { recipe: { steps: 68, bfloat16 }, pairEvery: 2, keepEvery: 34, forgery: { kind: 'steered', by } },
  wanted: {
    elsewhere: ({ verdict }) =>
      verdict === 'refuted' || verdict === 'consistent' ? undefined : `neither seen nor unseen: ${verdict}`,
  },
  full: true,
  shows: true,
}));

const ANOTHER_SEED = HONEST.map(
  (one): Case => ({ ...one, name: `${one.name}, another seed`, maker: { ...one.maker, seed: 8 }, full: true }),
);

export const CASES: readonly Case[] = [...HONEST, ...ANOTHER_SEED, ...FORGED, ...SMALL, ...POWER];
