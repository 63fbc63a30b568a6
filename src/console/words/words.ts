// The type of a language's words: the same keys, and functions of the same arguments, as English has. A missing word is a type error.

import type { en } from './words-en.ts';

type Widened<T> = T extends (...given: infer Given) => string
  ? (...given: Given) => string
  : T extends string
    ? string
    : { [K in keyof T]: Widened<T[K]> };

export type Words = Widened<typeof en>;
