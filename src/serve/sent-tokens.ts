// What a client was sent of the texts of its request: a receipt is about that, and about nothing else.

import type { ReceiptEnd } from '../ledger/index.ts';
import { type AnswerEvent, idsOf } from './answers.ts';
import type { SentAnswer } from './receipts/index.ts';

export class SentTokens {
  readonly #answers: { ids: number[]; ended: ReceiptEnd | undefined }[];

  constructor(texts: number) {
    this.#answers = Array.from({ length: texts }, () => ({ ids: [], ended: undefined }));
  }

  add(event: AnswerEvent): void {
    const answer = this.#answers[event.index]!;
    answer.ids.push(...idsOf(event));
    if ('end' in event && event.end.ended !== 'stopped') answer.ended = event.end.ended;
  }

  get isEmpty(): boolean {
    return this.#answers.every(({ ids, ended }) => ids.length === 0 && ended === undefined);
  }

  /** All answers; `brokenOff` is why those did not end that have not. */
  answers(brokenOff: ReceiptEnd): SentAnswer[] {
    return this.#answers.map(({ ids, ended }) => ({ ids, ended: ended ?? brokenOff }));
  }
}
