// The disputes of January 2026 in kind: models with the published statistics of norm weights (cosine, correlation between the two models, and
// between the layers of one), made from random numbers. Two independent ones must stay without evidence, though their norms look alike and a
// sum over layers as if they were independent convicts them; a derived one must be told.
// Figures: GitHub ANLGBOY/solar-vs-glm-sanity-check, layernorm_sanity.csv (Solar Open 100B and GLM-4.5-Air, input norms of 46 layers: mean
// cosine .9487, mean Pearson .0126; GLM-4.5-Air and INTELLECT-3: 1.00, 1.00).

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normals } from '../engine/index.ts';
import { writeSafetensors } from '../formats/index.ts';
import { compareModels, type ReferenceResult } from './index.ts';

/** As many as both models have; fewer are enough to tell, and the correlation grows so that the sum stays the same. */
const LAYERS = process.env.JIKJI_TORTURE ? 46 : 16;
const [D, F, HEADS, VOCABULARY] = [256, 40, 4, 700];
const KV = D / HEADS;
/** Spread of norm weights beside their mean: two models then have this cosine. */
const COSINE = 0.9487;
const SPREAD = Math.sqrt(1 / COSINE - 1);
/** Correlation of two layers' norms in one model. */
const WITHIN = 0.6;
/** Correlation between the norms of two models: so small that each layer alone says little, and all of them as if independent say z = 5.5. */
const BETWEEN = 5.5 / Math.sqrt(D * LAYERS);

const folder = mkdtempSync(join(tmpdir(), 'jikji-disputes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Tensors = Map<string, Float32Array>;
const random = (name: string, count: number, std = 1): Float32Array => normals({ name, seed: 1, std }, 0, count);
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (list: readonly number[] | Float32Array): number => [...list].reduce((sum, x) => sum + x, 0) / list.length;

/** Mean 0, deviation 1, and uncorrelated with `other`. */
function standard(values: Float32Array, other?: Float32Array): Float32Array {
  const share = other ? dot(values, other) / dot(other, other) : 0;
  const middle = mean(values);
  const centred = values.map((x, i) => x - middle - share * (other?.[i] ?? 0));
  const deviation = Math.sqrt(dot(centred, centred) / centred.length);
  return centred.map((x) => x / deviation);
}

/** What the norms of all layers of a model have in common: of two models, correlated as they were. */
const FIRST = standard(random('first', D));
const OTHER = standard(random('other', D), FIRST);
const SHARE = BETWEEN / WITHIN;
const SECOND = FIRST.map((x, i) => SHARE * x + Math.sqrt(1 - SHARE ** 2) * OTHER[i]!);

const norm = (name: string, common: Float32Array): Float32Array => {
  // By chance it would have a little of the common parts.
  const own = standard(standard(random(name, D), FIRST), OTHER);
  return common.map((x, i) => 1 + SPREAD * (Math.sqrt(WITHIN) * x + Math.sqrt(1 - WITHIN) * own[i]!));
};

function model(seed: string, common: Float32Array): Tensors {
  const tensors: Tensors = new Map([
    ['model.embed_tokens.weight', random(`${seed} embedding`, VOCABULARY * D, 0.02)],
    ['model.norm.weight', norm(`${seed} last`, common)],
  ]);
  for (let l = 0; l < LAYERS; l++) {
    const put = (name: string, values: Float32Array) => tensors.set(`model.layers.${l}.${name}.weight`, values);
    for (const name of ['input_layernorm', 'post_attention_layernorm']) put(name, norm(`${seed} ${name} ${l}`, common));
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

function shapeOf(name: string, { length }: Float32Array): number[] {
  if (name.includes('norm')) return [length];
  return name.includes('down_proj') ? [D, F] : [length / D, D];
}

function write(name: string, tensors: Tensors, tokenOf: (id: number) => string): string {
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

const models = { glm: model('glm', FIRST), solar: model('solar', SECOND) };
const [inputNorms, others] = ['input_layernorm', 'post_attention_layernorm'].map(
  (name) => (tensors: Tensors) =>
    Array.from({ length: LAYERS }, (_, l) => tensors.get(`model.layers.${l}.${name}.weight`)!),
) as [(tensors: Tensors) => Float32Array[], (tensors: Tensors) => Float32Array[]];
const cosine = (a: Float32Array, b: Float32Array): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const pearson = (a: Float32Array, b: Float32Array): number => cosine(standard(a), standard(b));
const over = (f: typeof cosine, a: Float32Array[], b: Float32Array[]): number => mean(a.map((x, l) => f(x, b[l]!)));

/** Verdicts by part. */
const verdicts = ({ groups }: ReferenceResult) =>
  Object.fromEntries(groups.map(({ kind, verdict }) => [kind, verdict]));
const compare = (suspect: string, reference: string): ReferenceResult =>
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

test('the fixtures have the published statistics', () => {
  const [a, b] = [inputNorms(models.glm), inputNorms(models.solar)];
  expect(over(cosine, a, b)).toBeCloseTo(COSINE, 2);
  expect(Math.abs(over(pearson, a, b) - BETWEEN)).toBeLessThan(0.2 * BETWEEN);
  expect(over(pearson, a.slice(1), a.slice(0, -1))).toBeCloseTo(WITHIN, 1);
  const derived = inputNorms(further(models.glm));
  expect(over(cosine, a, derived)).toBeCloseTo(1, 2);
  expect(over(pearson, a, derived)).toBeCloseTo(1, 2);
  // After a shuffle the cosine is the same: it says nothing.
  const shuffled = b.map((values) => Float32Array.from(values).reverse());
  expect(over(cosine, a, shuffled)).toBeCloseTo(COSINE, 2);
});

describe('two independent models', () => {
  test('the trap: layers taken as independent convict them', () => {
    const z = over(pearson, inputNorms(models.glm), inputNorms(models.solar)) * Math.sqrt(D * LAYERS);
    expect(z).toBeGreaterThan(4.8); // a chance below 1e-6, if it were one
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
