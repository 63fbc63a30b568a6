// Results of comparisons for the tests of the report: toy models compared in earnest, with made-up facts beside them.

import { compareSamples, type JudgedGroup, judge } from '../../comparison/index.ts';
import {
  inBasis,
  mapModel,
  noisy,
  relabelled,
  rotation,
  SIZES,
  sampleOf,
  shuffle,
  type ToyModel,
  toyModel,
} from '../../comparison/testing/toy-models.ts';
import type { Lineage, ReferenceResult } from '../../lineage.ts';

const digest = (name: string) => Buffer.from(name.padEnd(32, '.')).subarray(0, 32).toString('hex');

const model = (name: string, layers = SIZES.L): Lineage['suspect'] => ({
  path: `/models/${name}`,
  name,
  digest: digest(name),
  bytes: 2_431_104,
  family: 'Llama',
  sketched: false,
  towers: [{ name: 'language', hiddenSize: SIZES.D, layers }],
});

/** How the examined model came from the reference. */
export const RELATIONS = {
  same: (base: ToyModel) => base,
  noise: (base: ToyModel) => noisy(base, 'noise', 1),
  shuffled: (base: ToyModel) =>
    noisy(
      relabelled(base, (layer, n) => shuffle(`layer ${layer}`, n)),
      'noise',
      0.5,
    ),
  rotated: (base: ToyModel) => noisy(inBasis(base, rotation('turn', SIZES.D)), 'noise', 0.5),
  independent: () => toyModel('another'),
  embedding: (base: ToyModel) => ({ ...toyModel('another'), embedding: noisy(base, 'noise', 0.5).embedding }),
  layers: (base: ToyModel) => ({ ...noisy(base, 'noise', 1), layers: [...noisy(base, 'noise', 1).layers].reverse() }),
  zero: (base: ToyModel) => mapModel(base, (matrix) => ({ ...matrix, values: new Float32Array(matrix.values.length) })),
} satisfies Record<string, (base: ToyModel) => ToyModel>;

export type Relation = keyof typeof RELATIONS;

const compared = new Map<Relation, ReturnType<typeof compareSamples>>();

/** The comparison of a relation, made once: toys are slow enough. */
function comparisonOf(relation: Relation) {
  const known = compared.get(relation);
  if (known) return known;
  const base = toyModel('a');
  const made = compareSamples(sampleOf(RELATIONS[relation](base)), sampleOf(base), {
    key: 'drawn afterwards',
    threads: 1,
  });
  compared.set(relation, made);
  return made;
}

const judgedBefore = new Map<string, JudgedGroup[][]>();

/** The groups of these comparisons with their verdicts, which depend on all of them; made once as well. */
function judgedOf(relations: readonly Relation[]) {
  const key = relations.join();
  const judged = judgedBefore.get(key) ?? judge(relations.map(comparisonOf), 1e-9);
  judgedBefore.set(key, judged);
  return judged;
}

/** A result of these relations, one reference for each. */
export function lineageOf(...relations: Relation[]): Lineage {
  const comparisons = relations.map(comparisonOf);
  const judged = judgedOf(relations);
  const references = comparisons.map((comparison, i): ReferenceResult => {
    const relation = relations[i]!;
    const name = `known-${relation}`;
    return {
      model: { ...model(name), digest: relation === 'same' ? digest('their-model') : digest(name) },
      groups: structuredClone(judged[i]!),
      towers: structuredClone(comparison.towers.map(({ groups: _, ...tower }) => tower)),
      untested: [{ model: 'reference', part: 'lm_head', why: 'its rows are tokens, which have no free order' }],
      tokenizer: {
        suspect: 32_000,
        reference: 30_000,
        shared: 21_345,
        sameId: 12,
        merges: { suspect: 31_000, reference: 29_000, shared: 20_111, inOrder: false },
        sameFile: false,
      },
      bySketch: false,
      kinship: undefined,
    };
  });
  return {
    formatVersion: 1,
    dates: [],
    suspect: model('their-model'),
    references,
    challenge: '5f'.repeat(32),
    challengeGiven: false,
    rows: 256,
    alpha: 1e-9,
    tried: references.length,
    seconds: 3.2,
  };
}
