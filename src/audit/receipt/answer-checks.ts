// Judges what was found of the answers: the chain over their tokens, the tokens themselves, and how they ended.

import type { Sentence } from '../../base/index.ts';
import type { ServedModel } from '../../foundry/requests/index.ts';
import type { FoundAnswer } from './answers.ts';
import { receiptCheck } from './receipt-check.ts';
import { ANSWERS, inRow, openAnd } from './sentences/answers.ts';
import type { ReceiptCheck, ReceiptDifference } from './types.ts';

/** Findings that are written out. */
const MAX_NAMED = 5;

/** The verdict over all answers: refuted by one, not checked by one, or it holds. */
function judged(
  name: ReceiptCheck['name'],
  { refuted, open, holds }: { refuted: readonly Sentence[]; open: readonly Sentence[]; holds: Sentence },
): ReceiptCheck {
  if (refuted.length > 0) return receiptCheck(name, 'refuted', inRow(refuted, MAX_NAMED));
  if (open.length > 0) return receiptCheck(name, 'not-checked', openAnd(inRow(open, MAX_NAMED)));
  return receiptCheck(name, 'holds', holds);
}

/** Sentences on those answers of which `about` says something; `answer` counts from 1. */
const texts = (
  found: readonly FoundAnswer[],
  about: (one: FoundAnswer, answer: number) => Sentence | undefined,
): Sentence[] =>
  found.flatMap((one, at) => {
    const text = about(one, at + 1);
    return text === undefined ? [] : [text];
  });

export function checkChain(found: readonly FoundAnswer[]): ReceiptCheck {
  const tokens = found.reduce((sum, { ids }) => sum + (ids?.length ?? 0), 0);
  const holds = found.some(({ isGenerated }) => isGenerated) ? ANSWERS.chainGenerated : ANSWERS.chainGiven;
  return judged('chain', {
    refuted: texts(found, ({ given, ids: own, answer: { tokens: signed }, isGenerated }, answer) => {
      if (own !== undefined) return undefined;
      if (isGenerated) return ANSWERS.otherChainGenerated(answer);
      if (given === undefined) return undefined;
      return given.length === signed ? ANSWERS.otherIds(answer) : ANSWERS.otherLength(answer, given.length, signed);
    }),
    open: texts(found, ({ ids: own, given, isGenerated }, answer) =>
      own === undefined && given === undefined && !isGenerated ? ANSWERS.noIds(answer) : undefined,
    ),
    holds: holds(tokens),
  });
}

const shown = (model: ServedModel, id: number): string =>
  id < model.text.model.tokenizer.vocabSize ? JSON.stringify(model.text.model.tokenizer.decode([id])) : 'no token';

/** The tokens that are not the model's. */
export function differencesOf(found: readonly FoundAnswer[], model: ServedModel | undefined): ReceiptDifference[] {
  if (!model) return [];
  const place = (id: number | undefined) => (id === undefined ? null : { id, text: shown(model, id) });
  return found.flatMap(({ replayed }, answer) => {
    const { difference } = replayed ?? {};
    if (!difference) return [];
    const { at: position, given, chosen } = difference;
    return [{ answer, position, given: place(given), chosen: place(chosen) }];
  });
}

export function checkReplay(found: readonly FoundAnswer[], differences: readonly ReceiptDifference[]): ReceiptCheck {
  const byAnswer = new Map(differences.map((one) => [one.answer, one]));
  const tokens = found.reduce((sum, { ids }) => sum + (ids?.length ?? 0), 0);
  // An end that is too early is the business of `ending`.
  const refuted = found.flatMap(({ ids, isGenerated }, at) => {
    const one = byAnswer.get(at);
    if (one?.given) return [ANSWERS.otherToken(at + 1, one.position, one.given, one.chosen)];
    return isGenerated && ids === undefined ? [ANSWERS.otherGenerated(at + 1)] : [];
  });
  return judged('replay', {
    refuted,
    open: texts(found, ({ why }, answer) => why && ANSWERS.notReplayedFor(answer, why)),
    holds: ANSWERS.replayed(tokens),
  });
}

export function checkEnding(found: readonly FoundAnswer[], differences: readonly ReceiptDifference[]): ReceiptCheck {
  const byAnswer = new Map(differences.map((one) => [one.answer, one]));
  const ends = found.map(({ answer }) => answer.ended);
  return judged('ending', {
    refuted: found.flatMap(({ answer, isBrokenOff, replayed, ids, isGenerated }, at) => {
      const one = byAnswer.get(at);
      if (one && !one.given) return [ANSWERS.endsEarly(at + 1, answer.ended, one.chosen)];
      if (isBrokenOff || !replayed || one || (isGenerated && !ids) || replayed.ending === answer.ended) return [];
      return [ANSWERS.otherEnd(at + 1, replayed.ending ?? null, answer.ended)];
    }),
    open: found.flatMap(({ answer, isBrokenOff, replayed }, at) => {
      if (!replayed) return [ANSWERS.notReplayed(at + 1)];
      return isBrokenOff ? [ANSWERS.brokenOff(at + 1, answer.ended)] : [];
    }),
    holds: ANSWERS.ends([...new Set(ends)]),
  });
}
