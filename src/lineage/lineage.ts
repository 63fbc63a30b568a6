// Compares a model with references: opens and digests them, draws rows, compares, judges. The draw comes after all digests are known.

import { randomBytes } from 'node:crypto';
import { JikjiError } from '../base/index.ts';
import type { Register } from '../ledger/index.ts';
import {
  type Comparison,
  compareSamples,
  compareTokenizers,
  type JudgedGroup,
  judge,
  type TokenizerComparison,
  type TowerComparison,
} from './comparison/index.ts';
import { datesIn, type FixedDate } from './dates.ts';
import { drawPair } from './drawing.ts';
import { evidenceOf, type Kinship, kinshipOf } from './evidence.ts';
import { type ModelFacts, type OpenModel, openCompared } from './open.ts';

export interface LineageProgress {
  /** The model that is worked on, and what of it. */
  model: string;
  part: string;
}

export interface LineageOptions {
  against: readonly string[];
  /** Rows of each block; all of them where it has fewer. */
  rows: number;
  /** 64 hexadecimal digits, drawn after the digests of both models were fixed; drawn here where there is none. */
  challenge?: string | undefined;
  alpha: number;
  /** References that were ever compared with this model, these included. */
  tried?: number | undefined;
  threads: number;
  /** An office's register, which may have dated the models. */
  register?: Register | undefined;
  onProgress?: (progress: LineageProgress) => void;
}

export interface ReferenceResult {
  model: ModelFacts;
  groups: JudgedGroup[];
  towers: Omit<TowerComparison, 'groups'>[];
  untested: Comparison['untested'];
  tokenizer: TokenizerComparison | undefined;
  /** Whether the rows were drawn by the key of a sketch, and not by the challenge. */
  bySketch: boolean;
  /** What the evidence of both runs says, unaudited. */
  kinship: Kinship | undefined;
}

export interface Lineage {
  formatVersion: 1;
  suspect: ModelFacts;
  references: ReferenceResult[];
  challenge: string;
  /** Whether the challenge was given: then who chose it, and when, is not known here. */
  challengeGiven: boolean;
  rows: number;
  alpha: number;
  tried: number;
  /** By the register that was given. A comparison itself dates nothing. */
  dates: FixedDate[];
  seconds: number;
}

/** Compares with one reference. */
function compareWith(suspect: OpenModel, reference: OpenModel, challenge: string, options: LineageOptions) {
  const drawn = drawPair(challenge, suspect, reference, options.rows);
  const comparison = compareSamples(drawn.suspect, drawn.reference, {
    key: drawn.key,
    threads: options.threads,
    onPart: (part) => options.onProgress?.({ model: reference.facts.name, part }),
  });
  const [ours, theirs] = [suspect.tokens, reference.tokens];
  // A sketch holds rounded values: two that are equal say no more than that the models are equal but for that.
  if (drawn.bySketch)
    for (const group of comparison.towers.flatMap(({ groups }) => groups))
      if (group.equality) group.equality = 'rounded';
  return { comparison, bySketch: drawn.bySketch, tokenizer: ours && theirs && compareTokenizers(ours, theirs) };
}

/** Folders of one name are called by their paths. */
function nameApart(models: readonly ModelFacts[]): void {
  const names = models.map(({ name }) => name);
  for (const model of models) if (names.filter((name) => name === model.name).length > 1) model.name = model.path;
}

/** @throws JikjiError `usage` */
function checkTried(tried: number, given: number): void {
  if (tried >= given) return;
  const hint = 'count the references of this call too';
  throw new JikjiError('usage', 'fewer references were tried than are given', `--tried ${tried}`, hint);
}

/**
 * Compares a model with each reference.
 * @throws JikjiError for models that cannot be read
 */
export function compareModels(path: string, options: LineageOptions): Lineage {
  const { against, alpha, rows, onProgress = () => {}, tried = against.length } = options;
  checkTried(tried, against.length);
  const start = performance.now();
  const opened: OpenModel[] = [];
  const open = (one: string): OpenModel => {
    opened.push(openCompared(one, (model, part) => onProgress({ model, part })));
    return opened.at(-1)!;
  };
  try {
    const suspect = open(path);
    const references = against.map(open);
    nameApart(opened.map(({ facts }) => facts));
    const challenge = options.challenge ?? randomBytes(32).toString('hex');
    const found = references.map((reference) => compareWith(suspect, reference, challenge, options));
    const comparisons = found.map(({ comparison }) => comparison);
    const groups = judge(comparisons, alpha, tried);
    const ours = evidenceOf(suspect.model?.run);
    return {
      formatVersion: 1,
      suspect: suspect.facts,
      references: found.map(({ comparison, ...rest }, i) => ({
        model: references[i]!.facts,
        groups: groups[i]!,
        towers: comparison.towers.map(({ groups: _, ...tower }) => tower),
        untested: comparison.untested,
        ...rest,
        kinship: kinshipOf(ours, evidenceOf(references[i]!.model?.run)),
      })),
      challenge,
      challengeGiven: options.challenge !== undefined,
      rows,
      alpha,
      tried,
      dates: options.register ? datesIn(options.register, opened) : [],
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    for (const one of opened) one.close();
  }
}
