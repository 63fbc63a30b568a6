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

/** Such that 13 steps of 40 lie in pairs: fewer than twelve are never called consistent. */
export const PAIR_EVERY = 3;

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
    /** Without `steps` in all of them; `pair`: in one of mid-run that lies in a pair drawn after its head was lodged. */
    forgery?: { kind: string; steps?: number[] | 'pair'; by?: number };
  };
  /** Heads and seal are lodged with an office while it trains. */
  office?: true;
  /** Trains on a corpus file that `jikji make` wrote. */
  corpus?: true;
  /** Made by the stub of a trainer with its adapter. */
  adapter?: 'hugging-face' | 'torchtitan';
  ranks?: number;
  /** Of models.py: its model, optimizer and precision. */
  kind?: readonly [string, string, string];
  /** Python that stands for AdamW in the training code: an optimizer of `groups`. */
  optimizer?: string;
  /** Steps before which the training is killed, one after the other. */
  dieAt?: number[];
  replay?: 'all';
  wanted: { here?: Wanted; elsewhere?: Wanted };
  /** Variables of the other environment, where S_0 must have other bits. */
  others?: Readonly<Record<string, string>>;
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
/** The same, where S_0 came out with other bits: within 1e-6, and not the same. */
const withinRounding: Wanted = (found) =>
  consistent(found) ??
  (found.origin === 'consistent' ? undefined : `origin ${found.origin}: its tolerance was not used`);
/** Nothing honest is refuted, whatever rounding hides. */
const unrefuted: Wanted = ({ verdict }) => (['consistent', 'not-told'].includes(verdict) ? undefined : verdict);
/** Refuted, by this check. */
const refutedBy =
  (...names: string[]): Wanted =>
  ({ verdict, checks }) =>
    verdict === 'refuted' && checks.some((check) => names.includes(check.name) && check.verdict === 'refuted')
      ? undefined
      : `${verdict}, not refuted by ${names.join(' or ')}`;

/** Refuted, by this check, in a step of a pair that an office drew: its draws are all but the first, which the transcript's beginning makes. */
const refutedInPair =
  (...names: string[]): Wanted =>
  (found) => {
    const findings = found.checks.filter(({ name }) => names.includes(name)).flatMap((check) => check.findings);
    const steps = new Set(findings.filter(({ verdict }) => verdict === 'refuted').map(({ step }) => step));
    const [step = 0] = steps;
    const isOne = steps.size === 1 && step > RECIPE.steps / 3 && found.pairs.steps.includes(step);
    if (isOne && found.pairs.drawnByOffice === Math.floor((RECIPE.steps - 2) / PAIR_EVERY))
      return refutedBy(...names)(found);
    return `refuted in steps ${[...steps].join(', ')}, with ${found.pairs.drawnByOffice} pairs drawn by the office`;
  };

const SGD = 'torch.optim.SGD(groups, lr=recipe["learningRate"], momentum=0.9)';

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
  honest('S_0 of other bits', { others: { ATEN_CPU_CAPABILITY: 'default' }, wanted: { elsewhere: withinRounding } }),
  honest('SGD with momentum', { optimizer: SGD, wanted: { here: holds, elsewhere: consistent } }),
  honest('SGD without a state', { optimizer: SGD.replace(', momentum=0.9', ''), wanted: { here: holds }, full: true }),
  honest('a corpus of our own engine', { corpus: true }),
  honest("Hugging Face's Trainer, a stub", { adapter: 'hugging-face' }),
  honest('torchtitan, a stub', { adapter: 'torchtitan' }),
  honest('FSDP1 in bfloat16', { maker: { recipe: { parallel: 'fsdp1', bfloat16: true } }, ranks: 2, full: true }),
];

/** Other models and optimizers than those that the audit follows step by step, with buffers and averages that genesis declares. */
const KINDS = [
  ['transformer', 'sgd', 'float32'],
  ['convolutions', 'nesterov', 'float32'],
  ['averaged', 'muon', 'float32'],
  ['transformer', 'muon', 'autocast'],
  ['convolutions', 'adamw', 'float32'],
  ['convolutions', 'sgd', 'autocast'],
  ['averaged', 'adamw', 'float32'],
  ['averaged', 'nesterov', 'float32'],
  ['recurrent', 'sgd', 'float32'],
  ['experts', 'muon', 'float32'],
] as const;
/** Kinds whose segments need not be told elsewhere: a bias before a BatchNorm has no gradient but rounding, and choices turn over. */
const UNTOLD = ['convolutions, adamw, float32', 'convolutions, sgd, autocast', 'experts, muon, float32'];
const OTHERS: Case[] = [7, 8, 9, 10].flatMap((seed, of) =>
  KINDS.map((kind, i) =>
    honest(`${kind.join(', ')}, seed ${seed}`, {
      kind,
      maker: { seed },
      wanted: { here: holds, elsewhere: UNTOLD.includes(kind.join(', ')) ? unrefuted : consistent },
      full: of > 0 || (i > 2 && i !== 4),
    }),
  ),
);

/** Each is planted in steps that lie in pairs (every step, or one of a pair that an office drew), so that another environment sees it too. */
const FORGED: Case[] = [
  ['learning rate 1% higher', { kind: 'rate' }, ['optimizer']],
  ['one sequence of six is another one', { kind: 'sequence' }, ['gradient']],
  ['S_0 of another seed', { kind: 'origin' }, ['origin']],
  ['losses and norms that were not computed', { kind: 'figures' }, ['gradient']],
  ['noise on the weights of every step', { kind: 'noise' }, ['optimizer']],
].map(
  ([name, forgery, checks]): Case => ({
    name: name as string,
    maker: { forgery: forgery as { kind: string } },
    wanted: { elsewhere: refutedBy(...(checks as string[])) },
  }),
);
const IN_A_PAIR: Case[] = [
  ['weights of another run planted at a state', 'planted', ['optimizer']],
  ['moments of another step', 'moments', ['optimizer', 'gradient']],
  ['two steps merged', 'merged', ['optimizer', 'gradient']],
].map(
  ([name, kind, checks]): Case => ({
    name: name as string,
    maker: { forgery: { kind: kind as string, steps: 'pair' } },
    office: true,
    wanted: { elsewhere: refutedInPair(...(checks as string[])) },
  }),
);

/** A state that is the one before it: code with a scaler records one too, so the step alone leaves it incomplete, unless the draw has it trained again. */
const leftOut: Wanted = ({ verdict, checks, pairs }) => {
  const found = checks.find(({ name }) => name === 'optimizer')?.findings ?? [];
  return ['incomplete', 'refuted'].includes(verdict) && found.length === 1 && pairs.steps.includes(found[0]?.step ?? 0)
    ? undefined
    : `${verdict}, ${found.length} findings of the optimizer`;
};

const SMALL: Case[] = [
  {
    name: 'a step left out',
    maker: { forgery: { kind: 'left-out', steps: 'pair' } },
    office: true,
    wanted: { elsewhere: leftOut },
  },
  {
    name: 'a step left out, trained again',
    maker: { forgery: { kind: 'left-out', steps: 'pair' } },
    office: true,
    replay: 'all',
    wanted: { here: refutedBy('replay', 'segments'), elsewhere: refutedBy('segments') },
  },
  {
    name: 'a step between pairs',
    maker: { pairEvery: 0, forgery: { kind: 'rate', steps: [30] } },
    replay: 'all',
    wanted: { here: refutedBy('replay'), elsewhere: refutedBy('segments') },
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
    replay: 'all',
    wanted: { elsewhere: consistent },
    full: true,
    shows: true,
  },
  {
    name: 'a thousand honest steps in bfloat16',
    maker: { recipe: { steps: 1000, bfloat16: true }, pairEvery: 2, keepEvery: 500 },
    replay: 'all',
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
      // Not told: the segments between the pairs are not trained again.
      verdict === 'refuted' || verdict === 'not-told' ? undefined : `neither seen nor unseen: ${verdict}`,
  },
  full: true,
  shows: true,
}));

const ANOTHER_SEED = HONEST.filter(({ adapter, corpus, others }) => !adapter && !corpus && !others).map(
  (one): Case => ({ ...one, name: `${one.name}, another seed`, maker: { ...one.maker, seed: 8 }, full: true }),
);

export const CASES: readonly Case[] = [
  ...HONEST,
  ...OTHERS,
  ...ANOTHER_SEED,
  ...FORGED,
  ...IN_A_PAIR,
  ...SMALL,
  ...POWER,
];
