// Dictionaries: the type that all languages share, and the look-up of a name that may be missing. Contains no words.

/** The same keys, and functions of the same arguments, as the words `T` of one language. A missing word is a type error. */
export type WordsOf<T> = T extends (...given: infer Given) => string
  ? (...given: Given) => string
  : T extends string
    ? string
    : { [K in keyof T]: WordsOf<T[K]> };

/** The word for a name; the name itself if the dictionary lacks it. */
export const wordFor = (words: Record<string, string>, name: string): string =>
  Object.hasOwn(words, name) ? words[name] : name;
