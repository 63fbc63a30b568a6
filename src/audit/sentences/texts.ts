// What the check `structure` says of the manifests of texts and tokens, in both languages. Text only.

import type { Sentences } from '../../base/index.ts';

const SIDES = { train: '학습용', validation: '검증용' };
export type Side = keyof typeof SIDES;

export const MANIFESTS = {
  proto: { en: 'has a member __proto__', ko: '__proto__라는 항목이 있습니다.' },
  notJson: { en: 'is not JSON', ko: '올바른 JSON이 아닙니다.' },
  otherShare: {
    en: "the share held out is not the recipe's",
    ko: '검증용으로 떼어 둔 비율이 레시피와 다릅니다.',
  },
  sources: (sources: number, recipe: number) => ({
    en: `has ${sources} sources, the recipe ${recipe}`,
    ko: `출처가 ${sources}개로, 레시피의 ${recipe}개와 다릅니다.`,
  }),
  otherKey: (source: number, key: string) => ({
    en: `source ${source}: ${key} is not the recipe's`,
    ko: `출처 ${source}의 ${key} 값이 레시피와 다릅니다.`,
  }),
  otherOrigin: (source: number) => ({
    en: `source ${source}: its origin is not the recipe's`,
    ko: `출처 ${source}에 적힌 파일이나 패키지가 레시피와 다릅니다.`,
  }),
  otherList: (source: number) => ({
    en: `source ${source}: its list of files has another name`,
    ko: `출처 ${source}의 파일 목록 이름이 다릅니다.`,
  }),
  otherFile: (source: number, side: Side) => ({
    en: `source ${source}: its ${side} file has another name`,
    ko: `출처 ${source}의 ${SIDES[side]} 파일 이름이 다릅니다.`,
  }),
  counts: (source: number) => ({
    en: `source ${source}: its counts do not add up`,
    ko: `출처 ${source}의 문서 수가 서로 맞지 않습니다.`,
  }),
  totals: { en: 'its totals do not add up', ko: '합계가 맞지 않습니다.' },
  licences: { en: 'its summary by licence does not add up', ko: '라이선스별 집계가 맞지 않습니다.' },
  tokensVersion: (found: number, wanted: number) => ({
    en: `is of format version ${found}; a run ${wanted === 2 ? 'with' : 'without'} conversations has ${wanted}`,
    ko: `형식이 ${found}판입니다. 대화가 ${wanted === 2 ? '있는' : '없는'} 학습은 ${wanted}판입니다.`,
  }),
  otherTokenizer: {
    en: 'were made by another tokenizer than genesis names',
    ko: '사전 약속에 적힌 토크나이저로 만든 토큰이 아닙니다.',
  },
  width: (bytes: number) => ({ en: `have ids of ${bytes} bytes`, ko: `토큰 하나가 ${bytes}바이트로 적혀 있습니다.` }),
  needlessMarks: (source: number, side: Side) => ({
    en: `source ${source}: its ${side} file has marks, and its documents are not conversations`,
    ko: `출처 ${source}의 문서는 대화가 아닌데 ${SIDES[side]} 파일에 학습 표시가 있습니다.`,
  }),
  noMarks: (source: number, side: Side) => ({
    en: `source ${source}: its ${side} file has no marks`,
    ko: `출처 ${source}의 ${SIDES[side]} 파일에 학습 표시가 없습니다.`,
  }),
  otherMarks: (source: number, side: Side) => ({
    en: `source ${source}: its ${side} marks have another name`,
    ko: `출처 ${source}의 ${SIDES[side]} 학습 표시 파일 이름이 다릅니다.`,
  }),
  otherSizes: (source: number, side: Side) => ({
    en: `source ${source}: documents or bytes of ${side} are not the manifest's`,
    ko: `출처 ${source}의 ${SIDES[side]} 문서 수나 바이트 수가 말뭉치 목록과 다릅니다.`,
  }),
  otherRoot: { en: 'its root is not that of its files', ko: '적힌 루트가 파일들의 루트와 다릅니다.' },
  otherTokens: { en: 'are other tokens than genesis names', ko: '사전 약속에 적힌 토큰이 아닙니다.' },
  otherCorpus: { en: 'is of another corpus than genesis names', ko: '사전 약속에 적힌 말뭉치의 목록이 아닙니다.' },
  otherManifest: {
    en: 'is another manifest of this corpus than genesis names',
    ko: '같은 말뭉치이나 사전 약속에 적힌 목록이 아닙니다.',
  },
  manifestSources: (tokens: number, manifest: number) => ({
    en: `has ${tokens} sources, the manifest ${manifest}`,
    ko: `출처가 ${tokens}개로, 말뭉치 목록의 ${manifest}개와 다릅니다.`,
  }),
  otherTokenList: {
    en: 'is another list of these tokens than genesis names',
    ko: '같은 토큰이나 사전 약속에 적힌 목록이 아닙니다.',
  },
  otherSize: (bytes: number, stated: number) => ({
    en: `has ${bytes} bytes, not the ${stated} that its manifest states: it is not read`,
    ko: `크기가 ${bytes}바이트로, 목록에 적힌 ${stated}바이트와 다릅니다. 이 파일은 읽지 않습니다.`,
  }),
  otherDigest: {
    en: 'does not have the digest that its manifest states',
    ko: '해시값이 목록에 적힌 것과 다릅니다.',
  },
  absent: (absent: number, parts: number) => ({
    en: `Texts or tokens of ${absent} of ${parts} parts of the corpus are not there.`,
    ko: `말뭉치의 ${parts}개 부분 가운데 ${absent}개는 텍스트나 토큰 파일이 없습니다.`,
  }),
  otherTemplate: (file: string) => ({
    en: `is not the chat template that ${file} names`,
    ko: `${file} 파일에 적힌 대화 템플릿이 아닙니다.`,
  }),
} satisfies Sentences;
