// What may be done to a model's weights without training it: the derived models of `bench/lineage.ts`. Of Llama's layout: one norm before
// attention and one before the MLP, no biases on the residual stream. Each says whether the model still computes the same.

import { decodeNumbers, encodeNumbers } from '../src/formats/gguf-numbers.ts';
import { narrow, widen } from '../src/formats/index.ts';
import type { ModelConfig } from '../src/foundry/model/index.ts';
import { EMBEDDING, FINAL_NORM, HEAD } from '../src/foundry/model/index.ts';
import type { HeldModel, Weight } from './lineage-model.ts';
import type { Randomness } from './lineage-random.ts';

/** A change of a model, with another one that is independent of it. */
export interface Transformation {
  /** As results and tables call it. */
  name: string;
  /** Whether outputs stay what they were, up to rounding. */
  keepsFunction: boolean;
  apply(model: HeldModel, random: Randomness, other: HeldModel): HeldModel;
}

type Change = (weight: Weight, name: string) => Weight;

const changed = (model: HeldModel, change: Change): HeldModel => ({
  ...model,
  weights: new Map([...model.weights].map(([name, weight]) => [name, change(weight, name)])),
});

const isMatrix = ({ shape }: Weight) => shape.length === 2;
const withValues = ({ shape }: Weight, values: Float32Array): Weight => ({ shape, values });

/** The matrices that read the residual stream, with the norm before each; and those that write to it. */
const READERS = /\.(q_proj|k_proj|v_proj|gate_proj|up_proj)\.weight$/;
const WRITERS = /\.(o_proj|down_proj)\.weight$/;
/** The norms on the residual stream: not those of queries and keys. */
const isStreamNorm = (name: string) => /(input|post_attention)_layernorm\.weight$/.test(name) || name === FINAL_NORM;
const normBefore = (name: string) =>
  name === HEAD
    ? FINAL_NORM
    : name.replace(/(self_attn|mlp)\..*$/, (_, part) =>
        part === 'mlp' ? 'post_attention_layernorm.weight' : 'input_layernorm.weight',
      );
const readsStream = (name: string) => READERS.test(name) || name === HEAD;

/** Each column times a number. */
function columnsTimes(weight: Weight, factor: (column: number) => number): Weight {
  const width = weight.shape[1]!;
  return withValues(
    weight,
    weight.values.map((value, at) => value * factor(at % width)),
  );
}

/** Each row times a number. */
function rowsTimes(weight: Weight, factor: (row: number) => number): Weight {
  const width = weight.shape[1]!;
  return withValues(
    weight,
    weight.values.map((value, at) => value * factor(Math.floor(at / width))),
  );
}

function pickRows({ shape: [, ...rest], values }: Weight, rows: readonly number[]): Weight {
  const width = rest[0] ?? 1;
  const picked = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  return { shape: [rows.length, ...rest], values: picked };
}

function pickColumns({ shape, values }: Weight, columns: readonly number[]): Weight {
  const [height, width] = shape as [number, number];
  const picked = new Float32Array(height * columns.length);
  for (let i = 0; i < height; i++)
    for (const [j, column] of columns.entries()) picked[i * columns.length + j] = values[i * width + column]!;
  return { shape: [height, columns.length], values: picked };
}

/** a b of row-major matrices; `b` is n x n. */
function timesSquare(a: Weight, b: Float64Array): Weight {
  const [height, n] = a.shape as [number, number];
  const values = new Float32Array(height * n);
  for (let i = 0; i < height; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a.values[i * n + k]! * b[k * n + j]!;
      values[i * n + j] = sum;
    }
  return withValues(a, values);
}

function transposed({ shape, values }: Weight): Weight {
  const [height, width] = shape as [number, number];
  return {
    shape: [width, height],
    values: Float32Array.from(values, (_, at) => values[(at % height) * width + Math.floor(at / height)]!),
  };
}

/** Gives a tied head its own matrix, so that the embedding can be changed without it. */
function untied(model: HeldModel) {
  if (!model.config.tieWordEmbeddings) return model;
  const weights = new Map([...model.weights, [HEAD, model.weights.get(EMBEDDING)!] as const]);
  return { ...model, config: { ...model.config, tieWordEmbeddings: false }, weights };
}

function size({ values }: Weight) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

/** Noise of so many times the size of each matrix. */
const noise =
  (share: number): Transformation['apply'] =>
  (model, random) =>
    changed(model, (weight) => {
      if (!isMatrix(weight)) return weight;
      const std = share * size(weight);
      return withValues(
        weight,
        weight.values.map((value) => value + std * random.normal()),
      );
    });

const rounded: Transformation['apply'] = (model) =>
  changed(model, (weight) => {
    const values = new Float32Array(weight.values.length);
    widen('BF16', narrow('BF16', weight.values), values);
    return withValues(weight, values);
  });

/** Matrices whose rows are whole blocks, as the export to GGUF does. */
const quantised: Transformation['apply'] = (model) =>
  changed(model, (weight) => {
    if (!isMatrix(weight) || weight.shape[1]! % 32 !== 0) return weight;
    const values = new Float32Array(weight.values.length);
    decodeNumbers('Q8_0', encodeNumbers('Q8_0', weight.values), values);
    return withValues(weight, values);
  });

const merged: Transformation['apply'] = (model, _, other) =>
  changed(model, (weight, name) => {
    const { values } = other.weights.get(name)!;
    return withValues(
      weight,
      weight.values.map((value, at) => (value + values[at]!) / 2),
    );
  });

/**
 * Every dimension of the residual stream changes its sign or not; the whole stream is four times as large; and each norm's gains are
 * multiplied by random numbers that the matrices behind it are divided by. The root of the mean square of a stream whose dimensions have
 * factors of their own is another one, so these factors lie between norm and matrices.
 */
const scaled: Transformation['apply'] = (before, random) => {
  const model = untied(before);
  const D = model.config.hiddenSize;
  const signs = Array.from({ length: D }, () => random.sign());
  const LOUDER = 4;
  const norms = [...model.weights.keys()].filter(isStreamNorm);
  const factors = new Map(norms.map((name) => [name, Array.from({ length: D }, () => Math.exp(random.normal() / 2))]));
  const result = changed(model, (weight, name) => {
    if (name === EMBEDDING) return columnsTimes(weight, (d) => LOUDER * signs[d]!);
    if (isStreamNorm(name))
      return withValues(
        weight,
        weight.values.map((gain, d) => gain * factors.get(name)![d]!),
      );
    if (readsStream(name)) return columnsTimes(weight, (d) => signs[d]! / factors.get(normBefore(name))![d]!);
    return WRITERS.test(name) ? rowsTimes(weight, (d) => LOUDER * signs[d]!) : weight;
  });
  return { ...result, config: { ...result.config, rmsNormEps: LOUDER ** 2 * result.config.rmsNormEps } };
};

/** Gains go into the matrices behind them, then the whole stream is turned. */
const rotated: Transformation['apply'] = (before, random) => {
  const model = untied(before);
  const basis = random.rotation(model.config.hiddenSize);
  return changed(model, (weight, name) => {
    if (name === EMBEDDING) return timesSquare(weight, basis);
    if (isStreamNorm(name))
      return withValues(
        weight,
        weight.values.map(() => 1),
      );
    if (readsStream(name)) {
      const gains = model.weights.get(normBefore(name))!.values;
      return timesSquare(
        columnsTimes(weight, (d) => gains[d]!),
        basis,
      );
    }
    return WRITERS.test(name) ? transposed(timesSquare(transposed(weight), basis)) : weight;
  });
};

const permuted: Transformation['apply'] = (model, random) => {
  const order = random.order(model.config.hiddenSize);
  return changed(model, (weight, name) => {
    if (isStreamNorm(name) || WRITERS.test(name)) return pickRows(weight, order);
    return name === EMBEDDING || readsStream(name) ? pickColumns(weight, order) : weight;
  });
};

/** Takes these units of each layer's MLP, each with a sign for `up` and `down`. */
function takingUnits(
  model: HeldModel,
  unitsOf: (layer: number) => readonly { unit: number; sign: number }[],
): HeldModel {
  const taken = Array.from({ length: model.config.numHiddenLayers }, (_, layer) => unitsOf(layer));
  const result = changed(model, (weight, name) => {
    const [, layer, matrix] = /layers\.(\d+)\.mlp\.(gate|up|down)_proj/.exec(name) ?? [];
    if (layer === undefined) return weight;
    const units = taken[Number(layer)]!;
    const labels = units.map(({ unit }) => unit);
    if (matrix === 'gate') return pickRows(weight, labels);
    if (matrix === 'up') return rowsTimes(pickRows(weight, labels), (i) => units[i]!.sign);
    return columnsTimes(pickColumns(weight, labels), (i) => units[i]!.sign);
  });
  return { ...result, config: { ...model.config, intermediateSize: taken[0]!.length } };
}

const shuffled =
  (sign: (random: Randomness) => number): Transformation['apply'] =>
  (model, random) =>
    takingUnits(model, () => random.order(model.config.intermediateSize).map((unit) => ({ unit, sign: sign(random) })));

/** Half of the units stay, in their order. */
const pruned: Transformation['apply'] = (model, random) => {
  const F = model.config.intermediateSize;
  return takingUnits(model, () =>
    random
      .order(F)
      .slice(0, F >> 1)
      .sort((a, b) => a - b)
      .map((unit) => ({ unit, sign: 1 })),
  );
};

/** A model of these layers, in this order. */
function ofLayers(model: HeldModel, layers: readonly number[]): HeldModel {
  const config: ModelConfig = { ...model.config, numHiddenLayers: layers.length };
  const outside = [...model.weights].filter(([name]) => !name.startsWith('model.layers.'));
  const inside = layers.flatMap((layer, i) =>
    [...model.weights].flatMap(([name, weight]): [string, Weight][] => {
      const prefix = `model.layers.${layer}.`;
      return name.startsWith(prefix) ? [[`model.layers.${i}.${name.slice(prefix.length)}`, weight]] : [];
    }),
  );
  return { ...model, config, weights: new Map([...outside, ...inside]) };
}

const layersOf = ({ config }: HeldModel) => Array.from({ length: config.numHiddenLayers }, (_, i) => i);

const dropped: Transformation['apply'] = (model, random) =>
  ofLayers(model, layersOf(model).toSpliced(random.below(layersOf(model).length), 1));

const repeated: Transformation['apply'] = (model, random) => {
  const layer = random.below(model.config.numHiddenLayers);
  return ofLayers(model, layersOf(model).toSpliced(layer, 0, layer));
};

/** Half of the tokens stay, with other ids; the others give way to new ones with rows of random numbers of the same size. */
const renumbered: Transformation['apply'] = (model, random) => {
  const order = random.order(model.config.vocabSize);
  const isKept = order.map(() => random.uniform() < 0.5);
  const tokens = order.map((id, i) =>
    isKept[i] || model.tokens[id] === undefined ? model.tokens[id] : Buffer.from(`new token ${id}`).toString('hex'),
  );
  const result = changed(model, (weight, name) => {
    if (name !== EMBEDDING && name !== HEAD) return weight;
    const [std, width] = [size(weight), weight.shape[1]!];
    const { shape, values } = pickRows(weight, order);
    const fresh = values.map((value, at) => (isKept[Math.floor(at / width)] ? value : std * random.normal()));
    return { shape, values: fresh };
  });
  return { ...result, tokens };
};

/** An independent model with gate and up of one layer of this one. */
const planted: Transformation['apply'] = (model, random, other) => {
  const layer = random.below(model.config.numHiddenLayers);
  const names = ['gate', 'up'].map((matrix) => `model.layers.${layer}.mlp.${matrix}_proj.weight`);
  return changed(other, (weight, name) => (names.includes(name) ? model.weights.get(name)! : weight));
};

/** The transformation whose result is another model but for one part. */
export const PLANTED = 'gate and up of one layer in an independent model';

export const TRANSFORMATIONS: readonly Transformation[] = [
  { name: 'noise as large as the weights', keepsFunction: false, apply: noise(1) },
  { name: 'noise three times as large', keepsFunction: false, apply: noise(3) },
  { name: 'rounded to bfloat16', keepsFunction: false, apply: rounded },
  { name: 'rounded to q8_0', keepsFunction: false, apply: quantised },
  { name: 'merged half and half with an independent model', keepsFunction: false, apply: merged },
  { name: 'residual stream: signs, scales between norms and matrices', keepsFunction: true, apply: scaled },
  { name: 'residual stream rotated', keepsFunction: true, apply: rotated },
  { name: 'residual stream permuted', keepsFunction: true, apply: permuted },
  { name: 'units shuffled', keepsFunction: true, apply: shuffled(() => 1) },
  {
    name: 'units shuffled, half of the signs changed',
    keepsFunction: true,
    apply: shuffled((random) => random.sign()),
  },
  { name: 'half of the units pruned', keepsFunction: false, apply: pruned },
  { name: 'one layer dropped', keepsFunction: false, apply: dropped },
  { name: 'one layer repeated', keepsFunction: false, apply: repeated },
  { name: 'vocabulary rebuilt: half of the tokens, other ids', keepsFunction: false, apply: renumbered },
  { name: PLANTED, keepsFunction: false, apply: planted },
];
