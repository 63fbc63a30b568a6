// What a verification found to be wrong with an entry: a sentence in both languages.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  mayNotStand: (seq: number, why: Both): Both => ({
    en: `entry ${seq} may not stand here by the rules of this release: ${why.en}`,
    ko: `이 버전의 규칙으로는 기록 ${seq}번이 이 자리에 올 수 없습니다: ${why.ko}`,
  }),
} satisfies Sentences;
