// The words of both languages, for tests. Pages load one of them.

import type { Lang } from '../../page-kit/index.ts';
import type { Words } from '../words/words.ts';
import { en } from '../words/words-en.ts';
import { ko } from '../words/words-ko.ts';

export const WORDS: Record<Lang, Words> = { en, ko };
