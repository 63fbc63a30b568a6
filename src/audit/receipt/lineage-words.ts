// The sentences about the links from an answer to the texts, in both languages. Neither says more than the other. Text only.

import { quantity } from '../../base/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';
import type { LinkName } from './types.ts';

interface LineageWords {
  names: Record<LinkName, string>;
  answer: {
    open: string;
    holds: (tokens: number) => string;
    partly: (tokens: number, open: string) => string;
    refuted: (checks: string) => string;
    incomplete: string;
  };
  model: Record<'open' | 'holds' | 'refuted', string>;
  seal: Record<'open' | 'holds' | 'refuted' | 'noRun' | 'gone', string>;
  /** Of training and corpus. */
  run: Record<'open' | 'notBound' | 'noRun', string>;
  /** Of texts of earlier runs or models. */
  earlierTexts: string;
  nothing: string;
  weakest: (link: string, text: string) => string;
  /** Where every link holds as far as it can. */
  whole: string;
}

const en: LineageWords = {
  names: {
    answer: 'the answer',
    model: 'the model',
    seal: 'the seal',
    training: 'the training',
    corpus: 'the corpus',
  },
  answer: {
    open: 'Not checked whether the model gives this answer.',
    holds: (tokens) =>
      `${quantity(tokens, 'token')} replayed: the model chooses each of them again, and the text of the answer is what these tokens spell.`,
    partly: (tokens, open) =>
      `${quantity(tokens, 'token')} replayed: the model chooses each of them again. Not checked: ${open}.`,
    refuted: (checks) => `Receipt, model, request and answer do not agree: ${checks}.`,
    incomplete: 'The answer was not replayed.',
  },
  model: {
    open: 'Not checked whether the model here is the one that the receipt names.',
    holds: 'Config, tokenizer and weights of the model here are those that the receipt names.',
    refuted: 'The model here is another one than the receipt names.',
  },
  seal: {
    open: 'Not checked whether the run here has the seal that the receipt names.',
    holds: 'The signature of the seal holds, and it names these weights, this config and this tokenizer.',
    refuted: 'The run here does not have the seal that the receipt names, or the seal does not hold.',
    noRun: 'The receipt names no run: where the model comes from is not known.',
    gone: 'The seal that the receipt names is not here.',
  },
  run: {
    open: 'Not checked: this server knows no audit of the run with this seal.',
    notBound:
      'Not checked: this server knows an audit of the run with this seal, but no check has shown that this answer comes from that run.',
    noRun: 'Not known, since the receipt names no run.',
  },
  earlierTexts: 'The texts of what this run was built on were not all built again from their sources.',
  nothing: 'Nothing has been checked yet.',
  weakest: (link, text) => `The weakest link is ${link}: ${text}`,
  whole:
    'No link was left out: the answer was replayed, every step was trained again, and the texts were built again from their sources.',
};

const ko: LineageWords = {
  names: { answer: '답', model: '모델', seal: '봉인', training: '학습', corpus: '말뭉치' },
  answer: {
    open: '모델이 이 답을 내는지 확인하지 않았습니다.',
    holds: (tokens) =>
      `토큰 ${tokens}개를 재현했습니다. 모델은 같은 토큰을 하나하나 다시 고르며, 답의 글은 이 토큰들을 풀어 쓴 것과 같습니다.`,
    partly: (tokens, open) =>
      `토큰 ${tokens}개를 재현했습니다. 모델은 같은 토큰을 하나하나 다시 고릅니다. 확인하지 않음: ${open}.`,
    refuted: (checks) => `영수증, 모델, 요청, 답이 서로 맞지 않습니다. 어긋난 점검: ${checks}.`,
    incomplete: '답을 재현하지 못했습니다.',
  },
  model: {
    open: '여기 있는 모델이 영수증에 적힌 모델인지 확인하지 않았습니다.',
    holds: '여기 있는 모델의 설정, 토크나이저, 가중치는 영수증에 적힌 것입니다.',
    refuted: '여기 있는 모델은 영수증에 적힌 모델이 아닙니다.',
  },
  seal: {
    open: '여기 있는 학습 기록에 영수증에 적힌 봉인이 있는지 확인하지 않았습니다.',
    holds: '봉인의 서명이 맞으며, 봉인에 이 가중치와 설정과 토크나이저가 적혀 있습니다.',
    refuted: '여기 있는 학습 기록의 봉인이 영수증에 적힌 봉인이 아니거나, 봉인이 맞지 않습니다.',
    noRun: '영수증에 학습 기록이 적혀 있지 않으므로, 모델이 어디서 왔는지 알 수 없습니다.',
    gone: '영수증에 적힌 봉인이 여기 없습니다.',
  },
  run: {
    open: '확인하지 않았습니다. 이 서버는 이 봉인의 학습 기록을 검증한 결과를 알지 못합니다.',
    notBound:
      '확인하지 않았습니다. 이 서버는 이 봉인의 학습 기록을 검증한 결과를 알지만, 이 답이 그 학습에서 나왔는지는 확인된 바가 없습니다.',
    noRun: '영수증에 학습 기록이 적혀 있지 않으므로 알 수 없습니다.',
  },
  earlierTexts: '이 학습의 바탕이 된 것의 텍스트는 모두 출처에서 다시 만들어지지는 않았습니다.',
  nothing: '아직 아무것도 확인하지 않았습니다.',
  weakest: (link, text) => `가장 약한 고리: ${link}. ${text}`,
  whole:
    '빠진 고리가 없습니다. 답을 재현했고, 모든 스텝을 다시 학습했으며, 텍스트를 출처에서 다시 만들어 비교했습니다.',
};

export const LINEAGE_WORDS: Record<Lang, LineageWords> = { en, ko };
