// Judges what was found of the answers: the chain over their tokens, the tokens themselves, and how they ended.

import { counted } from '../../base/index.ts';
import type { ServedModel } from '../../foundry/requests/index.ts';
import type { FoundAnswer } from './answers.ts';
import type { ReceiptCheck, ReceiptDifference } from './types.ts';

/** Findings that are written out. */
const MAX_NAMED = 5;

/** The verdict over all answers: refuted by one, not checked by one, or it holds. */
function judged(
  name: ReceiptCheck['name'],
  { refuted, open, holds }: { refuted: readonly string[]; open: readonly string[]; holds: string },
): ReceiptCheck {
  const listed = (texts: readonly string[]): string => {
    const more = texts.length > MAX_NAMED ? [`${texts.length - MAX_NAMED} more`] : [];
    return [...texts.slice(0, MAX_NAMED), ...more].join('; ');
  };
  if (refuted.length > 0) return { name, verdict: 'refuted', detail: listed(refuted) };
  if (open.length > 0) return { name, verdict: 'not-checked', detail: `${listed(open)}: not checked` };
  return { name, verdict: 'holds', detail: holds };
}

const nameOf = (at: number): string => `answer ${at + 1}`;

/** Texts for those answers of which `about` says something. */
const texts = (found: readonly FoundAnswer[], about: (one: FoundAnswer) => string | undefined): string[] =>
  found.flatMap((one, at) => {
    const text = about(one);
    return text === undefined ? [] : [`${nameOf(at)} ${text}`];
  });

export function checkChain(found: readonly FoundAnswer[]): ReceiptCheck {
  const tokens = found.reduce((sum, { ids }) => sum + (ids?.length ?? 0), 0);
  const ids = found.some(({ isGenerated }) => isGenerated) ? 'generated again: no ids were given' : 'the given ids';
  return judged('chain', {
    refuted: texts(found, ({ given, ids: own, answer, isGenerated }) => {
      if (own !== undefined) return undefined;
      if (isGenerated) return 'was generated again, and its chain is another one than the receipt has';
      if (given === undefined) return undefined;
      return given.length === answer.tokens
        ? 'has other ids than the receipt was signed for'
        : `has ${counted(given.length, 'id')}, the receipt was signed for ${answer.tokens}`;
    }),
    open: texts(found, ({ ids: own, given, isGenerated }) =>
      own === undefined && given === undefined && !isGenerated ? 'has no ids beside it' : undefined,
    ),
    holds: `over ${counted(tokens, 'token')}, ${ids}`,
  });
}

const shown = (model: ServedModel, id: number): string =>
  id < model.text.model.tokenizer.vocabSize ? JSON.stringify(model.text.model.tokenizer.decode([id])) : 'no token';

/** The tokens that are not the model's. */
export function differencesOf(found: readonly FoundAnswer[], model: ServedModel): ReceiptDifference[] {
  const place = (id: number | undefined) => (id === undefined ? null : { id, text: shown(model, id) });
  return found.flatMap(({ replayed }, answer) => {
    const { difference } = replayed ?? {};
    if (!difference) return [];
    const { at: position, given, chosen } = difference;
    return [{ answer, position, given: place(given), chosen: place(chosen) }];
  });
}

const words = (place: ReceiptDifference['given']): string =>
  place ? `token ${place.id} ${place.text}` : 'the end of the text';

export function checkReplay(found: readonly FoundAnswer[], differences: readonly ReceiptDifference[]): ReceiptCheck {
  const byAnswer = new Map(differences.map((one) => [one.answer, one]));
  const tokens = found.reduce((sum, { ids }) => sum + (ids?.length ?? 0), 0);
  // An end that is too early is the business of `ending`.
  const refuted = found.flatMap(({ ids, isGenerated }, at) => {
    const one = byAnswer.get(at);
    if (one?.given) {
      return [`${nameOf(at)}, position ${one.position}: ${words(one.given)}; the model chooses ${words(one.chosen)}`];
    }
    return isGenerated && ids === undefined ? [`${nameOf(at)} is not what the model generates`] : [];
  });
  return judged('replay', {
    refuted,
    open: texts(found, ({ why }) => (why === undefined ? undefined : `was not replayed: ${why}`)),
    holds: `${counted(tokens, 'token')}, each of them the model's choice`,
  });
}

export function checkEnding(found: readonly FoundAnswer[], differences: readonly ReceiptDifference[]): ReceiptCheck {
  const byAnswer = new Map(differences.map((one) => [one.answer, one]));
  const ends = found.map(({ answer }) => answer.ended);
  return judged('ending', {
    refuted: found.flatMap(({ answer, isBrokenOff, replayed, ids, isGenerated }, at) => {
      const one = byAnswer.get(at);
      if (one && !one.given)
        return [`${nameOf(at)} ends (${answer.ended}), and the model goes on with ${words(one.chosen)}`];
      if (isBrokenOff || !replayed || one || (isGenerated && !ids) || replayed.ending === answer.ended) return [];
      return [`${nameOf(at)} ended by ${replayed.ending ?? 'nothing'}, the receipt says ${answer.ended}`];
    }),
    open: found.flatMap(({ answer, isBrokenOff, replayed }, at) => {
      if (!replayed) return [`${nameOf(at)} was not replayed`];
      return isBrokenOff ? [`${nameOf(at)} was broken off (${answer.ended}), says the server`] : [];
    }),
    holds: [...new Set(ends)].join(', '),
  });
}
