// Errors with words in both languages: a room's table of refusals has one function for each sentence that it can answer with. The function takes
// the offending input and the values that stand in the sentence, and makes the whole sentence in each language.

import type { ErrorCode } from './error-codes/index.ts';
import { JikjiError } from './errors.ts';

type Words = readonly [message: string, hint: string];
/** Message and hint, or a function that puts values into them. */
type Told<Given extends unknown[]> = Words | ((...given: Given) => Words);

/** Makes the error. Its members are for tests: both languages have the same values. */
export interface Refusal<Given extends unknown[] = never[]> {
  (input: string, ...given: Given): JikjiError;
  readonly code: ErrorCode;
  readonly en: Told<Given>;
  readonly ko: Told<Given>;
}

const wordsOf = <Given extends unknown[]>(told: Told<Given>, given: Given): Words =>
  typeof told === 'function' ? told(...given) : told;

/** A sentence of the table: its code, and message and hint in English and in Korean. */
export function refusal<Given extends unknown[] = []>(
  code: ErrorCode,
  en: Told<Given>,
  ko: Told<Given>,
): Refusal<Given> {
  const make = (input: string, ...given: Given): JikjiError => {
    const [message, hint] = wordsOf(en, given);
    const [messageKo, hintKo] = wordsOf(ko, given);
    return new JikjiError(code, message, input, hint, { ko: { message: messageKo, hint: hintKo } });
  };
  return Object.assign(make, { code, en, ko });
}
