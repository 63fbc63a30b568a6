// Sentences of several checks, in both languages. Text only.

import type { Both, Sentences } from '../../base/index.ts';

export const COMMON = {
  notChecked: { en: 'not checked', ko: '점검하지 않았습니다.' },
  notThere: { en: 'is not there', ko: '파일이 없습니다.' },
  unreadable: (code: string) => ({
    en: `cannot be read (${code})`,
    ko: `읽을 수 없습니다. 시스템 오류: ${code}`,
  }),
  moreFindings: (count: number) => ({
    en: `${count} more findings of this kind are not listed.`,
    ko: `이런 내용 ${count}건은 더 적지 않았습니다.`,
  }),
  noRecipe: { en: 'there is no usable recipe', ko: '쓸 수 있는 레시피가 없습니다.' },
  noTranscript: { en: 'there is no usable transcript', ko: '쓸 수 있는 학습 기록이 없습니다.' },
  noManifest: {
    en: 'there is no usable manifest of the texts',
    ko: '쓸 수 있는 말뭉치 목록이 없습니다.',
  },
  noCorpus: {
    en: 'there is no usable recipe, tokenizer, transcript and corpus',
    ko: '레시피, 토크나이저, 학습 기록, 말뭉치 가운데 쓸 수 없는 것이 있습니다.',
  },
  notInSize: {
    en: 'is not there in the size that is stated',
    ko: '목록에 적힌 크기의 파일이 없습니다.',
  },
  otherMaker: { en: 'was signed by another maker than genesis', ko: '사전 약속과 다른 제작자가 서명했습니다.' },
  notWritten: { en: 'is not in the form in which it is written', ko: '정해진 형식대로 쓰여 있지 않습니다.' },
  tooLarge: (bytes: number) => ({
    en: `has ${bytes} bytes, more than such a file can have`,
    ko: `크기가 ${bytes}바이트입니다. 이런 파일이 가질 수 있는 크기보다 큽니다.`,
  }),
  notUtf8: { en: 'is not UTF-8', ko: '올바른 UTF-8이 아닙니다.' },
  isLink: { en: 'is a link', ko: '파일이 아니라 링크입니다.' },
  notFile: { en: 'is not a file', ko: '파일이 아닙니다.' },
} satisfies Sentences;

/** Hints of errors that the evidence caused. */
export const HINTS = {
  getAgain: {
    en: 'get the run or the bundle again from its maker',
    ko: '학습 폴더나 묶음 파일을 제작자에게서 다시 받으십시오.',
  },
  copyFile: {
    en: 'an auditor follows no links: copy the file itself into the folder',
    ko: '검증은 링크를 따라가지 않습니다. 파일 자체를 폴더에 복사하십시오.',
  },
} satisfies Sentences;

/** Names in a sentence, the first of many. */
export function listed(names: readonly string[], most: number): Both {
  const shown = names.slice(0, most).join(', ');
  const more = names.length - most;
  return more > 0 ? { en: `${shown} and ${more} more`, ko: `${shown} 외 ${more}개` } : { en: shown, ko: shown };
}
