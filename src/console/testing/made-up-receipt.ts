// A made-up receipt of an answer, and what a check of it finds.

import type { AnswerReceipt, CheckedReceipt } from '../types.ts';

const hex = (i: number): string => i.toString(16).repeat(64).slice(0, 64);
export const RECEIPT_ID = 'ab'.repeat(16);
const AUDITED = '2026-11-20T09:00:00.000Z';

const facts: AnswerReceipt['facts'] = {
  id: RECEIPT_ID,
  digest: hex(1),
  time: '2026-11-21T03:04:05.000Z',
  key: hex(7),
  model: { name: 'model', digest: hex(2) },
  run: { seal: hex(3), state: hex(4) },
  request: {
    digest: hex(5),
    parameters: {
      ...{ maxTokens: 100, temperature: 0.8, topK: 0, topP: 0.95, minP: 0 },
      ...{ presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1 },
      ...{ logitBias: [], stop: ['\n'], ends: [0], schema: null },
    },
  },
  nonce: null,
  seedFrom: 'client',
  answers: [{ seed: 1377, tokens: 12, ended: 'end' }],
};

type Links = AnswerReceipt['lineage']['links'];
const link = (what: Links[number]['what'], digest: string, more: Partial<Links[number]>): Links[number] => ({
  ...{ what, digest, state: 'not-checked' as const, audited: null, noted: false },
  text: { en: `Not checked: the ${what}.`, ko: '확인하지 않았습니다.' },
  ...more,
});

export const answerReceipt: AnswerReceipt = {
  receipt: '{"payload":"made up"}\n',
  facts,
  lineage: {
    links: (['answer', 'model', 'seal', 'training', 'corpus'] as const).map((what, i) => link(what, hex(i + 1), {})),
    weakest: { en: 'Nothing has been checked yet.', ko: '아직 아무것도 확인하지 않았습니다.' },
    known: false,
  },
};

const REACH = {
  en: '24% of the steps were trained again. That says nothing about how likely a forgery would have been found.',
  ko: '전체 스텝의 24%를 다시 학습했습니다. 위조가 있었다면 드러났을 확률이 얼마인지는 이것으로 알 수 없습니다.',
};

/** @param holds whether the answer is the model's */
export const checkedReceipt = (holds: boolean): CheckedReceipt => ({
  time: AUDITED,
  audit: {
    verdict: holds ? 'holds' : 'refuted',
    checks: [
      {
        name: 'signature',
        verdict: 'holds',
        detail: `signed by ${facts.key}; nobody told whose key that is`,
        ko: { detail: `서명이 유효합니다. 누구의 키인지는 주어지지 않았습니다. 서명한 키: ${facts.key}` },
      },
      holds
        ? {
            name: 'replay',
            verdict: 'holds',
            detail: "12 tokens, each of them the model's choice",
            ko: { detail: '토큰 12개가 모두 모델이 고르는 것과 같습니다.' },
          }
        : {
            name: 'replay',
            verdict: 'refuted',
            detail: 'answer 1, position 3: token 7 " a"; the model chooses token 9 " <b>the</b>"',
          },
    ],
    claim: holds
      ? {
          en: ['This model gives what the receipt was signed for.', 'The client chose the seed.'],
          ko: ['영수증에 서명된 것은 이 모델이 내는 것입니다.', '시드는 요청한 쪽이 골랐습니다.'],
        }
      : {
          en: ['Receipt, model and what was given beside them do not agree: replay.'],
          ko: ['영수증, 모델, 함께 제시된 것이 서로 맞지 않습니다. 어긋난 점검: 재현.'],
        },
    differences: [],
    receipt: facts,
    chain: [],
  },
  lineage: {
    links: [
      link('answer', hex(1), { state: holds ? 'holds' : 'refuted' }),
      link('model', hex(2), { state: 'holds' }),
      link('seal', hex(3), { state: 'holds' }),
      link('training', hex(4), { state: 'partly', text: REACH, audited: AUDITED, noted: true }),
      link('corpus', hex(5), { audited: AUDITED }),
    ],
    weakest: holds
      ? { en: 'The weakest link is the corpus: Not checked.', ko: '가장 약한 고리: 말뭉치. 확인하지 않았습니다.' }
      : { en: 'The weakest link is the answer: replay.', ko: '가장 약한 고리: 답. 재현.' },
    known: true,
  },
});
