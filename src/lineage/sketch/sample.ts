// What a comparison reads of a model: drawn rows of each block, rows of drawn tokens, digests. Drawn from an open model here; a sketch file
// keeps the same. Rows are read when they are asked for, so a model may be larger than memory.

import type { Anatomy, Block, GroupKind, StoredModel, Tower } from '../anatomy/index.ts';
import { drawLabels } from './draw.ts';

/** Blocks of a group, about. */
const MAX_BLOCKS = 64;

/** Rows of one block that were drawn. */
export interface SampledBlock {
  name: string;
  layer: number;
  /** Units of the block in the model. */
  size: number;
  columns: number;
  /** The labels of the drawn rows, rising. */
  labels: Uint32Array;
  /** [labels, columns], with the gains of the norm before it. */
  rows(): Float32Array;
  /** The same of the rows whose sign is free. */
  signed: (() => Float32Array) | undefined;
}

export interface SampledGroup {
  kind: GroupKind;
  blocks: SampledBlock[];
}

export interface SampledTower {
  name: Tower['name'];
  hiddenSize: number;
  layers: number;
  groups: SampledGroup[];
  /** The drawn tokens, and their rows of the input embedding [tokens, hiddenSize]. */
  embedding: { tokens: readonly string[]; rows(): Float32Array } | undefined;
  fixedBasis: string | undefined;
}

export interface Sample {
  family: string;
  towers: SampledTower[];
  untested: Anatomy['untested'];
}

export interface SampleLimits {
  /** Rows of a block. */
  rows: number;
  /** Heads or experts of a layer. */
  blocks: number;
}

/** Each row times the gains of the norm before it; a LayerNorm's mean is taken out first. In place. */
function applyGain(model: StoredModel, block: Block, rows: Float32Array): void {
  if (!block.gain) return;
  const { tensor, offset, centred } = block.gain;
  const gains = model.readVector(tensor);
  const width = gains.length;
  for (let start = 0; start < rows.length; start += width) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += rows[start + i]! *= gains[i]! + offset;
    if (centred) for (let i = 0; i < width; i++) rows[start + i]! -= sum / width;
  }
}

function sampleBlock(model: StoredModel, block: Block, labels: Uint32Array): SampledBlock {
  const { name, layer, rows, signed } = block;
  const read = (view: Block['rows']) => () => {
    const target = new Float32Array(labels.length * view.columns);
    model.readRows(view, labels, target);
    applyGain(model, block, target);
    return target;
  };
  const rest = { name, layer, size: rows.rows, columns: rows.columns, labels };
  return { ...rest, rows: read(rows), signed: signed && read(signed) };
}

/** The number at the end of a block's name: of an expert or a head. */
const numberOf = ({ name }: Block): number => Number(/(\d+)$/.exec(name)?.[1] ?? 0);

/**
 * The blocks of a group that are looked at. Where a layer has several (heads, experts), a few of them: the same numbers in every layer, so
 * many that all layers have about MAX_BLOCKS, since every block is compared with every other one of its model.
 */
function drawBlocks(key: string, what: string, blocks: readonly Block[], limits: SampleLimits): Block[] {
  const layers = new Set(blocks.map(({ layer }) => layer)).size;
  if (blocks.length === layers) return [...blocks];
  const numbers = 1 + Math.max(...blocks.map(numberOf));
  const each = Math.min(limits.blocks, Math.max(1, Math.floor(MAX_BLOCKS / layers)));
  const drawn = new Set(drawLabels(key, `${what} which`, numbers, each));
  return blocks.filter((block) => drawn.has(numberOf(block)));
}

function sampleTower(model: StoredModel, tower: Tower, draw: SampleDraw): SampledTower {
  const { name, hiddenSize, layers, embedding, fixedBasis } = tower;
  const { key, tokens, limits } = draw;
  const groups = tower.groups.map((group): SampledGroup => {
    const what = `${name} ${group.kind}`;
    const blocks = drawBlocks(key, what, group.blocks, limits).map((block) =>
      sampleBlock(model, block, drawLabels(key, what, block.rows.rows, limits.rows)),
    );
    return { kind: group.kind, blocks };
  });
  const ids = model.tokens?.ids;
  const rows = () => {
    const target = new Float32Array(tokens.length * hiddenSize);
    model.readRows(
      embedding!,
      Uint32Array.from(tokens, (token) => ids!.get(token)!),
      target,
    );
    return target;
  };
  const known = embedding && ids && tokens.length > 0 ? { tokens, rows } : undefined;
  return { name, hiddenSize, layers, groups, embedding: known, fixedBasis };
}

export interface SampleDraw {
  key: string;
  /** Tokens to read the embedding of; the model has all of them. */
  tokens: readonly string[];
  limits: SampleLimits;
}

/** Draws from an open model, which must stay open while the sample is read. */
export function sampleModel(model: StoredModel, draw: SampleDraw): Sample {
  const { family, towers, untested } = model.anatomy;
  return { family, untested, towers: towers.map((tower) => sampleTower(model, tower, draw)) };
}
