// What the checks `origin` and `figures` say, in both languages: S_0, tokenizer, documents, the validation figure, the card. Text only.

import { type Both, count, quantity, type Sentences } from '../../base/index.ts';

/** What was made again; members that were not are left out. */
interface Again {
  start: boolean;
  /** Pairs whose references were compared. */
  pairs: number | undefined;
  tokenizer: boolean;
  documents: { encoded: number; all: number } | undefined;
}

/** A conversation or a pair in a file of texts. */
export interface NamedText {
  kind: 'conversation' | 'pair';
  number: number;
  file: string;
}
const KINDS = { conversation: '대화', pair: '답변 쌍' };
const named = ({ kind, number, file }: NamedText): Both => ({
  en: `${kind} ${number} of ${file}`,
  ko: `${file} 파일의 ${number}번째 ${KINDS[kind]}`,
});

/** What the marks of a conversation do wrong. */
const WRONG_MARKS = {
  learned: { en: 'is to be learned where it is not an answer', ko: '답변이 아닌 곳을 학습하도록 표시되어 있습니다.' },
  notLearned: { en: 'has an answer that is not learned', ko: '학습하지 않도록 표시된 답변이 있습니다.' },
  otherSide: {
    en: 'is not marked as what it is, chosen or rejected',
    ko: '고른 것과 고르지 않은 것의 표시가 실제와 다릅니다.',
  },
  other: { en: 'has other marks than its messages give', ko: '학습 표시가 메시지에서 나오는 것과 다릅니다.' },
};
export type WrongMarks = keyof typeof WRONG_MARKS;

export const ORIGIN = {
  noStart: {
    en: 'is not there as genesis names it: S_0 cannot be made from it',
    ko: '사전 약속에 적힌 대로 있지 않아, 여기에서 S_0을 만들 수 없습니다.',
  },
  nothing: {
    en: 'there is no usable genesis, recipe and tokenizer',
    ko: '사전 약속, 레시피, 토크나이저 가운데 쓸 수 없는 것이 있습니다.',
  },
  again: ({ start, pairs, tokenizer, documents }: Again) => {
    const parts = [
      start && { en: 'S_0', ko: 'S_0' },
      pairs !== undefined && {
        en: `references of ${quantity(pairs, 'pair')}`,
        ko: `답변 쌍 ${count(pairs)}개의 기준값`,
      },
      tokenizer && { en: 'tokenizer', ko: '토크나이저' },
      documents && {
        en: `${count(documents.encoded)} of ${count(documents.all)} documents`,
        ko: `문서 ${count(documents.all)}건 가운데 ${count(documents.encoded)}건`,
      },
    ].filter((part) => part !== false && part !== undefined);
    const listed = (lang: keyof Both): string => parts.map((part) => part[lang]).join(', ');
    return {
      en: `${listed('en') || 'nothing'} made again`,
      ko: parts.length > 0 ? `다음을 다시 만들었습니다: ${listed('ko')}` : '다시 만든 것이 없습니다.',
    };
  },
  notParents: {
    en: 'S_0 is not the state with the weights of the parent',
    ko: 'S_0이 부모 모델의 가중치로 만든 상태와 다릅니다.',
  },
  notDrawn: {
    en: 'S_0 is not the state that the seed draws',
    ko: 'S_0이 시드로 뽑은 상태와 다릅니다.',
  },
  noText: {
    en: 'is not there in the size that is stated: nothing that follows from it can be checked',
    ko: '목록에 적힌 크기의 파일이 없어, 이 파일에서 나오는 것을 점검할 수 없습니다.',
  },
  noTokens: {
    en: 'is not there in the size that is stated: it cannot be compared with its text',
    ko: '목록에 적힌 크기의 파일이 없어, 텍스트와 비교할 수 없습니다.',
  },
  otherTokenizer: {
    en: 'is not the tokenizer that these texts train',
    ko: '이 텍스트로 학습한 토크나이저와 다릅니다.',
  },
  otherRoot: {
    en: 'the texts are not those of the corpus root',
    ko: '텍스트가 말뭉치 루트의 것과 다릅니다.',
  },
  ends: (document: number, file: string) => ({
    en: `ends before document ${document} of ${file}`,
    ko: `${file} 파일의 ${document}번째 문서에 이르기 전에 끝납니다.`,
  }),
  otherIds: (document: number, file: string) => ({
    en: `document ${document} of ${file} is encoded differently`,
    ko: `${file} 파일의 ${document}번째 문서를 다시 토큰으로 바꾼 결과가 다릅니다.`,
  }),
  moreDocuments: (file: string) => ({
    en: `has more documents than ${file}`,
    ko: `${file} 파일보다 문서가 많습니다.`,
  }),
  moreConversations: (file: string) => ({
    en: `has more conversations than ${file}`,
    ko: `${file} 파일보다 대화가 많습니다.`,
  }),
  otherCounts: (documents: number, bytes: number, stated: { documents: number; bytes: number }) => ({
    en: `has ${documents} documents of ${bytes} bytes, not ${stated.documents} of ${stated.bytes}`,
    ko: `문서가 ${documents}건, ${bytes}바이트로, 적혀 있는 ${stated.documents}건, ${stated.bytes}바이트와 다릅니다.`,
  }),
  conversationDiffers: (of: NamedText) => ({
    en: `${named(of).en} is encoded differently`,
    ko: `다시 토큰으로 바꾼 결과가 다릅니다: ${named(of).ko}`,
  }),
  marks: (of: NamedText, wrong: WrongMarks, more: number) => ({
    en: `${named(of).en} ${WRONG_MARKS[wrong].en}${more > 0 ? `; so do the marks of ${more} more` : ''}`,
    ko: `${named(of).ko}: ${WRONG_MARKS[wrong].ko}${more > 0 ? ` 학습 표시가 다른 것이 ${more}개 더 있습니다.` : ''}`,
  }),
} satisfies Sentences;

const figureText = (value: number | null): Both =>
  value === null ? { en: 'no figure', ko: '값 없음' } : { en: `${value} bits per byte`, ko: `바이트당 ${value}비트` };

export const FIGURES = {
  nothing: {
    en: 'there is no usable seal, recipe, tokenizer and corpus',
    ko: '봉인, 레시피, 토크나이저, 말뭉치 가운데 쓸 수 없는 것이 있습니다.',
  },
  needless: {
    en: 'seals a figure, and there is no held-out text to score',
    ko: '점수를 매길 떼어 둔 텍스트가 없는데 점수를 봉인했습니다.',
  },
  noFigure: {
    en: 'seals no figure, and text was held out',
    ko: '떼어 둔 텍스트가 있는데 점수를 봉인하지 않았습니다.',
  },
  missing: {
    en: 'is not there: the figure cannot be computed again',
    ko: '파일이 없어 점수를 다시 계산할 수 없습니다.',
  },
  word: (percent: number) => ({
    en: `The validation figure is the maker's word: computing it would cost about ${percent}% of the training (--validation does it).`,
    ko: `검증 점수는 제작자가 밝힌 값이며 확인되지 않았습니다. 다시 계산하면 전체 학습량의 약 ${percent}%가 듭니다(--validation으로 계산).`,
  }),
  bothWord: (percent: number) => ({
    en: `The validation figure, and that before step 1, is the maker's word: computing it would cost about ${percent}% of the training (--validation does it).`,
    ko: `검증 점수와 첫 스텝 전의 점수는 제작자가 밝힌 값이며 확인되지 않았습니다. 다시 계산하면 전체 학습량의 약 ${percent}%가 듭니다(--validation으로 계산).`,
  }),
  onlyCard: {
    en: 'the card made again; the figure is not computed again',
    ko: '모델 카드는 다시 만들었고, 점수는 다시 계산하지 않았습니다.',
  },
  other: (sealed: number | null, again: number | null) => ({
    en: `seals ${figureText(sealed).en} of held-out text; computed again it is ${figureText(again).en}`,
    ko: `떼어 둔 텍스트의 점수가 봉인과 다릅니다. 봉인된 값: ${figureText(sealed).ko}, 다시 계산한 값: ${figureText(again).ko}`,
  }),
  whole: (tokens: number) => ({
    en: `validation figure (${count(tokens)} held-out tokens) computed again, card made again`,
    ko: `떼어 둔 토큰 ${count(tokens)}개로 검증 점수를 다시 계산했고, 모델 카드를 다시 만들었습니다.`,
  }),
  none: {
    en: 'validation figure (none: there is no held-out text to score) computed again, card made again',
    ko: '떼어 둔 텍스트가 없어 검증 점수가 없으며, 모델 카드를 다시 만들었습니다.',
  },
  cardSize: (bytes: number) => ({
    en: `has ${bytes} bytes, more than any card: it is not read`,
    ko: `크기가 ${bytes}바이트로, 모델 카드가 가질 수 있는 크기보다 큽니다. 이 파일은 읽지 않습니다.`,
  }),
  recipesSeed: {
    en: "The card names the recipe's seed; this run was lodged, and its seed follows from the office's nonce.",
    ko: '모델 카드에 레시피의 시드가 적혀 있으나, 접수한 학습이므로 실제 시드는 접수 기관의 난수에서 나옵니다.',
  },
  otherCard: {
    en: 'is not the card that follows from the recipe, the texts and the figures',
    ko: '레시피, 텍스트, 점수에서 나오는 모델 카드와 다릅니다.',
  },
} satisfies Sentences;

export const PARENT = {
  otherWeights: {
    en: 'has other weights than those that the run began with',
    ko: '가중치가 학습을 시작한 가중치와 다릅니다.',
  },
  compared: { en: 'weights of its files read again', ko: '부모 모델의 파일에서 가중치를 다시 읽었습니다.' },
  tooFar: (links: number, most: number) => ({
    en: `is ${links} links away: an audit follows no more than ${most}`,
    ko: `${links}단계 떨어져 있습니다. 검증은 최대 ${most}단계까지 따라갑니다.`,
  }),
  notFollowed: { en: 'not followed', ko: '따라가지 않았습니다.' },
  holds: (run: string) => ({ en: `${run}: holds`, ko: `부모 학습의 검증 결과는 성립입니다: ${run}` }),
  refuted: (run: string) => ({ en: `${run}: refuted`, ko: `부모 학습의 검증 결과는 불성립입니다: ${run}` }),
  incomplete: (run: string) => ({
    en: `${run}: incomplete`,
    ko: `부모 학습의 검증 결과는 판정 불가입니다: ${run}`,
  }),
} satisfies Sentences;
