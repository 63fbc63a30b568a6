// Two towers side by side: brings their residual streams together, pairs their layers, and compares group by group.

import type { SampledBlock, SampledGroup, SampledTower } from '../sketch/index.ts';
import { alignment, type EmbeddingLikeness } from './alignment.ts';
import { compareBasis, embeddingOf, sharedTokens, type Towers } from './basis.ts';
import { bestPairs, blockScores } from './block-scores.ts';
import type { PairOptions } from './blocks.ts';
import { type Aligned, type GroupComparison, notTested, ordersOf, testPairs, type Work } from './compared-group.ts';
import { equalityOf } from './equality.ts';
import type { Matrix } from './products.ts';

interface LayerMap {
  /** For each of the suspect's layers that has a partner, the reference's layer. No layer of the reference is used twice. */
  pairs: ReadonlyMap<number, number>;
  /** Mean cosine of matched units, of each layer of the suspect with each of the reference; of several blocks the mean of each one's best. */
  scores: { suspect: number[]; reference: number[]; values: number[][] };
}

export interface TowerComparison {
  tower: SampledTower['name'];
  /** Tokens whose embeddings brought the two residual streams together. */
  tokens: number;
  /** How alike the embeddings of these tokens are, in whatever basis. */
  embedding: EmbeddingLikeness | undefined;
  groups: GroupComparison[];
  layers: LayerMap['scores'] | undefined;
  /** Layers of the suspect with their partners. */
  map: [suspect: number, reference: number][];
}

/** A block's name without its layer: heads are paired by their numbers. */
const withinLayer = ({ name, layer }: SampledBlock): string => name.replace(`.${layer}.`, '.N.');

/** Pairs of blocks by the map of layers. */
function pairBlocks(
  suspect: SampledGroup,
  reference: SampledGroup,
  map: ReadonlyMap<number, number>,
): [number, number][] {
  const theirs = new Map(reference.blocks.map((block, i) => [`${block.layer} ${withinLayer(block)}`, i]));
  return suspect.blocks.flatMap((block, i): [number, number][] => {
    const layer = map.get(block.layer);
    const j = layer === undefined ? undefined : theirs.get(`${layer} ${withinLayer(block)}`);
    return j === undefined ? [] : [[i, j]];
  });
}

/**
 * Pairs of experts: within two layers that were paired, those that look most alike, because experts may have been given other numbers. The score
 * knows no labels.
 */
function pairExperts(
  work: Work,
  towers: Towers,
  [suspect, reference]: readonly [SampledGroup, SampledGroup],
  { with: aligned, map }: { with: Aligned; map: ReadonlyMap<number, number> },
): [number, number][] {
  const orders = ordersOf(work.key, `${towers.suspect.name} experts`);
  const of = ({ blocks }: SampledGroup, layer: number): number[] =>
    [...blocks.keys()].filter((i) => blocks[i]!.layer === layer);
  return [...map].flatMap(([layer, partner]) => {
    const theirs = of(reference, partner);
    const ours = of(suspect, layer).filter((i) =>
      theirs.every((j) => fits(aligned, towers, suspect.blocks[i]!, reference.blocks[j]!)),
    );
    const [rows, columns] = [ours.map((i) => suspect.blocks[i]!), theirs.map((j) => reference.blocks[j]!)] as const;
    const scores = blockScores(rows, columns, { products: work.products, map: aligned.map, orders });
    const names = [rows.map(withinLayer), columns.map(withinLayer)] as const;
    return bestPairs(scores, names).map(([i, j]): [number, number] => [ours[i]!, theirs[j]!]);
  });
}

/** What the embeddings of shared tokens say of two residual streams. */
function alignByTokens(work: Work, { suspect, reference, tokens }: Towers) {
  if (tokens.length === 0) return undefined;
  work.onPart('alignment');
  return alignment(work.products, embeddingOf(suspect, tokens), embeddingOf(reference, tokens));
}

/** Ways to bring the residual streams of two towers together: as they are stored, and by tokens where these do. */
const alignments = (byTokens: Matrix | undefined): Aligned[] => [
  { name: 'stored', map: undefined },
  ...(byTokens ? [{ name: 'tokens' as const, map: byTokens }] : []),
];

/** Whether two blocks can be compared so: rows of a latent are no rows of the residual stream, and no tokens bring them together. */
const fits = ({ map }: Aligned, { suspect, reference }: Towers, ours: SampledBlock, theirs: SampledBlock): boolean =>
  map
    ? ours.columns === suspect.hiddenSize && theirs.columns === reference.hiddenSize
    : ours.columns === theirs.columns;

const groupOf = ({ groups }: SampledTower, kind: SampledGroup['kind'] | undefined): SampledGroup | undefined =>
  groups.find((group) => group.kind === kind && group.blocks.length > 0);

const GUIDES: readonly GroupComparison['kind'][] = ['units', 'expert-units'];

/** Blocks whose units say which layer is which: of each layer its MLP, or its experts where it has no other. */
function guideOf(tower: SampledTower): SampledBlock[] {
  const of = (kind: SampledGroup['kind']): SampledBlock[] =>
    groupOf(tower, kind)?.blocks.filter(({ columns }) => columns === tower.hiddenSize) ?? [];
  const dense = new Set(of('units').map(({ layer }) => layer));
  const guide = [...of('units'), ...of('expert-units').filter(({ layer }) => !dense.has(layer))];
  return guide.sort((a, b) => a.layer - b.layer);
}

type Mapped = Aligned & { layers: LayerMap | undefined };

function mapsOf(work: Work, towers: Towers, byTokens: Matrix | undefined): Mapped[] {
  const [ours, theirs] = [guideOf(towers.suspect), guideOf(towers.reference)];
  const isWidthShared = towers.suspect.hiddenSize === towers.reference.hiddenSize;
  return alignments(byTokens).map((aligned) => {
    if (ours.length === 0 || theirs.length === 0 || !(aligned.map || isWidthShared))
      return { ...aligned, layers: undefined };
    work.onPart('map of layers');
    const orders = ordersOf(work.key, `${towers.suspect.name} layers`);
    return { ...aligned, layers: mapLayers(ours, theirs, { products: work.products, map: aligned.map, orders }) };
  });
}

function compareGroup(work: Work, towers: Towers, group: SampledGroup, maps: readonly Mapped[]): GroupComparison {
  const { suspect, reference } = towers;
  const other = groupOf(reference, group.kind);
  if (!other || group.blocks.length === 0) {
    const why = other ? 'the examined model has no such blocks' : 'only the examined model has this part';
    return notTested(suspect.name, group.kind, why);
  }
  const identity = new Map(Array.from({ length: suspect.layers }, (_, i) => [i, i]));
  const paired = maps.map((aligned) => {
    const map = aligned.layers?.pairs ?? identity;
    const isExperts = group.kind === 'expert-units';
    const pairs = isExperts
      ? pairExperts(work, towers, [group, other], { with: aligned, map })
      : pairBlocks(group, other, map);
    return { with: aligned, pairs };
  });
  if (paired.every(({ pairs }) => pairs.length === 0))
    return notTested(
      suspect.name,
      group.kind,
      'no block of one model has the layer and the number of one of the other',
    );
  const pairings = paired
    .map(({ with: aligned, pairs }) => ({
      with: aligned,
      pairs: pairs.filter(([i, j]) => fits(aligned, towers, group.blocks[i]!, other.blocks[j]!)),
    }))
    .filter(({ pairs }) => pairs.length > 0);
  if (pairings.length === 0)
    return notTested(
      suspect.name,
      group.kind,
      'the rows differ in width, and no tokens that both models embed bring them together',
    );
  const tested = testPairs(work, [group.blocks, other.blocks], pairings, {
    tower: suspect.name,
    kind: group.kind,
  });
  const same = pairBlocks(group, other, identity).map(([i, j]): [SampledBlock, SampledBlock] => [
    group.blocks[i]!,
    other.blocks[j]!,
  ]);
  return { ...tested, equality: equalityOf(same) };
}

/** Compares two towers of one name. */
export function compareTowers(work: Work, suspect: SampledTower, reference: SampledTower): TowerComparison {
  const towers: Towers = { suspect, reference, tokens: sharedTokens(suspect, reference) };
  const byTokens = alignByTokens(work, towers);
  const maps = mapsOf(work, towers, byTokens?.map);
  const groups: GroupComparison[] = reference.embedding ? [compareBasis(work, towers)] : [];
  for (const group of suspect.groups) groups.push(compareGroup(work, towers, group, maps));
  for (const { kind } of reference.groups)
    if (!suspect.groups.some((group) => group.kind === kind))
      groups.push(notTested(suspect.name, kind, 'only the reference has this part'));
  // Of two alignments the map is shown that found more: the other one's says nothing of what was compared.
  const guiding = groups.filter(({ kind }) => GUIDES.includes(kind)).flatMap(({ tests }) => tests);
  const best = guiding.toSorted((a, b) => a.lnChance - b.lnChance)[0];
  const shown = (maps.find(({ name }) => name === best?.alignment) ?? maps[0])?.layers;
  return {
    tower: suspect.name,
    tokens: towers.tokens.length,
    embedding: byTokens?.likeness,
    groups,
    layers: shown?.scores,
    map: [...(shown?.pairs ?? [])],
  };
}

/** The indices of the blocks of each layer: a mixture has one for each expert. */
function byLayer(blocks: readonly SampledBlock[]): Map<number, number[]> {
  const layers = new Map<number, number[]>();
  for (const [i, { layer }] of blocks.entries()) layers.set(layer, [...(layers.get(layer) ?? []), i]);
  return layers;
}

/**
 * Pairs layers by falling score; of equal ones those with one number first. The score knows no labels, so choosing by it costs no chance.
 */
function mapLayers(
  suspect: readonly SampledBlock[],
  reference: readonly SampledBlock[],
  options: PairOptions,
): LayerMap {
  const [ours, theirs] = [byLayer(suspect), byLayer(reference)];
  const [rows, columns] = [[...ours.keys()], [...theirs.keys()]];
  const scores = blockScores(suspect, reference, options);
  const values = rows.map((layer) =>
    columns.map((other) => {
      const best = ours.get(layer)!.map((i) => Math.max(...theirs.get(other)!.map((j) => scores[i]![j]!)));
      return best.reduce((sum, score) => sum + score, 0) / best.length;
    }),
  );
  const pairs = new Map(bestPairs(values, [rows, columns]).map(([i, j]) => [rows[i]!, columns[j]!]));
  return { pairs, scores: { suspect: rows, reference: columns, values } };
}
