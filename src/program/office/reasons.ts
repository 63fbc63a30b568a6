// What acts of the office note beside their result: sentences in both languages.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  /** `team`: the name of a consortium. */
  keyless: (team: Both): Both => ({
    en: `${team.en} has not registered a key: without a key the rule book's veto excludes it`,
    ko: `${team.ko}: 키를 등록하지 않았습니다. 키가 없으면 규정집의 독자성 기준에 따라 탈락합니다.`,
  }),
  decisionDiffers: (stage: string, path: string): Both => ({
    en: `the decision of ${stage} differs from what its rules give, in ${path}`,
    ko: `결정이 규정집에 따라 계산한 결과와 다릅니다. 단계: ${stage}, 다른 곳: ${path}`,
  }),
} satisfies Sentences;
