// The sentences about an audited receipt, in both languages. Neither says more than the other. Text only; decides nothing.

import { quantity } from '../../base/index.ts';
import { type Lang, TERMS } from '../../page-kit/text/index.ts';
import type { ReceiptCheckName } from './types.ts';

interface ClaimWords {
  /** Names of checks, as they stand in a sentence. */
  named: (names: readonly ReceiptCheckName[]) => string;
  notAReceipt: string;
  refuted: (checks: string) => string;
  incomplete: string;
  withoutModel: string;
  /** Where each answer was broken off before its first token. */
  nothing: string;
  holds: (answers: number, tokens: number) => string;
  /** Who chose the seed, as far as that was checked. */
  seed: Record<'idle' | 'server' | 'client' | 'clientSays' | 'nonceSays', string> & {
    /** With the digests that whoever gave the nonce must have known before: of the model, and of the chat template, null without one. */
    nonce: (model: string, template: string | null) => string;
  };
  brokenOff: (answers: number) => string;
  /** A saved stream without its last event: it was cut off, or the server broke off. */
  cutOff: string;
  unknownKey: (keyid: string) => string;
  open: (checks: string) => string;
  /** What a receipt never shows. */
  limits: string;
}

const en: ClaimWords = {
  named: (names) => names.join(', '),
  notAReceipt: 'The receipt is not one: its signature or its form is wrong.',
  refuted: (checks) => `Receipt, model and what was given beside them do not agree: ${checks}.`,
  incomplete: 'Nothing that was checked is wrong, but not every answer was replayed.',
  withoutModel:
    'Nothing that was checked is wrong. The model was not given: it is not shown that it gives this answer.',
  nothing: 'No answer has a token, so there is nothing that the model could be asked again.',
  holds: (answers, tokens) =>
    `This model gives what the receipt was signed for: ${quantity(answers, 'answer')} of ${quantity(tokens, 'token')}, each token the one that it chooses.`,
  seed: {
    idle: 'Its temperature is 0: the seed decides nothing.',
    server: 'The seed was chosen by the server: it may have tried several, and given the answer that it liked.',
    client: 'The client chose the seed.',
    clientSays: 'The client chose the seed, says the receipt.',
    nonce: (model, template) =>
      `The seed follows from the client's nonce, the request and the digest ${model} of the model${template === null ? '' : ` and ${template} of its chat template`}. Nobody chose it if ${template === null ? 'this digest was' : 'these digests were'} known before the nonce was given: another spelling of the same tokenizer or template gives another seed.`,
    nonceSays: "The seed follows from the nonce in the receipt; whether that is the client's was not checked.",
  },
  brokenOff: (answers) => `${quantity(answers, 'answer')} broken off: that it was, and why, is the server's word.`,
  cutOff: 'The saved stream has no end: what is missing in it was not compared with the answer.',
  unknownKey: (keyid) => `It is signed by ${keyid}; nobody told whose key that is.`,
  open: (checks) => `Not checked: ${checks}.`,
  limits: 'It does not show that no other answer was given to the same question, nor when it was given.',
};

const ko: ClaimWords = {
  named: (names) => names.map((name) => TERMS.ko.receiptChecks[name]).join(', '),
  notAReceipt: '영수증이 아닙니다. 서명이나 형식이 잘못되었습니다.',
  refuted: (checks) => `영수증, 모델, 함께 제시된 것이 서로 맞지 않습니다. 어긋난 점검: ${checks}.`,
  incomplete: '확인한 것 가운데 틀린 것은 없으나, 모든 답을 재현하지는 못했습니다.',
  withoutModel: '확인한 것 가운데 틀린 것은 없습니다. 모델이 주어지지 않아, 이 답이 그 모델의 답인지는 알 수 없습니다.',
  nothing: '답에 토큰이 하나도 없어, 모델에 다시 물을 것이 없습니다.',
  holds: (answers, tokens) =>
    `영수증에 서명된 것은 이 모델이 내는 것입니다. 답 ${answers}개, 토큰 ${tokens}개이며, 토큰 하나하나가 이 모델이 고르는 토큰입니다.`,
  seed: {
    idle: '온도가 0이므로 시드는 아무것도 정하지 않습니다.',
    server: '시드는 서버가 골랐습니다. 여러 시드를 시험하고 마음에 드는 답을 내놓았을 수 있습니다.',
    client: '시드는 요청한 쪽이 골랐습니다.',
    clientSays: '영수증에 따르면 시드는 요청한 쪽이 골랐습니다.',
    nonce: (model, template) =>
      `시드는 요청한 쪽이 준 난스, 요청, 모델의 해시값${template === null ? '' : '과 대화 템플릿의 해시값'}에서 나옵니다(모델 ${model}${template === null ? '' : `, 대화 템플릿 ${template}`}). 난스를 주기 전에 이 해시값이 알려져 있었다면 아무도 시드를 고르지 않은 것입니다. 같은 토크나이저나 템플릿도 표기가 다르면 시드가 달라집니다.`,
    nonceSays: '시드는 영수증에 적힌 난스에서 나옵니다. 그 난스가 요청한 쪽의 것인지는 확인하지 않았습니다.',
  },
  brokenOff: (answers) => `답 ${answers}개가 중간에 끊겼습니다. 끊겼다는 것과 그 이유는 서버가 밝힌 것입니다.`,
  cutOff: '저장된 스트림에 끝이 없습니다. 스트림에 없는 부분은 답과 비교하지 않았습니다.',
  unknownKey: (keyid) => `${keyid} 키로 서명되었으며, 누구의 키인지는 아무도 알려 주지 않았습니다.`,
  open: (checks) => `확인하지 않음: ${checks}.`,
  limits: '같은 질문에 다른 답이 나가지 않았다는 것과 언제 답했는지는 보여 주지 않습니다.',
};

export const CLAIM_WORDS: Record<Lang, ClaimWords> = { en, ko };
