// Compares two samples, group by group. Reads rows as it needs them; says nothing of what follows from the numbers (verdict.ts does).

import type { GroupKind } from '../anatomy/index.ts';
import type { Sample, SampledBlock, SampledGroup, SampledTower } from '../sketch/index.ts';
import { tieOrder } from '../sketch/index.ts';
import { alignment } from './alignment.ts';
import { type BlockPair, compareBlocks } from './blocks.ts';
import { type Control, controlsOf } from './controls.ts';
import { type Equality, equalityOf } from './equality.ts';
import { type Alignment, type IndexedPair, independentPairs, lnBest, type Test, testsOf } from './group.ts';
import { type LayerMap, mapLayers } from './layers.ts';
import { rowsOf } from './matching.ts';
import { type Matrix, Products, transposed } from './products.ts';
import { type LabelKnowledge, labelKnowledge } from './shared-labels.ts';

/** The dimensions of the residual stream: one block of the whole tower. */
type ComparedKind = GroupKind | 'basis';

/** One layer of a group, for pictures. */
type PlacesOfLayer = Pick<BlockPair, 'layers' | 'inPlace'> & { matches: number };

export interface GroupComparison {
  tower: SampledTower['name'];
  kind: ComparedKind;
  /** Pairs of blocks, and those of them whose labels are free of each other. */
  blocks: number;
  independent: number;
  tests: Test[];
  /** ln of the chance of the best test, for all tests of this group; 0 where nothing was tested. */
  lnChance: number;
  /** Median cosine of units with the same label, by the alignment of the best test; and of how many. */
  strength: { median: number; units: number } | undefined;
  equality: Equality | undefined;
  places: PlacesOfLayer[];
  /** Of the reference's blocks of this group. */
  controls: Control[];
  /** Why there was no test, or not all of them. */
  untested: string[];
}

export interface TowerComparison {
  tower: SampledTower['name'];
  /** Tokens whose embeddings brought the two residual streams together. */
  tokens: number;
  groups: GroupComparison[];
  layers: LayerMap['scores'] | undefined;
  /** Layers of the suspect with their partners. */
  map: [suspect: number, reference: number][];
}

export interface Comparison {
  towers: TowerComparison[];
  /** Parts of either model that no test reads. */
  untested: { model: 'suspect' | 'reference'; part: string; why: string }[];
}

export interface CompareOptions {
  key: string;
  threads: number;
  /** Called with what is looked at next. */
  onPart?: (part: string) => void;
}

interface Aligned {
  name: Alignment;
  map: Matrix | undefined;
}

interface Towers {
  suspect: SampledTower;
  reference: SampledTower;
  /** Tokens that both embed. */
  tokens: readonly string[];
}

interface Work {
  products: Products;
  key: string;
  onPart: (part: string) => void;
}

/** How ties are broken on either side. */
const ordersOf = (key: string, what: string) =>
  [tieOrder(key, `${what}, suspect`), tieOrder(key, `${what}, reference`)] as const;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** A block's name without its layer: experts and heads are paired by their numbers. */
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

/** Runs all tests of a group's pairs, by each alignment. */
function testPairs(
  work: Work,
  blocks: readonly [suspect: readonly SampledBlock[], reference: readonly SampledBlock[]],
  aligned: readonly { with: Aligned; pairs: readonly [number, number][] }[],
  what: string,
): Pick<
  GroupComparison,
  'blocks' | 'independent' | 'tests' | 'lnChance' | 'strength' | 'places' | 'controls' | 'untested'
> {
  const orders = ordersOf(work.key, what);
  const [ours, theirs] = blocks.map((list, side) => labelKnowledge(work.products, list, orders[side]!)) as [
    LabelKnowledge,
    LabelKnowledge,
  ];
  const results = aligned.map(({ with: { name, map }, pairs }) => {
    const all = pairs.map(([suspect, reference]): IndexedPair => {
      work.onPart(blocks[0][suspect]!.name);
      const pair = compareBlocks(blocks[0][suspect]!, blocks[1][reference]!, { products: work.products, map, orders });
      return { pair, suspect, reference };
    });
    const free = independentPairs(all, ours, theirs);
    const placed = free.filter(({ suspect, reference }) => !(ours.patterned[suspect] && theirs.patterned[reference]));
    const of = (list: readonly IndexedPair[]): BlockPair[] => list.map(({ pair }) => pair);
    return { all, free, placed, tests: testsOf({ all: of(all), free: of(free), placed: of(placed) }, name) };
  });
  const tests = results.flatMap((result) => result.tests);
  const best = results.toSorted((a, b) => lnBest(a.tests) - lnBest(b.tests))[0]!;
  const cosines = best.all.flatMap(({ pair }) => pair.cosines);
  return {
    blocks: best.all.length,
    independent: best.free.length,
    tests,
    lnChance: lnBest(tests),
    strength: cosines.length > 0 ? { median: median(cosines), units: cosines.length } : undefined,
    places: best.all.map(({ pair }) => ({ layers: pair.layers, inPlace: pair.inPlace, matches: pair.matches.length })),
    controls: controlsOf(work.key, { blocks: blocks[1] }, { products: work.products, orders }),
    untested: reasons(best),
  };
}

function reasons({ all, free, placed }: Record<'all' | 'free' | 'placed', readonly IndexedPair[]>): string[] {
  const reasons: string[] = [];
  if (free.length < all.length)
    reasons.push(
      `${all.length - free.length} of ${all.length} blocks have the labels of others in both models, and count with them`,
    );
  if (placed.length < free.length)
    reasons.push(
      `places say nothing in ${free.length - placed.length} of ${free.length} blocks: in both models the units are sorted, or repeat`,
    );
  if (all.every(({ pair }) => pair.matches.length === 0))
    reasons.push('no two units could be matched: rows are zero, or equal to others');
  return reasons;
}

/** The embeddings of a tower's tokens, [tokens, hiddenSize]; they are among its sampled ones. */
function embeddingOf({ hiddenSize, embedding }: SampledTower, tokens: readonly string[]): Matrix {
  const rowOf = new Map(embedding!.tokens.map((token, row) => [token, row]));
  const values = { rows: embedding!.tokens.length, columns: hiddenSize, values: embedding!.rows() };
  return rowsOf(
    values,
    tokens.map((token) => rowOf.get(token)!),
  );
}

/** The dimensions of the residual stream as one block: a row for each, with what each token has there. */
function basisBlock(tower: SampledTower, tokens: readonly string[]): SampledBlock {
  const { hiddenSize } = tower;
  const labels = Uint32Array.from({ length: hiddenSize }, (_, i) => i);
  const rows = (): Float32Array => transposed(embeddingOf(tower, tokens)).values;
  return { name: 'basis', layer: 0, size: hiddenSize, columns: tokens.length, labels, rows, signed: undefined };
}

/** Tokens whose embeddings both samples have. */
function sharedTokens({ embedding: ours }: SampledTower, { embedding: theirs }: SampledTower): string[] {
  const known = new Set(theirs?.tokens);
  return ours?.tokens.filter((token) => known.has(token)) ?? [];
}

function compareBasis(work: Work, { suspect, reference, tokens }: Towers): GroupComparison {
  const nothing = {
    blocks: 0,
    independent: 0,
    tests: [],
    lnChance: 0,
    strength: undefined,
    places: [],
    controls: [],
    equality: undefined,
  };
  const head = { tower: suspect.name, kind: 'basis' as const };
  const why =
    suspect.fixedBasis ??
    reference.fixedBasis ??
    (tokens.length > 0 ? undefined : 'there are no tokens that both models embed');
  if (why !== undefined) return { ...head, ...nothing, untested: [why] };
  work.onPart('embedding');
  const blocks = [[basisBlock(suspect, tokens)], [basisBlock(reference, tokens)]] as const;
  const pairs = [[0, 0]] as [number, number][];
  const tested = testPairs(
    work,
    blocks,
    [{ with: { name: 'stored', map: undefined }, pairs }],
    `${suspect.name} basis`,
  );
  return { ...head, ...tested, equality: equalityOf([[blocks[0][0]!, blocks[1][0]!]]) };
}

/** How the residual streams of two towers can be brought together. */
function alignments(work: Work, { suspect, reference, tokens }: Towers): Aligned[] {
  const found: Aligned[] = [];
  if (suspect.hiddenSize === reference.hiddenSize) found.push({ name: 'stored', map: undefined });
  if (tokens.length > 0) {
    work.onPart('alignment');
    const map = alignment(work.products, embeddingOf(suspect, tokens), embeddingOf(reference, tokens));
    if (map) found.push({ name: 'tokens', map });
  }
  return found;
}

function compareTowers(work: Work, suspect: SampledTower, reference: SampledTower): TowerComparison {
  const towers = { suspect, reference, tokens: sharedTokens(suspect, reference) };
  const aligned = alignments(work, towers);
  const groups: GroupComparison[] = reference.embedding ? [compareBasis(work, towers)] : [];
  const guide = ['units', 'expert-units'].find((kind) =>
    [suspect, reference].every((t) => t.groups.some((g) => g.kind === kind)),
  );
  const blocksOf = (tower: SampledTower, kind: string) => tower.groups.find((g) => g.kind === kind)?.blocks ?? [];
  const maps = aligned.map(({ map }) => {
    work.onPart('map of layers');
    const orders = ordersOf(work.key, `${suspect.name} layers`);
    return guide
      ? mapLayers(work.products, blocksOf(suspect, guide), blocksOf(reference, guide), { map, orders })
      : undefined;
  });
  const identity = new Map(Array.from({ length: suspect.layers }, (_, i) => [i, i]));
  for (const group of suspect.groups) {
    const other = reference.groups.find(({ kind }) => kind === group.kind);
    const head = { tower: suspect.name, kind: group.kind };
    if (!other || aligned.length === 0) {
      const why = other
        ? 'hidden sizes differ, and there are no tokens that both models embed'
        : 'only the suspect has this part';
      const nothing = {
        blocks: 0,
        independent: 0,
        tests: [],
        lnChance: 0,
        strength: undefined,
        places: [],
        controls: [],
        equality: undefined,
      };
      groups.push({ ...head, ...nothing, untested: [why] });
      continue;
    }
    const pairings = aligned.map((one, i) => ({
      with: one,
      pairs: pairBlocks(group, other, maps[i]?.pairs ?? identity),
    }));
    const tested = testPairs(work, [group.blocks, other.blocks], pairings, `${suspect.name} ${group.kind}`);
    const same = pairBlocks(group, other, identity).map(([i, j]): [SampledBlock, SampledBlock] => [
      group.blocks[i]!,
      other.blocks[j]!,
    ]);
    groups.push({ ...head, ...tested, equality: equalityOf(same) });
  }
  // Of two alignments the map is shown that found more: the other one's says nothing of what was compared.
  const found = groups.find(({ kind }) => kind === guide)?.tests.toSorted((a, b) => a.lnChance - b.lnChance)[0];
  const shown =
    maps[
      Math.max(
        0,
        aligned.findIndex(({ name }) => name === found?.alignment),
      )
    ];
  const map: [number, number][] = [...(shown?.pairs ?? [])];
  return { tower: suspect.name, tokens: towers.tokens.length, groups, layers: shown?.scores, map };
}

/** Compares two samples of one key. */
export function compareSamples(suspect: Sample, reference: Sample, options: CompareOptions): Comparison {
  const { key, threads, onPart = () => {} } = options;
  const work: Work = { products: new Products(threads), key, onPart };
  try {
    const towers = suspect.towers.flatMap((tower) => {
      const other = reference.towers.find(({ name }) => name === tower.name);
      return other ? [compareTowers(work, tower, other)] : [];
    });
    const untested = [
      ...suspect.untested.map((one) => ({ model: 'suspect' as const, ...one })),
      ...reference.untested.map((one) => ({ model: 'reference' as const, ...one })),
    ];
    return { towers, untested };
  } finally {
    work.products.close();
  }
}
