// Lists of words: the type that one language gives the others, and the look-up of a name that may be unknown. Holds no word itself.

/** The same keys, and functions of the same arguments, as the words `T` of one language. A missing word is a type error. */
export type WordsOf<T> = T extends (...given: infer Given) => string
  ? (...given: Given) => string
  : T extends string
    ? string
    : { [K in keyof T]: WordsOf<T[K]> };

/** The word for a name; the name itself where it is new to the page. */
export const wordFor = (words: Record<string, string>, name: string): string =>
  Object.hasOwn(words, name) ? words[name] : name;
