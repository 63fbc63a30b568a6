// The type of a language's words: the same keys, and functions of the same arguments, as English has. A missing key is a type error.

import type { WordsOf } from '../../page-kit/index.ts';
import type { en } from './en/index.ts';

export type Words = WordsOf<typeof en>;
