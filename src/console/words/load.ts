// Loads the words of a language. The other language is not sent.

import type { Lang } from '../../page-kit/index.ts';
import type { Words } from './words.ts';

export const loadWords = async (lang: Lang): Promise<Words> =>
  lang === 'ko' ? (await import('./ko/index.ts')).ko : (await import('./en/index.ts')).en;
