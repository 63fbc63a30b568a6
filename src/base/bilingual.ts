// Sentences in both languages that are no errors: reasons that a log, a file or an answer keeps. A room's table `reasons.ts` has one function for
// each; it takes the values that stand in the sentence, and makes the whole sentence in each language.

/** A sentence, in Korean where it is known: what others stored, or a lower floor threw, may be English only. */
export interface Said {
  en: string;
  ko?: string | undefined;
}

type Told<Given extends unknown[]> = string | ((...given: Given) => string);

/** Makes the sentence. Its members are for tests: both languages have the same values. */
export interface Bilingual<Given extends unknown[] = never[]> {
  (...given: Given): { en: string; ko: string };
  readonly en: Told<Given>;
  readonly ko: Told<Given>;
}

/** A sentence of the table, in English and in Korean. */
export function bilingual<Given extends unknown[] = []>(en: Told<Given>, ko: Told<Given>): Bilingual<Given> {
  const told = (one: Told<Given>, given: Given): string => (typeof one === 'function' ? one(...given) : one);
  const make = (...given: Given) => ({ en: told(en, given), ko: told(ko, given) });
  return Object.assign(make, { en, ko });
}
