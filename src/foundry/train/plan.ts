// Where everything lies that training needs, alone or as one of several ranks; nothing is taken yet.

import { JikjiError } from '../../base/index.ts';
import { Layout, type Region, squareSumLength } from '../../engine/index.ts';
import {
  EMBEDDING,
  elements,
  get,
  Llama,
  type ModelConfig,
  modelScratch,
  parameterCount,
  parameters,
  planWeights,
} from '../model/index.ts';
import { type Piece, piecesOf } from './pieces.ts';
import type { TrainConfig } from './train-config.ts';

/** What this process updates: a tensor, or its piece of one, with gradient and moments. */
export interface Part {
  name: string;
  /** Norm weights have no decay. */
  decays: boolean;
  w: Region;
  g: Region;
  m: Region;
  v: Region;
}

/** One of `size` ranks. */
export interface Place {
  rank: number;
  size: number;
}

/** What only ranks need. */
export interface SharedPlan {
  /** All pieces, in the order of names. */
  pieces: Piece[];
  /** The parts of this rank's own. */
  own: Map<Piece, Part>;
  /** Where the tied head's gradients are summed, for the own pieces of the embedding. */
  heads: Map<Piece, Region>;
  /** Two sets of places, by rank, for a piece of each other rank's gradient: one is filled while the other is added. */
  landing: [Region[], Region[]];
  /** By rank, on rank 0 for all and elsewhere for the own one: block sums of the parts; tokens, targets and nats of the rows. */
  squares: Region[];
  tokens: Region[];
  targets: Region[];
  losses: Region[];
}

/**
 * The groups of a step are dealt to the ranks in turn.
 * @throws JikjiError `groups-ranks`
 */
function checkRanks({ gradientGroups }: TrainConfig, size: number): void {
  if (gradientGroups % size === 0) return;
  throw new JikjiError(
    'groups-ranks',
    `${gradientGroups} gradient group${gradientGroups === 1 ? '' : 's'} cannot be shared evenly by ${size} ranks`,
    `train.gradientGroups: ${gradientGroups}`,
    'take as many ranks as divide it; or choose another number of groups, which makes another model',
  );
}

/**
 * Plans the memory of a training.
 * @throws JikjiError `too-large`: how much it needs, and which knob lowers it; `groups-ranks`
 */
export function planTraining(
  config: ModelConfig,
  train: TrainConfig,
  threads: number,
  { rank, size }: Place = { rank: 0, size: 1 },
) {
  checkRanks(train, size);
  const T = train.sequenceLength;
  const layout = new Layout(threads, modelScratch(config, T));
  const list = parameters(config);
  // A rank's groups are added up by the owners of the pieces: it needs no second set of gradients for them.
  const groups = size > 1 ? 1 : train.gradientGroups;
  const model = new Llama(layout, config, train.microBatchSize * T, T, true, groups);
  const shared = size > 1 ? planShared(layout, model, train, { rank, size }) : undefined;
  let parts: Part[];
  if (shared) parts = [...shared.own.values()];
  else {
    const first = planWeights(layout, list);
    const second = planWeights(layout, list);
    parts = list.map(({ name, std }) => {
      const [w, g, m, v] = [model.weights, model.gradients!, first, second].map((set) => get(set, name));
      return { name, decays: std !== undefined, w: w!, g: g!, m: m!, v: v! };
    });
  }
  const sums = layout.f32(Math.max(...list.map((p) => squareSumLength(elements(p.shape)))));
  layout.check(
    `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, micro-batches of ${train.microBatchSize} x ${T} tokens`,
    train.microBatchSize > 1
      ? 'lower train.microBatchSize (it changes no bit of the result), then model.hiddenSize or model.numHiddenLayers'
      : 'lower model.hiddenSize, model.numHiddenLayers, tokenizer.vocabSize or train.sequenceLength',
  );
  return { layout, model, parts, sums, shared };
}

function planShared(layout: Layout, model: Llama, train: TrainConfig, { rank, size }: Place): SharedPlan {
  const list = parameters(model.config);
  const pieces = piecesOf(list, size);
  const mine = pieces.filter((piece) => piece.owner === rank);
  const decays = new Map(list.map(({ name, std }) => [name, std !== undefined]));
  const own = new Map(
    mine.map((piece): [Piece, Part] => {
      const [g, m, v] = [0, 0, 0].map(() => layout.f32(piece.length));
      const w = pieceOf(get(model.weights, piece.name), piece);
      return [piece, { name: piece.name, decays: decays.get(piece.name)!, w, g: g!, m: m!, v: v! }];
    }),
  );
  const tied = model.headGradient ? mine.filter(({ name }) => name === EMBEDDING) : [];
  const longest = Math.max(...pieces.map((piece) => piece.length));
  const landing = (): Region[] => Array.from({ length: size }, (_, r) => layout.f32(r === rank ? 0 : longest));
  const rows = Math.max(train.batchSize / train.gradientGroups, train.microBatchSize) * train.sequenceLength;
  const byRank = (plan: (r: number) => Region): Region[] =>
    Array.from({ length: size }, (_, r) => (r === rank || rank === 0 ? plan(r) : { at: 0, length: 0 }));
  const blocks = (r: number): number =>
    pieces.reduce((sum, { owner, length }) => sum + (owner === r ? squareSumLength(length) : 0), 0);
  return {
    pieces,
    own,
    heads: new Map(tied.map((piece) => [piece, layout.f32(piece.length)])),
    landing: [landing(), landing()],
    squares: byRank((r) => layout.f32(blocks(r))),
    tokens: byRank(() => layout.i32(rows)),
    targets: byRank(() => layout.i32(rows)),
    losses: byRank(() => layout.f64(rows)),
  };
}

/** A piece of a tensor's region. */
export const pieceOf = (region: Region, { start, length }: Piece): Region => ({ at: region.at + start * 4, length });
