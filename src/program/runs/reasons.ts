// What is wrong with files of a run, for its page: sentences in both languages.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  notPlain: { en: 'is not there, or not a plain file', ko: '파일이 없거나 일반 파일이 아닙니다.' },
  notCommitted: {
    en: 'is not the file that the run committed to',
    ko: '학습 전에 약속한 파일이 아닙니다.',
  },
  otherTexts: {
    en: 'is not of the texts of the corpus manifest',
    ko: '말뭉치 목록에 적힌 글의 토큰이 아닙니다.',
  },
  keptIsNoSum: (source: number): Both => ({
    en: `source ${source}: kept is not the sum of train and validation`,
    ko: `출처 ${source}번: kept의 값이 train과 validation의 합이 아닙니다.`,
  }),
  readIsNoSum: (source: number): Both => ({
    en: `source ${source}: read is not the sum of kept and dropped`,
    ko: `출처 ${source}번: read의 값이 kept와 dropped의 합이 아닙니다.`,
  }),
  documentsAreNoSum: (split: string): Both => ({
    en: `documents of ${split} are not the sum of the sources`,
    ko: `문서 수가 출처별 문서 수의 합이 아닙니다. 구분: ${split}`,
  }),
  bytesAreNoSum: (split: string): Both => ({
    en: `bytes of ${split} are not the sum of the sources`,
    ko: `바이트 수가 출처별 바이트 수의 합이 아닙니다. 구분: ${split}`,
  }),
  licenceIsNoSum: {
    en: 'the documents of a licence are not the sum of its sources',
    ko: '라이선스별 문서 수가 그 라이선스를 쓰는 출처들의 합이 아닙니다.',
  },
} satisfies Sentences;
