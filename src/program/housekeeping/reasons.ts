// What a verification found to be wrong with a log, and why one broke off: sentences in both languages.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  cut: (seq: number): Both => ({
    en: `entry ${seq} is not there: the log was cut, or written anew`,
    ko: `기록 ${seq}번이 없습니다. 기록부의 뒷부분이 잘렸거나 처음부터 다시 쓰였습니다.`,
  }),
  writtenAnew: (seq: number): Both => ({
    en: `entry ${seq} has another link: the log was written anew`,
    ko: `기록 ${seq}번의 연결값이 다릅니다. 기록부가 처음부터 다시 쓰였습니다.`,
  }),
  threadEnded: {
    en: 'the thread of the verification has ended',
    ko: '검증하던 스레드가 끝났습니다.',
  },
} satisfies Sentences;
