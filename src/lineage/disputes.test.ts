// The disputes of January 2026 in kind: models with the published statistics of norm weights (cosine, correlation between the two models, and
// between the layers of one), made from random numbers. Two independent ones must stay without evidence, though their norms look alike and a
// sum over layers as if they were independent convicts them; a derived one must be told.
// Figures: GitHub ANLGBOY/solar-vs-glm-sanity-check, layernorm_sanity.csv (Solar Open 100B and GLM-4.5-Air, 46 layers, 4,096 wide: input norms, mean
// cosine .9487, mean Pearson .0126; post-attention norms .9864, -.0019; GLM-4.5-Air and INTELLECT-3: 1.00, 1.00).
//
// Norms alone are made at full size, with these figures. The models that are compared are 256 wide, with 16 layers: they have the same cosines, and the same sum
// over layers as if these were independent, 5.5 standard deviations. So their mean Pearson of input norms is not .0126: it is .086, and .051 with 46 layers
// (JIKJI_TORTURE). Experts, values, embeddings and vocabularies are random numbers in both, as the published cosines of theirs say (.004 at most).

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { normals } from '../engine/index.ts';
import { writeSafetensors } from '../formats/index.ts';
import { compareModels, type ReferenceResult } from './index.ts';

/** As many as both models have; fewer are enough to tell, and the correlation grows so that the sum stays the same. */
const LAYERS = process.env.JIKJI_TORTURE ? 46 : 16;
const [D, F, HEADS, VOCABULARY] = [256, 40, 4, 700];
const KV = D / HEADS;
/** Correlation of two layers' norms in one model; published: .46 to .77. */
const WITHIN = 0.6;
/** The published figures. */
const PUBLISHED = {
  input_layernorm: { cosine: 0.9487, pearson: 0.0126 },
  post_attention_layernorm: { cosine: 0.9864, pearson: -0.0019 },
};
type NormName = keyof typeof PUBLISHED;
const NORMS = Object.keys(PUBLISHED) as NormName[];
/** The sum over 46 layers of 4,096 as if independent. */
const Z = 5.5;
/** Correlation of input norms between the two small models: so small that each layer alone says little, and all of them as if independent say Z. */
const BETWEEN = Z / Math.sqrt(D * LAYERS);

const folder = temporaryFolder();

type Tensors = Map<string, Float32Array>;
const random = (name: string, count: number, std = 1) => normals({ name, seed: 1, std }, 0, count);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (list: readonly number[] | Float32Array) => [...list].reduce((sum, x) => sum + x, 0) / list.length;

/** Mean 0, deviation 1, and uncorrelated with `other`. */
function standard(values: Float32Array, other?: Float32Array): Float32Array {
  const share = other ? dot(values, other) / dot(other, other) : 0;
  const middle = mean(values);
  const centred = values.map((x, i) => x - middle - share * (other?.[i] ?? 0));
  const deviation = Math.sqrt(dot(centred, centred) / centred.length);
  return centred.map((x) => x / deviation);
}

/** Spread of norm weights beside their mean: two models then have this cosine. */
const spreadOf = (cosine: number) => Math.sqrt(1 / cosine - 1);

/** What the norms of all layers of a model have in common: of two models, correlated by `pearson`. */
interface Common {
  first: Float32Array;
  second: Float32Array;
  /** Whatever the layers have of their own is uncorrelated with these. */
  bases: readonly [Float32Array, Float32Array];
}

function commonOf(name: NormName, width: number, pearson: number): Common {
  const first = standard(random(`first ${name}`, width));
  const other = standard(random(`other ${name}`, width), first);
  const share = pearson / WITHIN;
  const second = first.map((x, i) => share * x + Math.sqrt(1 - share ** 2) * other[i]!);
  return { first, second, bases: [first, other] };
}

function normOf(seed: string, name: NormName, common: Common, which: 'first' | 'second'): Float32Array {
  const spread = spreadOf(PUBLISHED[name].cosine);
  // By chance it would have a little of the common parts.
  const [one, other] = common.bases;
  const own = standard(standard(random(seed, one.length), one), other);
  return common[which].map((x, i) => 1 + spread * (Math.sqrt(WITHIN) * x + Math.sqrt(1 - WITHIN) * own[i]!));
}

const COMMON = {
  input_layernorm: commonOf('input_layernorm', D, BETWEEN),
  post_attention_layernorm: commonOf('post_attention_layernorm', D, PUBLISHED.post_attention_layernorm.pearson),
};

function model(seed: string, which: 'first' | 'second') {
  const tensors: Tensors = new Map([
    ['model.embed_tokens.weight', random(`${seed} embedding`, VOCABULARY * D, 0.02)],
    ['model.norm.weight', normOf(`${seed} last`, 'input_layernorm', COMMON.input_layernorm, which)],
  ]);
  for (let l = 0; l < LAYERS; l++) {
    const put = (name: string, values: Float32Array) => tensors.set(`model.layers.${l}.${name}.weight`, values);
    for (const name of NORMS) put(name, normOf(`${seed} ${name} ${l}`, name, COMMON[name], which));
    for (const name of ['gate_proj', 'up_proj', 'down_proj'])
      put(`mlp.${name}`, random(`${seed} ${name} ${l}`, F * D, 0.02));
    for (const [name, rows] of [
      ['q_proj', D],
      ['k_proj', KV],
      ['v_proj', KV],
      ['o_proj', D],
    ] as const)
      put(`self_attn.${name}`, random(`${seed} ${name} ${l}`, rows * D, 0.02));
  }
  return tensors;
}

/** Trained a little further. */
const further = (from: Tensors): Tensors =>
  new Map(
    [...from].map(([name, values]) => {
      const noise = random(`further ${name}`, values.length, name.includes('norm') ? 0.002 : 0.006);
      return [name, values.map((x, i) => x + noise[i]!)];
    }),
  );

function shapeOf(name: string, { length }: Float32Array) {
  if (name.includes('norm')) return [length];
  return name.includes('down_proj') ? [D, F] : [length / D, D];
}

function write(name: string, tensors: Tensors, tokenOf: (id: number) => string) {
  const path = join(folder, name);
  mkdirSync(path);
  const pieces = [...tensors].map(([tensor, values]) => ({
    ...{ name: tensor, dtype: 'F32' as const, shape: shapeOf(tensor, values) },
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  }));
  const file = openSync(join(path, 'model.safetensors'), 'w');
  writeSafetensors(file, pieces);
  closeSync(file);
  const config = {
    ...{ model_type: 'llama', hidden_size: D, intermediate_size: F, num_hidden_layers: LAYERS },
    ...{ num_attention_heads: HEADS, num_key_value_heads: 1, vocab_size: VOCABULARY, tie_word_embeddings: true },
  };
  writeFileSync(join(path, 'config.json'), JSON.stringify(config));
  const vocab = Object.fromEntries(Array.from({ length: VOCABULARY }, (_, id) => [tokenOf(id), id]));
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify({ model: { type: 'BPE', vocab, merges: [] } }));
  return path;
}

const models = { glm: model('glm', 'first'), solar: model('solar', 'second') };
const [inputNorms, others] = NORMS.map(
  (name) => (tensors: Tensors) =>
    Array.from({ length: LAYERS }, (_, l) => tensors.get(`model.layers.${l}.${name}.weight`)!),
) as [(tensors: Tensors) => Float32Array[], (tensors: Tensors) => Float32Array[]];
const cosine = (a: Float32Array, b: Float32Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const pearson = (a: Float32Array, b: Float32Array) => cosine(standard(a), standard(b));
const over = (f: typeof cosine, a: Float32Array[], b: Float32Array[]) => mean(a.map((x, l) => f(x, b[l]!)));

/** Verdicts by part. */
const verdicts = ({ groups }: ReferenceResult) =>
  Object.fromEntries(groups.map(({ kind, verdict }) => [kind, verdict]));
const compare = (suspect: string, reference: string) =>
  compareModels(suspect, { against: [reference], rows: 256, alpha: 1e-9, threads: 2, challenge: '0'.repeat(64) })
    .references[0]!;

let paths: Record<'glm' | 'solar' | 'intellect', string>;
beforeAll(() => {
  paths = {
    glm: write('glm', models.glm, (id) => `t${id}`),
    // Most tokens are shared, none has the same id.
    solar: write('solar', models.solar, (id) => (id < 50 ? `own ${id}` : `t${id - 13}`)),
    intellect: write('intellect', further(models.glm), (id) => `t${id}`),
  };
});

/** The mean Pearson as so many standard deviations, if layers were independent of each other. */
const asIfIndependent = (pearson: number, width: number, layers: number) => pearson * Math.sqrt(width * layers);

describe('norms of 46 layers, 4,096 wide', () => {
  const [WIDTH, DEPTH] = [4096, 46];
  const norms = Object.fromEntries(
    NORMS.map((name) => {
      const common = commonOf(name, WIDTH, PUBLISHED[name].pearson);
      const of = (which: 'first' | 'second') =>
        Array.from({ length: DEPTH }, (_, l) => normOf(`full ${which} ${name} ${l}`, name, common, which));
      return [name, [of('first'), of('second')]];
    }),
  ) as Record<NormName, [Float32Array[], Float32Array[]]>;

  test.each(NORMS)('%s: the published cosine and correlation', (name) => {
    const [a, b] = norms[name];
    expect(Math.abs(over(cosine, a, b) - PUBLISHED[name].cosine)).toBeLessThan(0.001);
    expect(Math.abs(over(pearson, a, b) - PUBLISHED[name].pearson)).toBeLessThan(0.003);
    for (const one of [a, b]) expect(over(pearson, one.slice(1), one.slice(0, -1))).toBeCloseTo(WITHIN, 1);
    // After a shuffle the cosine is the same: it says nothing.
    const shuffled = b.map((values) => Float32Array.from(values).reverse());
    expect(Math.abs(over(cosine, a, shuffled) - PUBLISHED[name].cosine)).toBeLessThan(0.001);
  });

  test('the trap: layers taken as independent convict, and as correlated as they are they do not', () => {
    const [a, b] = norms.input_layernorm;
    const found = over(pearson, a, b);
    expect(asIfIndependent(found, WIDTH, DEPTH)).toBeGreaterThan(4.8); // a chance below 1e-6, if it were one
    expect(asIfIndependent(PUBLISHED.input_layernorm.pearson, WIDTH, DEPTH)).toBeCloseTo(Z, 1);
    // Two layers' correlations with the other model's have a covariance of WITHIN^2 / width.
    const deviation = Math.sqrt((1 / DEPTH + (1 - 1 / DEPTH) * WITHIN ** 2) / WIDTH);
    expect(found / deviation).toBeLessThan(2);
    expect(PUBLISHED.input_layernorm.pearson / deviation).toBeCloseTo(1.3, 1);
  });
});

test('the models that are compared have the same cosines, and the same sum over layers', () => {
  const [a, b] = [inputNorms(models.glm), inputNorms(models.solar)];
  expect(over(cosine, a, b)).toBeCloseTo(PUBLISHED.input_layernorm.cosine, 2);
  expect(Math.abs(over(pearson, a, b) - BETWEEN)).toBeLessThan(0.2 * BETWEEN);
  expect(BETWEEN).toBeCloseTo(LAYERS === 46 ? 0.051 : 0.086, 3);
  expect(over(pearson, a.slice(1), a.slice(0, -1))).toBeCloseTo(WITHIN, 1);
  const [c, d] = [others(models.glm), others(models.solar)];
  expect(over(cosine, c, d)).toBeCloseTo(PUBLISHED.post_attention_layernorm.cosine, 2);
  expect(Math.abs(over(pearson, c, d))).toBeLessThan(0.02);
  const derived = inputNorms(further(models.glm));
  expect(over(cosine, a, derived)).toBeCloseTo(1, 2);
  expect(over(pearson, a, derived)).toBeCloseTo(1, 2);
});

describe('two independent models', () => {
  test('the trap: layers taken as independent convict them', () => {
    const found = over(pearson, inputNorms(models.glm), inputNorms(models.solar));
    expect(asIfIndependent(found, D, LAYERS)).toBeGreaterThan(4.8);
  });

  test('no part shares weights', () => {
    const found = [compare(paths.solar, paths.glm)];
    if (process.env.JIKJI_TORTURE) found.push(compare(paths.glm, paths.solar));
    for (const one of found) {
      expect(verdicts(one)).toEqual({ basis: 'none', units: 'none', values: 'none' });
      expect(one.tokenizer).toMatchObject({ sameFile: false, sameId: 0 });
    }
  });

  test('nor do they where norms are all that is alike, to the last digit', () => {
    const twin = new Map(models.solar);
    for (const [name, values] of models.glm) if (name.includes('norm')) twin.set(name, values);
    expect(over(pearson, others(twin), others(models.glm))).toBeCloseTo(1, 5);
    const path = write('twin', twin, (id) => `t${id}`);
    expect(verdicts(compare(path, paths.glm))).toEqual({ basis: 'none', units: 'none', values: 'none' });
  });
});

test('a derived model shares every part', () => {
  const found = compare(paths.intellect, paths.glm);
  expect(verdicts(found)).toEqual({ basis: 'shares', units: 'shares', values: 'shares' });
});
