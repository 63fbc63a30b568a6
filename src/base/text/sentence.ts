// A sentence in both languages: one value, so that no place has one language and not the other.

/** The same in English and in Korean. */
export interface Both {
  en: string;
  ko: string;
}

/** A sentence that may have no Korean: then pages show the English, and mark it as English. */
export interface Sentence {
  en: string;
  ko?: string | undefined;
}

/** A table of sentences: each one as it stands, or a function that puts values into it. */
export type Sentences = Record<string, Sentence | ((...given: never[]) => Sentence)>;
