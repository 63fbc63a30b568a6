// What the checks of a receipt say of its answers and of the response, in both languages. Text only.

import { type Both, count, quantity, type Sentence, type Sentences } from '../../../base/index.ts';

/** Several sentences in a row; an English one begins with what it is about, and has no full stop. */
export const inRow = (all: readonly Sentence[], most: number): Sentence => {
  const shown = all.slice(0, most);
  const more = all.length - shown.length;
  const english = [...shown.map(({ en }) => en), ...(more > 0 ? [`${more} more`] : [])];
  const korean = [...shown.map(({ ko }) => ko), ...(more > 0 ? [`이런 내용이 ${more}건 더 있습니다.`] : [])];
  return { en: english.join('; '), ...(shown.every(({ ko }) => ko) && { ko: korean.join(' ') }) };
};

export const openAnd = ({ en, ko }: Sentence): Sentence => ({
  en: `${en}: not checked`,
  ko: ko && `${ko} 그래서 점검하지 않았습니다.`,
});

/** A token, or the end of the text. */
type Place = { id: number; text: string } | null;
const placeText = (place: Place): Both =>
  place
    ? { en: `token ${place.id} ${place.text}`, ko: `토큰 ${place.id} ${place.text}` }
    : { en: 'the end of the text', ko: '텍스트의 끝' };

/** Of answers, which are counted from 1. */
export const ANSWERS = {
  otherChainGenerated: (answer: number) => ({
    en: `answer ${answer} was generated again, and its chain is another one than the receipt has`,
    ko: `${answer}번째 답을 다시 생성했으나 사슬이 영수증의 것과 다릅니다.`,
  }),
  otherIds: (answer: number) => ({
    en: `answer ${answer} has other ids than the receipt was signed for`,
    ko: `${answer}번째 답의 토큰 번호가 영수증이 서명된 것과 다릅니다.`,
  }),
  otherLength: (answer: number, ids: number, signed: number) => ({
    en: `answer ${answer} has ${quantity(ids, 'id')}, the receipt was signed for ${signed}`,
    ko: `${answer}번째 답의 토큰 번호는 ${count(ids)}개인데, 영수증은 ${signed}개에 서명되었습니다.`,
  }),
  noIds: (answer: number) => ({
    en: `answer ${answer} has no ids beside it`,
    ko: `${answer}번째 답에 토큰 번호가 없습니다.`,
  }),
  chainGenerated: (tokens: number) => ({
    en: `over ${quantity(tokens, 'token')}, generated again: no ids were given`,
    ko: `토큰 번호가 주어지지 않아 다시 생성한 토큰 ${count(tokens)}개로 사슬을 확인했습니다.`,
  }),
  chainGiven: (tokens: number) => ({
    en: `over ${quantity(tokens, 'token')}, the given ids`,
    ko: `주어진 토큰 번호 ${count(tokens)}개로 사슬을 확인했습니다.`,
  }),
  otherToken: (answer: number, position: number, given: Place, chosen: Place) => ({
    en: `answer ${answer}, position ${position}: ${placeText(given).en}; the model chooses ${placeText(chosen).en}`,
    ko: `${answer}번째 답의 ${position}번 자리에 있는 토큰을 모델은 고르지 않습니다(있는 것: ${placeText(given).ko}, 모델이 고르는 것: ${placeText(chosen).ko}).`,
  }),
  otherGenerated: (answer: number) => ({
    en: `answer ${answer} is not what the model generates`,
    ko: `${answer}번째 답은 모델이 생성하는 것과 다릅니다.`,
  }),
  notReplayedFor: (answer: number, why: Sentence) => ({
    en: `answer ${answer} was not replayed: ${why.en}`,
    ko: why.ko && `${answer}번째 답을 재현하지 못했습니다. ${why.ko}`,
  }),
  replayed: (tokens: number) => ({
    en: `${quantity(tokens, 'token')}, each of them the model's choice`,
    ko: `토큰 ${count(tokens)}개가 모두 모델이 고르는 것과 같습니다.`,
  }),
  endsEarly: (answer: number, ended: string, chosen: Place) => ({
    en: `answer ${answer} ends (${ended}), and the model goes on with ${placeText(chosen).en}`,
    ko: `${answer}번째 답은 끝났으나(${ended}), 모델은 이어 갑니다(다음: ${placeText(chosen).ko}).`,
  }),
  otherEnd: (answer: number, found: string | null, stated: string) => ({
    en: `answer ${answer} ended by ${found ?? 'nothing'}, the receipt says ${stated}`,
    ko: `${answer}번째 답이 끝난 이유가 영수증과 다릅니다(재현: ${found ?? '없음'}, 영수증: ${stated}).`,
  }),
  notReplayed: (answer: number) => ({
    en: `answer ${answer} was not replayed`,
    ko: `${answer}번째 답을 재현하지 못했습니다.`,
  }),
  brokenOff: (answer: number, ended: string) => ({
    en: `answer ${answer} was broken off (${ended}), says the server`,
    ko: `서버에 따르면 ${answer}번째 답은 중간에 끊겼습니다(${ended}).`,
  }),
  ends: (ends: readonly string[]) => ({
    en: ends.join(', '),
    ko: `답이 끝난 이유가 재현한 것과 같습니다: ${ends.join(', ')}`,
  }),

  callsWithoutRequest: (answer: number) => ({
    en: `answer ${answer} has calls, and the request was not given`,
    ko: `${answer}번째 답에 도구 호출이 있는데 요청이 주어지지 않았습니다.`,
  }),
  otherCalls: (answer: number) => ({
    en: `the calls of answer ${answer} are not those of its tokens`,
    ko: `${answer}번째 답의 도구 호출이 토큰에서 나오는 것과 다릅니다.`,
  }),
  moreText: (answer: number) => ({
    en: `answer ${answer} has more text before it, and the request was not given`,
    ko: `${answer}번째 답의 앞에 텍스트가 더 있는데 요청이 주어지지 않았습니다.`,
  }),
  otherText: (answer: number) => ({
    en: `the text of answer ${answer} is not that of its tokens`,
    ko: `${answer}번째 답의 텍스트가 토큰에서 나오는 것과 다릅니다.`,
  }),
  missing: (answer: number) => ({ en: `answer ${answer} is missing`, ko: `${answer}번째 답이 없습니다.` }),
  otherReason: (answer: number, given: string | null, stated: string) => ({
    en: `answer ${answer} gives ${given ?? 'no reason'} as the reason of its end, the receipt says ${stated}`,
    ko: `${answer}번째 답이 끝난 이유가 영수증과 다릅니다(답: ${given ?? '없음'}, 영수증: ${stated}).`,
  }),
} satisfies Sentences;

/** Why an answer is not replayed. */
export const WHY_NOT = {
  noModel: { en: 'the model was not given', ko: '모델이 주어지지 않았습니다.' },
  otherModel: { en: 'this is another model', ko: '영수증의 모델이 아닙니다.' },
  arithmetic: (receipt: number, own: number) => ({
    en: `it was computed by arithmetic ${receipt}, this program computes this model by arithmetic ${own}`,
    ko: `연산 ${receipt}판으로 계산한 답인데, 이 프로그램은 이 모델을 연산 ${own}판으로 계산합니다.`,
  }),
  prompt: { en: 'its prompt was not given', ko: '프롬프트가 주어지지 않았습니다.' },
  longPrompt: {
    en: 'its prompt is longer than the context',
    ko: '프롬프트가 모델의 컨텍스트보다 깁니다.',
  },
  noTokens: { en: 'it has ids that are not tokens', ko: '토큰이 아닌 번호가 있습니다.' },
  bias: {
    en: 'it has a bias for ids that are not tokens',
    ko: '토큰이 아닌 번호에 치우침(logit_bias)이 주어져 있습니다.',
  },
  schema: {
    en: 'its JSON schema or its tools were not given',
    ko: 'JSON 스키마나 도구가 주어지지 않았습니다.',
  },
} satisfies Sentences;

export const RESPONSE = {
  otherReceipt: { en: 'it names another receipt', ko: '다른 영수증이 적혀 있습니다.' },
  otherAnswer: {
    en: 'it is another answer: its id is not of this receipt',
    ko: '다른 답입니다. 식별자가 이 영수증의 것이 아닙니다.',
  },
  otherModel: { en: 'it names another model', ko: '다른 모델 이름이 적혀 있습니다.' },
  otherPrompt: { en: 'its ids of the prompt are others', ko: '응답에 적힌 프롬프트의 토큰이 다릅니다.' },
  otherUsage: {
    en: 'its usage counts other tokens than the receipt',
    ko: '사용량에 적힌 토큰 수가 영수증과 다릅니다.',
  },
  noLikelihoods: { en: 'its likelihoods were not compared', ko: '응답에 적힌 확률은 비교하지 않았습니다.' },
  more: { en: 'it has more answers than the receipt', ko: '영수증보다 답이 많습니다.' },
  notGiven: {
    en: 'the response was not given: not checked that its text is this answer',
    ko: '응답이 주어지지 않아, 그 텍스트가 이 답인지 점검하지 않았습니다.',
  },
  withoutModel: {
    en: 'id, model name, usage, ids and reasons are those of the receipt, as far as they are there; the texts were not compared: the model was not given',
    ko: '식별자, 모델 이름, 사용량, 토큰 번호, 끝난 이유는 적혀 있는 만큼 영수증과 같습니다. 모델이 주어지지 않아 텍스트는 비교하지 않았습니다.',
  },
  part: {
    en: 'as far as it goes: the saved stream ends before its end',
    ko: '저장된 데까지는 같습니다. 저장된 응답이 끝나기 전에 끊겼습니다.',
  },
  whole: {
    en: 'texts, reasons, ids, model name and usage are those of the tokens; other members were not compared',
    ko: '텍스트, 끝난 이유, 토큰, 모델 이름, 사용량이 토큰에서 나오는 것과 같습니다. 나머지 항목은 비교하지 않았습니다.',
  },
} satisfies Sentences;
