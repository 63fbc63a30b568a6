// Why an entry cannot be in a log, or is not the one that was written in its place: sentences in both languages.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  missing: (seq: number, other: number): Both => ({
    en: `entry ${seq} is missing; entry ${other} is in its place`,
    ko: `기록 ${seq}번이 없고, 그 자리에 다른 기록이 있습니다: ${other}번`,
  }),
  altered: (seq: number): Both => ({
    en: `entry ${seq} was altered, or the one before it together with its link`,
    ko: `기록 ${seq}번이 바뀌었거나, 바로 앞의 기록이 그 연결값과 함께 바뀌었습니다.`,
  }),
  otherForm: (seq: number, field: string, why: Both): Both => ({
    en: `entry ${seq} has another form: ${field}: ${why.en}`,
    ko: `기록 ${seq}번의 형식이 다릅니다: ${field}: ${why.ko}`,
  }),
  nested: (depth: number): Both => ({
    en: `is nested deeper than ${depth}`,
    ko: `${depth}단계보다 깊이 들어 있는 값이 있습니다.`,
  }),
  surrogate: { en: 'holds a lone surrogate', ko: '짝이 없는 서로게이트 문자가 있습니다.' },
  nul: { en: 'holds NUL', ko: 'NUL 문자가 있습니다.' },
  notFinite: { en: 'holds a number that is not finite', ko: '유한하지 않은 수가 있습니다.' },
  notJson: { en: 'holds a value that is not JSON', ko: 'JSON이 아닌 값이 있습니다.' },
  tooLong: (length: number): Both => ({ en: `is longer than ${length} characters`, ko: `${length}자보다 깁니다.` }),
} satisfies Sentences;
