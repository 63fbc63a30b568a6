// Compares models of `bench/lineage.ts` as `jikji lineage` does, one reference for one suspect. What is drawn of a model, and the engine,
// are kept for the next pair.

import { judge } from '../src/lineage/comparison/index.ts';
import { Products } from '../src/lineage/comparison/products.ts';
import { compareTowers } from '../src/lineage/comparison/towers.ts';
import { limitsOf, tokensOf } from '../src/lineage/drawing.ts';
import { type Sample, type SampledBlock, sampleModel } from '../src/lineage/sketch/index.ts';
import { asStored, type HeldModel } from './lineage-model.ts';

/** The rows that `jikji lineage` draws of each block. */
const ROWS = 256;
export const ALPHA = 1e-9;

/** A test: matches that count, of so many, the mean of independent models, ln of the chance. Short, for there are many lines. */
export type TestNumbers = [count: number, of: number, expected: number | null, lnChance: number];

export interface GroupResult {
  verdict: 'identical' | 'shares' | 'trace' | 'none' | 'untestable';
  /** ln of the chance of the best test, for all tests of the group; and after Holm's adjustment over the groups. */
  lnChance: number;
  lnAdjusted: number;
  strength: number | null;
  /** Median cosine of matched units: no chance stands behind it. */
  likeness: number | null;
  /** By name and alignment: `places stored`. */
  tests: Record<string, TestNumbers>;
}

/** By kind: `basis`, `units`, `values`. */
export type Groups = Record<string, GroupResult>;

export interface Compared {
  groups: Groups;
  /** How alike the embeddings are, in whatever basis. */
  embedding: { rotated: number; cka: number } | null;
}

const short = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : -1e9);

/** The same rows, read once. */
function readOnce(read: () => Float32Array): () => Float32Array {
  let rows: Float32Array | undefined;
  return () => {
    rows ??= read();
    return rows;
  };
}

function once(sample: Sample): Sample {
  const block = (one: SampledBlock): SampledBlock => ({
    ...one,
    rows: readOnce(one.rows),
    signed: one.signed && readOnce(one.signed),
  });
  const towers = sample.towers.map((tower) => ({
    ...tower,
    groups: tower.groups.map((group) => ({ ...group, blocks: group.blocks.map(block) })),
    embedding: tower.embedding && { ...tower.embedding, rows: readOnce(tower.embedding.rows) },
  }));
  return { ...sample, towers };
}

export class Comparer {
  readonly #products: Products;
  readonly #key: string;
  /** Tokens that two lists share. */
  readonly #tokens = new WeakMap<HeldModel['tokens'], WeakMap<HeldModel['tokens'], string[]>>();
  /** Of models that are compared many times, by the tokens. */
  readonly #samples = new WeakMap<HeldModel, WeakMap<string[], Sample>>();

  /** One key for all pairs: the same rows are drawn of all models, which are fixed before. */
  constructor(key: string, threads: number) {
    this.#key = key;
    this.#products = new Products(threads);
  }

  #shared(suspect: HeldModel, reference: HeldModel) {
    const known = this.#tokens.get(reference.tokens) ?? new WeakMap();
    this.#tokens.set(reference.tokens, known);
    const tokens = known.get(suspect.tokens) ?? tokensOf(this.#key, [asStored(suspect), asStored(reference)]);
    known.set(suspect.tokens, tokens);
    return tokens;
  }

  #sampleOf(model: HeldModel, tokens: string[]) {
    const known = this.#samples.get(model) ?? new WeakMap<string[], Sample>();
    this.#samples.set(model, known);
    const sample =
      known.get(tokens) ?? once(sampleModel(asStored(model), { key: this.#key, tokens, limits: limitsOf(ROWS) }));
    known.set(tokens, sample);
    return sample;
  }

  compare(suspect: HeldModel, reference: HeldModel): Compared {
    const tokens = this.#shared(suspect, reference);
    const [ours, theirs] = [this.#sampleOf(suspect, tokens), this.#sampleOf(reference, tokens)];
    const work = { products: this.#products, key: this.#key, onPart: () => {}, controls: false };
    const tower = compareTowers(work, ours.towers[0]!, theirs.towers[0]!);
    const [judged] = judge([{ towers: [tower], untested: [] }], ALPHA);
    const groups = Object.fromEntries(
      judged!.map(({ kind, verdict, lnChance, lnAdjusted, strength, likeness, tests }) => [
        kind,
        {
          verdict,
          lnChance: short(lnChance),
          lnAdjusted: short(lnAdjusted),
          strength: strength && Number.isFinite(strength.median) ? short(strength.median) : null,
          likeness: likeness === undefined ? null : short(likeness),
          tests: Object.fromEntries(
            tests.map((test): [string, TestNumbers] => [
              `${test.name} ${test.alignment}`,
              [test.count, test.of, test.expected === undefined ? null : short(test.expected), short(test.lnChance)],
            ]),
          ),
        },
      ]),
    );
    const { embedding } = tower;
    return { groups, embedding: embedding ? { rotated: short(embedding.rotated), cka: short(embedding.cka) } : null };
  }

  close(): void {
    this.#products.close();
  }
}

export const isFound = ({ verdict }: GroupResult): boolean => verdict === 'shares' || verdict === 'identical';
