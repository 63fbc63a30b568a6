// What is wrong with a statement, in both languages. Text only.

import type { Both, Sentences } from '../base/index.ts';

/** The parts of a statement's file that are canonical JSON. */
const PARTS = { envelope: { en: 'the envelope', ko: '봉투' }, payload: { en: 'the payload', ko: '본문' } };
export type Part = keyof typeof PARTS;

export const STATEMENT = {
  notJson: (part: Part) => ({
    en: `${PARTS[part].en} is not JSON`,
    ko: `서명 파일의 ${PARTS[part].ko} 부분이 올바른 JSON이 아닙니다.`,
  }),
  noForm: (part: Part) => ({
    en: `${PARTS[part].en} has no canonical form`,
    ko: `서명 파일의 ${PARTS[part].ko} 부분을 정규 형식으로 쓸 수 없습니다.`,
  }),
  notCanonical: (part: Part) => ({
    en: `${PARTS[part].en} is not in its canonical form`,
    ko: `서명 파일의 ${PARTS[part].ko} 부분이 정규 형식이 아닙니다.`,
  }),
  tooLarge: (bytes: number) => ({
    en: `has ${bytes} bytes, far more than a statement`,
    ko: `크기가 ${bytes}바이트로, 서명 파일이 가질 수 있는 크기보다 훨씬 큽니다.`,
  }),
  notUtf8: { en: 'is not UTF-8', ko: '올바른 UTF-8이 아닙니다.' },
  unreadable: { en: 'cannot be read', ko: '읽을 수 없습니다.' },
  noNewline: { en: 'the file does not end with a newline', ko: '파일이 줄바꿈으로 끝나지 않습니다.' },
  otherKind: (found: string, kind: string) => ({
    en: `it is ${found}, not urn:jikji:${kind}`,
    ko: `종류가 다릅니다. 있어야 할 것: urn:jikji:${kind}, 있는 것: ${found}`,
  }),
  otherVersion: (found: string, version: number) => ({
    en: `it is ${found}, with a predicate of version ${version}`,
    ko: `내용의 형식이 ${version}판으로, 적혀 있는 종류와 맞지 않습니다: ${found}`,
  }),
  version1: (kind: string) => ({
    en: `it is a ${kind} of format version 1, which no release wrote and which is not read: the run has to be made again`,
    ko: `형식 1판의 서명 파일(${kind})입니다. 정식으로 배포된 적이 없는 형식이라 읽지 않으므로, 학습을 다시 만들어야 합니다.`,
  }),
  needsParent: (version: number) => ({
    en: `a genesis of version ${version} names parent`,
    ko: `${version}판의 사전 약속에는 부모 모델이 적혀 있어야 합니다.`,
  }),
  needlessParent: (version: number) => ({
    en: `a genesis of version ${version} has no parent`,
    ko: `${version}판의 사전 약속에는 부모 모델이 적혀 있을 수 없습니다.`,
  }),
  needlessSizes: {
    en: 'a statement of version 1 has no sizes',
    ko: '1판의 서명 파일에는 크기가 적혀 있을 수 없습니다.',
  },
  sameNames: { en: 'two subjects have one name', ko: '두 대상의 이름이 같습니다.' },
  notKey: { en: 'the key in it is not a P-256 key', ko: '적혀 있는 키가 P-256 키가 아닙니다.' },
  otherKey: {
    en: 'it was signed by another key than the one it names',
    ko: '적혀 있는 키가 아닌 다른 키로 서명되었습니다.',
  },
  badSignature: { en: 'the signature does not verify', ko: '서명이 유효하지 않습니다.' },
  getAgain: {
    en: 'get the run or the bundle again from its maker',
    ko: '학습 폴더나 묶음 파일을 제작자에게서 다시 받으십시오.',
  },

  receiptSubjects: {
    en: 'its subjects are not the digests of its model and its request',
    ko: '대상이 모델과 요청의 해시값이 아닙니다.',
  },
  noPrompt: { en: 'it has no prompt', ko: '프롬프트가 없습니다.' },
  answersOfPrompts: {
    en: 'it does not have n answers for each prompt',
    ko: '프롬프트마다 답이 n개씩 있지 않습니다.',
  },
} satisfies Sentences;

/** Why a line of a transcript is not the record that belongs there. */
export const RECORD = {
  none: { en: 'is not a record in canonical form', ko: '정규 형식의 기록이 아닙니다.' },
  otherStep: (step: number): Both => ({
    en: `is the record of step ${step}`,
    ko: `다른 스텝의 기록입니다. 적혀 있는 스텝: ${step}`,
  }),
} satisfies Sentences;
