// The anatomy of a model by the tables of families: each stack of layers is a tower, or is named among what no test reads.

import { shownName } from '../../base/index.ts';
import { FAMILIES } from './families/index.ts';
import type { Family, Table } from './family.ts';
import { Layer, viewOf } from './layer.ts';
import { type Fields, memberOf, type Outline, textOf, Untestable } from './outline.ts';
import { findStacks, patternOf, type Stack } from './stacks.ts';
import type { Anatomy, Block, Group, GroupKind, Tower, View } from './types.ts';
import { Untested } from './untested.ts';

/** The limit of blocks in a tower. */
const MAX_BLOCKS = 1 << 17;

const KINDS: Record<GroupKind, string> = {
  units: 'units of MLPs',
  values: 'value dimensions',
  experts: 'experts',
  'expert-units': 'units of experts',
};

/** The tower of a stack by its name. */
function towerOf({ name }: Stack, family: Family): Tower['name'] {
  if (/vision|visual|image|\bvit/i.test(name)) return 'vision';
  if (/audio|speech/i.test(name)) return 'audio';
  return family.tower ?? 'language';
}

/** Where makers put the config of a tower that is one of several. */
const MEMBERS: Record<Tower['name'], readonly string[]> = {
  language: ['text_config', 'llm_config', 'language_config'],
  vision: ['vision_config', 'vit_config', 'visual'],
  audio: ['audio_config', 'encoder_config'],
};

/** The config of a tower. That of a whole model speaks of its language model, or of its only tower. */
function configOf(config: Fields, tower: Tower['name'], { types }: Family): Fields {
  const thinker = memberOf(config, ['thinker_config']) ?? config;
  const own = memberOf(thinker, MEMBERS[tower]);
  if (own) return own;
  return tower === 'language' || types.includes(textOf(config, 'model_type') ?? '') ? config : {};
}

/** The family of a stack: one whose names it has; of several the one that the config names. */
function familyOf(
  stack: Stack,
  outline: Outline,
): { family: Family; table: Table; type: string | undefined } | undefined {
  const fitting = FAMILIES.flatMap((family) => {
    const table = family.tables[outline.form];
    if (!table?.has.every((name) => stack.parts.has(name))) return [];
    if (table.lacks?.some((name) => stack.parts.has(name))) return [];
    if (table.either && !table.either.some((names) => names.every((name) => stack.parts.has(name)))) return [];
    if (table.beside?.some((name) => !outline.tensors.has(stack.root + name))) return [];
    const config = configOf(outline.config, towerOf(stack, family), family);
    const type = textOf(config, 'model_type') ?? textOf(outline.config, 'model_type');
    const isNamed = type !== undefined && family.types.includes(type);
    return isNamed || !table.onlyTypes ? [{ family, table, type, isNamed }] : [];
  });
  return fitting.find(({ isNamed }) => isNamed) ?? fitting[0];
}

interface Work {
  outline: Outline;
  untested: Untested;
  used: Set<string>;
}

/** The length of the first layer's norm. */
function widthOf({ outline }: Work, { layers }: Stack, { width }: Table): number {
  const name = layers.map((layer) => layer.get(width)).find((one) => one !== undefined);
  const shape = name === undefined ? undefined : outline.tensors.get(name)?.shape;
  if (shape?.length !== 1) throw new Untestable(`${width} is not a vector`);
  return shape[0]!;
}

function embeddingOf(
  { outline, used }: Work,
  stack: Stack,
  { embedding = [] }: Table,
  width: number,
): View | undefined {
  const name = embedding.map((one) => stack.root + one).find((one) => outline.tensors.has(one));
  if (name === undefined) return undefined;
  used.add(name);
  const { shape } = outline.tensors.get(name)!;
  if (shape.length !== 2 || shape[1] !== width) throw new Untestable(`its shape is [${shape.join(', ')}]`);
  const why = outline.unreadable(name);
  if (why !== undefined) throw new Untestable(why);
  return viewOf(name, { rows: shape[0]!, columns: width, rowStride: width, columnStride: 1 });
}

/** What `read` gives; where it cannot, notes why. */
function orNoted<T>(read: () => T, note: (why: string) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Untestable)) throw error;
    note(error.message);
    return undefined;
  }
}

function readTower(work: Work, stack: Stack, family: Family, table: Table): Tower | undefined {
  const { outline, untested, used } = work;
  const name = towerOf(stack, family);
  const hiddenSize = orNoted(
    () => widthOf(work, stack, table),
    (why) => untested.add(`${name}: layers`, why),
  );
  if (hiddenSize === undefined) return undefined;
  const config = configOf(outline.config, name, family);
  const groups = new Map<GroupKind, Block[]>();
  let count = 0;
  for (const [index, parts] of stack.layers.entries()) {
    const layer = new Layer({ index, hiddenSize, config, parts, outline, used });
    for (const { kind, mark, read } of table.parts) {
      if (!layer.has(mark)) continue;
      const blocks = orNoted(
        () => read(layer),
        (why) => untested.add(`${name}: ${KINDS[kind]}`, why, index),
      );
      if (!blocks) continue;
      count += blocks.length;
      if (count > MAX_BLOCKS) {
        untested.add(`${name}: ${KINDS[kind]}`, 'there are more blocks than are compared', index);
        continue;
      }
      const group = groups.get(kind);
      if (group) group.push(...blocks);
      else groups.set(kind, blocks);
    }
  }
  const embedding = orNoted(
    () => embeddingOf(work, stack, table, hiddenSize),
    (why) => untested.add(`${name}: input embedding`, why),
  );
  return {
    name,
    hiddenSize,
    layers: stack.layers.length,
    ...(embedding && { embedding }),
    groups: [...groups].map(([kind, blocks]): Group => ({ kind, blocks })),
    ...(family.fixedBasis !== undefined && { fixedBasis: family.fixedBasis }),
  };
}

const packed = (stack: Stack): boolean =>
  [...stack.parts].some((part) => /\.(qweight|weight_packed|weight_blocks|absmax)$|\.absmax\b|_blocks$/.test(part));

/** Finds the towers of a model. One that no table knows is named in `untested`: what the others show stands by itself. */
export function readAnatomy(outline: Outline): Anatomy {
  const work: Work = { outline, untested: new Untested(), used: new Set() };
  const names: string[] = [];
  const towers: Tower[] = [];
  for (const stack of findStacks(outline.tensors.keys())) {
    const known = familyOf(stack, outline);
    if (!known) {
      if (packed(stack))
        work.untested.add(`layers ${stack.name}.*`, 'its weights are packed integers, which are not read');
      continue;
    }
    const { family, table, type } = known;
    if (towers.some(({ name }) => name === towerOf(stack, family))) {
      work.untested.add(
        `layers ${stack.name}.*`,
        `a second stack of layers beside the ${towerOf(stack, family)} tower`,
      );
      continue;
    }
    const tower = readTower(work, stack, family, table);
    if (!tower) continue;
    towers.push(tower);
    const isOther = type !== undefined && !family.types.includes(type);
    names.push(isOther ? `${family.name} (it calls itself ${shownName(type)})` : family.name);
  }
  if (!towers.some(({ name }) => name === 'language')) {
    const type = textOf(outline.config, 'model_type');
    const called = type === undefined ? '' : ` (it calls itself ${shownName(type)})`;
    work.untested.add('language model', `no table knows the names and shapes of its tensors${called}`);
  }
  noteRest(outline, work.used, work.untested);
  return { family: names.join(' with ') || 'unknown', towers, untested: work.untested.list() };
}

/** Parts of a model that are outside all blocks: by the end of a tensor's name. */
const REASONS: readonly [RegExp, part: string, why: string][] = [
  [
    /(^|\.)(lm_head|embed_out|output)\.weight$/,
    'output head',
    'its rows are tokens, whose order a shared tokenizer explains',
  ],
  [
    /[._](q_proj|k_proj|wq|wk|attn_q|attn_k|q_norm|k_norm|q_a_proj|q_b_proj|attn_q_a|attn_q_b|attn_q_norm|attn_k_norm|attn_k_b)\.(weight|bias)$/,
    'queries and keys',
    'positions tie their dimensions together in pairs, or any mixture of them is the same model: they have no labels that are free',
  ],
  [
    /(scale|scale_inv|inv_freq|input_scale)$|rope_freqs\.weight$|rotary_emb\.|masked_bias$|attn\.bias$|attention\.bias$/,
    '',
    '',
  ],
];

/** Names what is outside all blocks. `used`: tensors that blocks are read from, or are checked against. */
function noteRest(outline: Outline, used: ReadonlySet<string>, untested: Untested): void {
  for (const [name, { shape }] of outline.tensors) {
    const [, part, why] = REASONS.find(([end]) => end.test(name)) ?? [];
    if (part === '') continue;
    if (part !== undefined && why !== undefined) untested.add(part, why);
    else if (used.has(name)) continue;
    else if (shape.length < 2) untested.add('norms, biases and other vectors', 'a vector has too few numbers to tell');
    else untested.add(shownName(patternOf(name)), 'no table says what its rows are');
  }
}
