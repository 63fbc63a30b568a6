// The words of both languages, for tests. Pages load one of them.

import type { Lang } from '../../page-kit/index.ts';
import { en } from '../words/en/index.ts';
import { ko } from '../words/ko/index.ts';
import type { Words } from '../words/words.ts';

export const WORDS: Record<Lang, Words> = { en, ko };
