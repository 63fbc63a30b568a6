// All tensors that training needs, alone or as one of several ranks, and the memory they take.

import { JikjiError } from '../../base/index.ts';
import {
  type Engine,
  elementsOf,
  type Kind,
  MEMORY_LIMIT,
  type PlannedProgram,
  type Program,
  planProgram,
  squareBlocks,
  type Tensor,
} from '../../engine/index.ts';
import { EMBEDDING, get, type ModelConfig, parameterCount, parameters, Transformer } from '../model/index.ts';
import { optimizerOf, type Part, updateParts } from './optimizer.ts';
import { type Piece, piecesOf } from './pieces.ts';
import type { Ranks } from './ranks.ts';
import type { TrainConfig } from './train-config.ts';

/** All tensors of a training. */
export interface Training {
  engine: Engine;
  model: Transformer;
  /** What this process updates. */
  parts: Part[];
  /** Block sums of the largest tensor. */
  sums: Tensor;
  shared: SharedPlan | undefined;
}

/** One of `size` ranks. */
type RankOf = Pick<Ranks, 'rank' | 'size'>;

/** Tensors that only ranks need. */
export interface SharedPlan {
  /** All pieces, in the order of names. */
  pieces: Piece[];
  /** What this rank updates. */
  updates: Part[];
  /** The same by this rank's pieces, in the order of names. */
  ownParts: Map<Piece, Part>;
  /** For this rank's pieces of the embedding: the sums of the tied head's gradients. */
  headSums: Map<Piece, Tensor>;
  /** Two sets of buffers, by rank, for a piece of each other rank's gradient: one is filled while the other is added. */
  received: [Tensor[], Tensor[]];
  // By rank, on rank 0 for all ranks and elsewhere for this rank: block sums of the parts; tokens, targets, positions, references and
  // nats of slots.
  squares: Tensor[];
  tokens: Tensor[];
  targets: Tensor[];
  positions: Tensor[];
  /** Of pairs. */
  references: Tensor[] | undefined;
  losses: Tensor[];
}

/**
 * Each rank must get the same number of groups.
 * @throws JikjiError `groups-ranks`
 */
function checkRanks({ gradientGroups }: TrainConfig, size: number): void {
  if (gradientGroups % size === 0) return;
  throw new JikjiError(
    'groups-ranks',
    `${gradientGroups} gradient group${gradientGroups === 1 ? '' : 's'} cannot be shared evenly by ${size} ranks`,
    `train.gradientGroups: ${gradientGroups}`,
    'use a number of ranks that divides it, or choose another number of groups, which makes another model',
  );
}

/**
 * A training as a program for an engine.
 * @throws JikjiError `groups-ranks`
 */
export function trainingProgram(
  config: ModelConfig,
  train: TrainConfig,
  rankOf: RankOf = { rank: 0, size: 1 },
): Program<Training> {
  checkRanks(train, rankOf.size);
  const { microBatchSize, sequenceLength } = train;
  const count = parameterCount(config);
  // Weights, gradients and moments, in binary32; Muon has one moment for most of them.
  const bytes = count * (train.optimizer === 'muon' ? 12 : 16);
  const gib = (bytes / 2 ** 30).toFixed(1);
  const tooMany = rankOf.size === 1 && bytes > MEMORY_LIMIT;
  return {
    declare: (e) => declareTraining(e, config, train, rankOf),
    exercise: ({ model, parts, engine }) => {
      model.exercise();
      updateParts(engine, parts, train, { step: 1, learningRate: 0, clip: 1 });
    },
    description: tooMany
      ? `${(count / 1e6).toFixed(1)} M parameters, whose weights, gradients and moments alone take ${gib} GiB`
      : `${(count / 1e6).toFixed(1)} M parameters, micro-batches of ${microBatchSize} x ${sequenceLength} tokens`,
    hint:
      microBatchSize > 1 && !tooMany
        ? 'lower train.microBatchSize (it changes no bit of the result), then model.hiddenSize or model.numHiddenLayers'
        : 'lower model.hiddenSize, model.numHiddenLayers, tokenizer.vocabSize or train.sequenceLength',
  };
}

/**
 * Plans the memory of a training and allocates nothing.
 * @throws JikjiError `too-large`: how much it needs, and which setting lowers it; `groups-ranks`
 */
export const planTraining = (
  config: ModelConfig,
  train: TrainConfig,
  threads: number,
  rankOf?: RankOf,
): PlannedProgram<Training> => planProgram(trainingProgram(config, train, rankOf), threads);

function declareTraining(e: Engine, config: ModelConfig, train: TrainConfig, { rank, size }: RankOf): Training {
  const list = parameters(config);
  const model = new Transformer(e, config, {
    sequences: train.microBatchSize,
    length: train.sequenceLength,
    // The owners of pieces add the groups of a rank: it needs no second set of gradients for them.
    groups: size > 1 ? 1 : train.gradientGroups,
  });
  const shared = size > 1 ? declareShared(e, model, train, { rank, size }) : undefined;
  const parts = shared?.updates ?? declareParts(e, model, train);
  const sums = e.tensor([Math.max(...list.map((p) => squareBlocks(elementsOf(p.shape))))]);
  return { engine: e, model, parts, sums, shared };
}

function declareParts(e: Engine, { config, weights, gradients }: Transformer, train: TrainConfig): Part[] {
  return parameters(config).map((parameter) => {
    const { name, shape, std } = parameter;
    return {
      name,
      decays: std !== undefined,
      w: get(weights, name).values,
      g: get(gradients, name),
      m: e.tensor(shape),
      v: optimizerOf(train, parameter) === 'adamw' ? e.tensor(shape) : undefined,
    };
  });
}

/** The parts of a rank: those that it updates, and by piece. A matrix that Muon updates is one part with several pieces. */
function declareOwn(
  e: Engine,
  model: Transformer,
  train: TrainConfig,
  own: readonly Piece[],
): Pick<SharedPlan, 'updates' | 'ownParts'> {
  const list = new Map(parameters(model.config).map((parameter) => [parameter.name, parameter]));
  const updates: Part[] = [];
  const ownParts = new Map<Piece, Part>();
  for (const [name, pieces] of Map.groupBy(own, (piece) => piece.name)) {
    const parameter = list.get(name)!;
    const decays = parameter.std !== undefined;
    const w = get(model.weights, name).values;
    if (optimizerOf(train, parameter) === 'muon') {
      const [g, m] = [e.tensor(parameter.shape), e.tensor(parameter.shape)];
      updates.push({ name, decays, w, g, m, v: undefined });
      for (const piece of pieces) {
        const [pw, pg, pm] = [w, g, m].map((tensor) => pieceOf(tensor, piece)) as [Tensor, Tensor, Tensor];
        ownParts.set(piece, { name, decays, w: pw, g: pg, m: pm, v: undefined });
      }
    } else {
      for (const piece of pieces) {
        const [g, m, v] = [0, 0, 0].map(() => e.tensor([piece.length])) as [Tensor, Tensor, Tensor];
        const part = { name, decays, w: pieceOf(w, piece), g, m, v };
        updates.push(part);
        ownParts.set(piece, part);
      }
    }
  }
  return { updates, ownParts };
}

function declareShared(e: Engine, model: Transformer, train: TrainConfig, { rank, size }: RankOf): SharedPlan {
  const list = parameters(model.config);
  const pieces = piecesOf(list, size, (parameter) => optimizerOf(train, parameter) === 'muon');
  const own = pieces.filter((piece) => piece.owner === rank);
  const tied = model.headGradient ? own.filter(({ name }) => name === EMBEDDING) : [];
  const longest = Math.max(...pieces.map((piece) => piece.length));
  const buffers = () => Array.from({ length: size }, (_, r) => e.tensor([r === rank ? 0 : longest]));
  const slots = Math.max(train.batchSize / train.gradientGroups, train.microBatchSize) * train.sequenceLength;
  const byRank = (length: (r: number) => number, kind?: Kind) =>
    Array.from({ length: size }, (_, r) => e.tensor([r === rank || rank === 0 ? length(r) : 0], kind));
  const blocks = (r: number) =>
    pieces.reduce((sum, { owner, length }) => sum + (owner === r ? squareBlocks(length) : 0), 0);
  return {
    pieces,
    ...declareOwn(e, model, train, own),
    headSums: new Map(tied.map((piece) => [piece, e.tensor([piece.length])])),
    received: [buffers(), buffers()],
    squares: byRank(blocks),
    tokens: byRank(() => slots, 'i32'),
    targets: byRank(() => slots, 'i32'),
    positions: byRank(() => slots, 'i32'),
    references: train.dpoBeta === undefined ? undefined : byRank(() => slots, 'f64'),
    losses: byRank(() => slots, 'f64'),
  };
}

/** A piece of a tensor. */
export const pieceOf = (tensor: Tensor, { start, length }: Piece): Tensor => tensor.elements(start, length);
