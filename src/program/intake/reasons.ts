// Why work on a submission gave no result, for the log: whole sentences in both languages. They blame nobody for what may be a bug of ours.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  killed: (work: Both, attempts: number, blameless: Both): Both => ({
    en: `its ${work.en} ended the office's worker ${attempts} times. ${blameless.en}`,
    ko: `${work.ko} 작업 때문에 전담기관의 작업 프로세스가 ${attempts}번 중단되었습니다. ${blameless.ko}`,
  }),
  tooLong: (work: Both, seconds: number): Both => ({
    en: `its ${work.en} took longer than the ${seconds} seconds that the rule book allows`,
    ko: `${work.ko} 시간이 규정집의 한도 ${seconds}초를 넘었습니다.`,
  }),
  tooBig: (work: Both): Both => ({
    en: `its ${work.en} took more memory than the office gives to one`,
    ko: `${work.ko} 작업이 전담기관에서 한 작업에 주는 메모리를 넘었습니다.`,
  }),
  crashed: (work: Both, blameless: Both): Both => ({
    en: `its ${work.en} ended unexpectedly. ${blameless.en}`,
    ko: `${work.ko} 작업이 예기치 않게 끝났습니다. ${blameless.ko}`,
  }),
  /** What stands beside an end that may be a bug of ours. */
  saysNothing: { en: 'That says nothing about the run', ko: '학습에 문제가 있다는 뜻이 아닙니다.' },
  anew: {
    en: 'That says nothing about the run: ask the office, and submit it anew',
    ko: '학습에 문제가 있다는 뜻이 아닙니다. 전담기관에 문의하고 다시 제출하십시오.',
  },
} satisfies Sentences;
