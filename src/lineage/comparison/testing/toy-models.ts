// Small random models in memory, transformations of them, and samples of all their rows. What is random comes from named streams.

import { normals } from '../../../engine/index.ts';
import type { Sample, SampledBlock, SampledGroup } from '../../sketch/index.ts';
import { type Matrix, transposed } from '../products.ts';

/** The two matrices of a gated MLP, [F, D] each. */
export interface ToyMlp {
  gate: Matrix;
  up: Matrix;
}

export interface ToyLayer extends ToyMlp {
  /** One matrix [d, D] for each key-value head. */
  values: Matrix[];
  /** Beside the dense MLP: a row of the router for each expert, [experts, D], and the experts. */
  router: Matrix | undefined;
  experts: ToyMlp[];
}

export interface ToyModel {
  /** [V, D] */
  embedding: Matrix;
  layers: ToyLayer[];
}

export interface ToySizes {
  D: number;
  F: number;
  L: number;
  V: number;
  heads: number;
  d: number;
  experts?: number;
}

export const SIZES: ToySizes = { D: 48, F: 128, L: 3, V: 300, heads: 2, d: 16 };

export function gaussian(name: string, rows: number, columns: number, std = 1): Matrix {
  return { rows, columns, values: normals({ name, seed: 1, std }, 0, rows * columns) };
}

export function toyModel(seed: string, { D, F, L, V, heads, d, experts = 0 }: ToySizes = SIZES): ToyModel {
  return {
    embedding: gaussian(`${seed} embedding`, V, D),
    layers: Array.from({ length: L }, (_, l) => ({
      gate: gaussian(`${seed} gate ${l}`, F, D),
      up: gaussian(`${seed} up ${l}`, F, D),
      values: Array.from({ length: heads }, (_, h) => gaussian(`${seed} value ${l} ${h}`, d, D)),
      router: experts === 0 ? undefined : gaussian(`${seed} router ${l}`, experts, D),
      experts: Array.from({ length: experts }, (_, e) => ({
        gate: gaussian(`${seed} expert ${l} ${e} gate`, F, D),
        up: gaussian(`${seed} expert ${l} ${e} up`, F, D),
      })),
    })),
  };
}

/** Changes every matrix of a model. `name` says which it is. */
export const mapModel = (model: ToyModel, change: (matrix: Matrix, name: string) => Matrix): ToyModel => ({
  embedding: change(model.embedding, 'embedding'),
  layers: model.layers.map(({ gate, up, values, router, experts }, l) => ({
    gate: change(gate, `gate ${l}`),
    up: change(up, `up ${l}`),
    values: values.map((one, h) => change(one, `value ${l} ${h}`)),
    router: router && change(router, `router ${l}`),
    experts: experts.map((expert, e) => ({
      gate: change(expert.gate, `expert ${l} ${e} gate`),
      up: change(expert.up, `expert ${l} ${e} up`),
    })),
  })),
});

/** Adds noise of this share of each matrix's own size (they all have standard deviation 1). */
export const noisy = (model: ToyModel, seed: string, share: number): ToyModel =>
  mapModel(model, (matrix, name) => {
    const noise = gaussian(`${seed} ${name}`, matrix.rows, matrix.columns, share);
    return { ...matrix, values: matrix.values.map((value, i) => value + noise.values[i]!) };
  });

/** Multiplies every row by a matrix [D, D]: another basis of the residual stream. */
export const inBasis = (model: ToyModel, basis: Matrix): ToyModel =>
  mapModel(model, (matrix) => naiveProduct(matrix, transposed(basis)));

/** a bᵀ in double precision. */
export function naiveProduct(a: Matrix, b: Matrix): Matrix {
  const values = new Float32Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let k = 0; k < a.columns; k++) sum += a.values[i * a.columns + k]! * b.values[j * b.columns + k]!;
      values[i * b.rows + j] = sum;
    }
  }
  return { rows: a.rows, columns: b.rows, values };
}

/** A random rotation, by Gram and Schmidt. */
export function rotation(seed: string, n: number): Matrix {
  const { values } = gaussian(`${seed} rotation`, n, n);
  for (let i = 0; i < n; i++) {
    const row = values.subarray(i * n, (i + 1) * n);
    for (let twice = 0; twice < 2; twice++) {
      for (let j = 0; j < i; j++) {
        const other = values.subarray(j * n, (j + 1) * n);
        let dot = 0;
        for (let k = 0; k < n; k++) dot += row[k]! * other[k]!;
        for (let k = 0; k < n; k++) row[k]! -= dot * other[k]!;
      }
    }
    let length = 0;
    for (const value of row) length += value * value;
    for (let k = 0; k < n; k++) row[k]! /= Math.sqrt(length);
  }
  return { rows: n, columns: n, values };
}

/** A random order of 0 to n - 1. */
export function shuffle(seed: string, n: number): number[] {
  const keys = normals({ name: `${seed} order`, seed: 1, std: 1 }, 0, n);
  return [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
}

export const pickRows = ({ columns, values }: Matrix, rows: readonly number[]): Matrix => ({
  rows: rows.length,
  columns,
  values: Float32Array.from(rows.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)])),
});

/** Gives units of every layer other labels; `order` may depend on the layer. */
export const relabelled = (model: ToyModel, order: (layer: number, units: number) => readonly number[]): ToyModel => ({
  ...model,
  layers: model.layers.map((layer, l) => {
    const rows = order(l, layer.gate.rows);
    return { ...layer, gate: pickRows(layer.gate, rows), up: pickRows(layer.up, rows) };
  }),
});

/** Gives experts of every layer other numbers, in the router too. */
export const reorderedExperts = (model: ToyModel, order: (layer: number) => readonly number[]): ToyModel => ({
  ...model,
  layers: model.layers.map((layer, l) => {
    const numbers = order(l);
    return {
      ...layer,
      router: layer.router && pickRows(layer.router, numbers),
      experts: numbers.map((e) => layer.experts[e]!),
    };
  }),
});

const blockOf = (name: string, layer: number, rows: Matrix, signed?: Matrix): SampledBlock => ({
  name,
  layer,
  size: rows.rows,
  columns: rows.columns,
  labels: Uint32Array.from({ length: rows.rows }, (_, i) => i),
  rows: () => rows.values,
  signed: signed && (() => signed.values),
});

/** All rows of a model, and its first tokens. */
export function sampleOf(model: ToyModel, tokens = model.embedding.rows): Sample {
  const { embedding, layers } = model;
  const units = layers.flatMap(({ gate, up }, l) => (gate.rows > 0 ? [blockOf(`layers.${l}.mlp`, l, gate, up)] : []));
  const values = layers.flatMap((layer, l) => layer.values.map((one, h) => blockOf(`layers.${l}.values.${h}`, l, one)));
  const routers = layers.flatMap(({ router }, l) => (router ? [blockOf(`layers.${l}.experts`, l, router)] : []));
  const experts = layers.flatMap((layer, l) =>
    layer.experts.map(({ gate, up }, e) => blockOf(`layers.${l}.experts.${e}`, l, gate, up)),
  );
  const mixture: SampledGroup[] = [
    { kind: 'experts', blocks: routers },
    { kind: 'expert-units', blocks: experts },
  ];
  return {
    family: 'toy',
    untested: [],
    towers: [
      {
        name: 'language',
        hiddenSize: embedding.columns,
        layers: layers.length,
        groups: [
          { kind: 'units', blocks: units },
          { kind: 'values', blocks: values },
          ...(experts.length > 0 ? mixture : []),
        ],
        embedding: {
          tokens: Array.from({ length: tokens }, (_, i) => `token ${i}`),
          rows: () => embedding.values.subarray(0, tokens * embedding.columns),
        },
        fixedBasis: undefined,
      },
    ],
  };
}
