// Mixtures of experts: experts by the rows of their router, and the units within each expert. An expert is a gated MLP of its own, so one
// relabelling of its units leaves all other experts alone.

import type { Part } from '../family.ts';
import { type Layer, type Norm, viewOf } from '../layer.ts';
import { Untestable } from '../outline.ts';
import type { Block, View } from '../types.ts';

/** The limit of experts in a layer. */
const MAX_EXPERTS = 4096;

const checkCount = (experts: number): void => {
  if (experts < 1 || experts > MAX_EXPERTS)
    throw new Untestable(`${experts} experts are not a number that can be compared`);
};

interface RouterNames {
  weight: string;
  norm: Norm;
  /** The family's routers choose groups of experts first unless the config says that there is one group. */
  mayGroup?: boolean;
}

/**
 * Rows of the router [experts, D]. Where it chooses groups of experts first, only experts of one group may change places freely: each group
 * is a block.
 */
export const router = ({ weight, norm, mayGroup = false }: RouterNames): Part => ({
  kind: 'experts',
  mark: weight,
  read: (layer) => {
    const columns = layer.hiddenSize;
    const { tensor, shape } = layer.readable(weight, [undefined, columns]);
    const experts = shape[0]!;
    checkCount(experts);
    const stated = layer.number('n_group');
    if (mayGroup && stated === undefined)
      throw new Untestable('nothing says whether its router chooses groups of experts first');
    const groups = stated ?? 1;
    if (experts % groups !== 0) throw new Untestable(`the config's ${groups} groups do not fit ${experts} experts`);
    const rows = experts / groups;
    const name = `layers.${layer.index}.experts`;
    const gain = layer.gain(norm);
    return Array.from({ length: groups }, (_, group) => ({
      name: groups === 1 ? name : `${name}.group-${group}`,
      layer: layer.index,
      rows: viewOf(tensor, { start: group * rows * columns, rows, columns, rowStride: columns, columnStride: 1 }),
      gain,
    }));
  },
});

interface ExpertNames {
  gate: string;
  up: string;
  down: string;
  norm: Norm;
}

const blockOf = (layer: Layer, expert: number, rows: View, signed: View | undefined, norm: Norm): Block => ({
  name: `layers.${layer.index}.experts.${expert}`,
  layer: layer.index,
  rows,
  ...(signed && { signed }),
  gain: layer.gain(norm),
});

/** Each expert's matrices by themselves: `*` in a name stands for its number. */
export const listedExperts = (names: ExpertNames): Part => ({
  kind: 'expert-units',
  mark: names.gate.replace('*', '0'),
  read: (layer) => {
    const blocks: Block[] = [];
    for (let expert = 0; ; expert++) {
      const at = (name: string): string => name.replace('*', `${expert}`);
      if (!layer.has(at(names.gate))) return blocks;
      checkCount(expert + 1);
      const rows = layer.matrix(at(names.gate), undefined, layer.hiddenSize);
      const signed = layer.matrix(at(names.up), rows.rows, layer.hiddenSize);
      layer.shape(at(names.down), [layer.hiddenSize, rows.rows]);
      blocks.push(blockOf(layer, expert, rows, signed, names.norm));
    }
  },
});

/** The matrices of all experts in one tensor: gate and up [experts, units, D], down [experts, D, units]. */
export const stackedExperts = (names: ExpertNames & { signs: boolean }): Part => ({
  kind: 'expert-units',
  mark: names.gate,
  read: (layer) => {
    const columns = layer.hiddenSize;
    const { tensor, shape } = layer.readable(names.gate, [undefined, undefined, columns]);
    const [experts, units] = shape as [number, number];
    checkCount(experts);
    const up = layer.readable(names.up, [experts, units, columns]).tensor;
    layer.shape(names.down, [experts, columns, units]);
    return Array.from({ length: experts }, (_, expert) => {
      const place = { start: expert * units * columns, rows: units, columns, rowStride: columns, columnStride: 1 };
      return blockOf(layer, expert, viewOf(tensor, place), names.signs ? viewOf(up, place) : undefined, names.norm);
    });
  },
});

interface FusedNames {
  both: string;
  down: string;
  norm: Norm;
  /** Gates of all units before the ups of all, or the gate of each unit before its up. */
  order: 'halves' | 'in turn';
  signs: boolean;
}

/** Whether gate and up are [experts, 2 units, D] with down [experts, D, units]: no shapes are both this and the other way. */
function isRowMajor(layer: Layer, both: string, down: string): boolean {
  const [, width, columns] = layer.shape(both, [undefined, undefined, undefined]).shape;
  const [, rows, units] = layer.shape(down, [undefined, undefined, undefined]).shape;
  return columns === layer.hiddenSize && rows === layer.hiddenSize && width === 2 * units!;
}

/**
 * Gate and up of all experts in one tensor: [experts, D, 2 units] with down [experts, units, D], or, as transformers has them from its version 5
 * on, [experts, 2 units, D] with down [experts, D, units].
 */
export const fusedExperts = ({ both, down, norm, order, signs }: FusedNames): Part => ({
  kind: 'expert-units',
  mark: both,
  read: (layer) => {
    const columns = layer.hiddenSize;
    const isRows = isRowMajor(layer, both, down);
    const { tensor, shape } = layer.readable(
      both,
      isRows ? [undefined, undefined, columns] : [undefined, columns, undefined],
    );
    const experts = shape[0]!;
    checkCount(experts);
    const width = shape[isRows ? 1 : 2]!;
    const units = width / 2;
    layer.shape(down, isRows ? [experts, columns, units] : [experts, units, columns]);
    const [next, columnStride] = isRows ? [columns, 1] : [1, width];
    const rowStride = order === 'halves' ? next : 2 * next;
    return Array.from({ length: experts }, (_, expert) => {
      const view = (first: number): View =>
        viewOf(tensor, {
          start: expert * columns * width + first * next,
          rows: units,
          columns,
          rowStride,
          columnStride,
        });
      const up = signs ? view(order === 'halves' ? units : 1) : undefined;
      return blockOf(layer, expert, view(0), up, norm);
    });
  },
});
