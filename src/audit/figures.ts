// Figures: computes the validation figure of the seal again from the last state, and that of S_0 of a run with a parent, and makes the model
// card again.

import { readFileSync } from 'node:fs';
import type { Both } from '../base/index.ts';
import { type CardFacts, runCard, scoreHeldOut, textBytes, tokensScored } from '../foundry/index.ts';
import type { OpenTokenFiles } from '../foundry/tokenizer/index.ts';
import type { Trainer } from '../foundry/train/index.ts';
import { parentOf } from '../ledger/index.ts';
import { SEAL } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { compareHeldOut, lacksReferences } from './pairs.ts';
import { COMMON } from './sentences/common.ts';
import { FIGURES } from './sentences/origin.ts';
import type { CheckContext, Evidence } from './structure.ts';
import { openPart } from './token-files.ts';
import type { Check, FigureStanding } from './types.ts';
import { fileOfState, loadWeights } from './weights.ts';

/** Measured cost of a forward pass, in training steps on as many tokens. */
const FORWARD_COST = 0.36;
/** The figure is computed without `--validation` if its cost is at most this share of the training. */
const MAX_COST = 0.15;
const CARD = 'model/README.md';
const MAX_CARD_BYTES = 16 << 20;

export interface FiguresResult {
  check: Check;
  standing: FigureStanding;
}

/** Checks the figure and the card. `isForced` computes the figure even if it is expensive. */
export async function checkFigures(
  evidence: Evidence,
  isForced: boolean,
  getTrainer: () => Trainer,
  { showProgress }: CheckContext,
): Promise<FiguresResult> {
  const findings = new Findings('figures');
  const { statements, recipe, config, tokenizer, texts, kept } = evidence;
  const seal = statements?.seal;
  const last = kept.at(-1);
  const end = (detail: Both, standing: FigureStanding): FiguresResult => ({
    check: findings.check(detail),
    standing,
  });
  if (!seal || !recipe || !config || !tokenizer || !texts || last === undefined) {
    findings.incomplete(SEAL, FIGURES.nothing);
    return end(COMMON.notChecked, 'maker');
  }
  const sealed = seal.predicate.valBitsPerByte;
  const heldOut = texts.files.filter((file) => file.split === 'validation');
  const counts = tokensScored(
    heldOut.map((file) => file.tokens),
    recipe.train.validationTokens,
  );
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  // The first token of a source is context only.
  const isEmpty = counts.every((count) => count < 2);
  if ((sealed === null) !== isEmpty) {
    findings.refuted(SEAL, isEmpty ? FIGURES.needless : FIGURES.noFigure);
  }
  const { steps, batchSize, sequenceLength } = recipe.train;
  const scored = parentOf(statements.genesis.predicate.commitment) ? [last, 0] : [last];
  const cost = (FORWARD_COST * tokens * scored.length) / (steps * batchSize * sequenceLength);
  const absent = heldOut.find((file) => !file.there);
  const lost = scored.find((step) => evidence.states.get(step) !== 'whole');
  if (lacksReferences(evidence, findings)) return end(COMMON.notChecked, 'maker');
  if (lost !== undefined || absent) {
    const file = absent?.file ?? fileOfState(lost!);
    findings.incomplete(file, FIGURES.missing);
    return end(COMMON.notChecked, 'maker');
  }
  if (cost > MAX_COST && !isForced && !isEmpty) {
    findings.note((scored.length > 1 ? FIGURES.bothWord : FIGURES.word)(Math.ceil(100 * cost)));
    checkCard(evidence, undefined, findings);
    return end(FIGURES.onlyCard, 'maker');
  }
  await showProgress('validation figure', 0);
  const opened: OpenTokenFiles[] = [];
  let standing: FigureStanding = 'maker';
  try {
    const trainer = getTrainer();
    for (const part of heldOut) opened.push(openPart(evidence, part));
    const [again, before] = scored.map((step) => {
      loadWeights(evidence, trainer, step);
      return scoreHeldOut(trainer, opened, textBytes(tokenizer), recipe.train.validationTokens);
    });
    // The trainer holds the weights of step 0 now.
    if (evidence.references) await compareHeldOut(trainer, opened, counts, findings);
    const value = Number.isFinite(again!.bitsPerByte) ? again!.bitsPerByte : null;
    standing = value === null ? 'none' : 'computed';
    if (value !== sealed) {
      findings.refuted(SEAL, FIGURES.other(sealed, value));
    }
    checkCard(evidence, { ...again!, before }, findings);
  } catch (error) {
    findings.caught(SEAL, error);
  } finally {
    for (const file of opened) file.close();
  }
  return end(standing === 'none' ? FIGURES.none : FIGURES.whole(tokens), standing);
}

/** Makes the card again from the evidence and compares it. A figure that was not computed again is taken from the card itself. */
function checkCard(
  { folder, statements, recipe, config, texts }: Evidence,
  computed: Pick<CardFacts, 'bitsPerByte' | 'bySource' | 'before' | 'pairs'> | undefined,
  findings: Findings,
): void {
  findings.try(CARD, () => {
    const size = folder.size(CARD);
    // A file that is not there, or has another size than the sealed one, is reported by structure, and not read.
    if (size === undefined || size !== (statements!.seal!.sizes.get(CARD) ?? size)) return;
    if (size > MAX_CARD_BYTES) {
      findings.refuted(CARD, FIGURES.cardSize(size));
      return;
    }
    const text = readFileSync(folder.file(CARD), 'utf8');
    const { predicate, subjects } = statements!.seal!;
    const parent = parentOf(statements!.genesis.predicate.commitment);
    const stated = { bitsPerByte: predicate.valBitsPerByte ?? Number.NaN, ...statedScores(text, parent !== undefined) };
    const { lodging, seed } = statements!.genesis.predicate.commitment;
    const facts: CardFacts = {
      recipe: recipe!,
      config: config!,
      manifest: texts!.manifest,
      ...(computed ?? stated),
      stateRoot: subjects.get('state') ?? '',
      head: predicate.head,
      parent,
    };
    if (text === runCard({ ...facts, seedOfLodging: lodging === null ? undefined : seed })) return;
    if (lodging !== null && text === runCard(facts)) findings.note(FIGURES.recipesSeed);
    else findings.refuted(CARD, FIGURES.otherCard);
  });
}

/** The figures in the last column of the card's table, those before step 1, and those of pairs. */
function statedScores(card: string, hasParent: boolean): Pick<CardFacts, 'bySource' | 'before' | 'pairs'> {
  const rows = [...card.matchAll(/ \|(?: (\d+\.\d{3})? \|)? (\d+\.\d{3})? \|$/gm)];
  const column = (k: 1 | 2): (number | null)[] => rows.map((row) => (row[k] === undefined ? null : Number(row[k])));
  const before = /, (\d+\.\d{3}) before step 1$/m.exec(card)?.[1];
  const pairs = / in ([\d,]+) of ([\d,]+) held-out pairs; mean loss (\d+\.\d{3}),/.exec(card);
  const [preferred, all, loss] = (pairs?.slice(1) ?? []).map((figure) => Number(figure.replaceAll(',', '')));
  return {
    bySource: column(2),
    ...(pairs && { pairs: { count: all!, preferred: preferred!, loss: loss! * all! } }),
    before: hasParent ? { bitsPerByte: Number(before ?? Number.NaN), bySource: column(1) } : undefined,
  };
}
