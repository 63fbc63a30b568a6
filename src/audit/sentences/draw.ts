// Where the randomness of an audit comes from, and why a draw counts or does not, in both languages. Text only.

import type { Sentences } from '../../base/index.ts';

export const DRAW = {
  selfAudit: {
    en: 'self-audit, no detection claimed',
    ko: '자체 검증이므로 적발 확률을 주장하지 않습니다.',
  },
  given: {
    en: 'given to the audit; it counts only if it was drawn after the seal was made',
    ko: '검증에 주어진 난수입니다. 봉인한 뒤에 추첨한 것일 때만 인정됩니다.',
  },
  byOffice: {
    en: 'drawn by the office when it lodged the seal',
    ko: '접수 기관이 봉인을 접수하면서 추첨한 난수입니다.',
  },
  here: {
    en: 'drawn on this machine, after the seal was made',
    ko: '봉인한 뒤에 이 기기에서 추첨한 난수입니다.',
  },
  noRegister: {
    en: 'the office may have been asked until its nonce pleased: only its register (--register) shows that it was not',
    ko: '난수가 마음에 들 때까지 접수 기관에 물었을 수 있습니다. 그러지 않았다는 것은 접수 대장(--register)만이 보여 줍니다.',
  },
  answeredBefore: {
    en: 'the office answered the request of this run before',
    ko: '접수 기관이 이 학습의 요청에 앞서 답한 적이 있습니다.',
  },
  notFirst: {
    en: "it is not the nonce of the office's first answer to a seal",
    ko: '봉인에 대한 접수 기관의 첫 답에 있는 난수가 아닙니다.',
  },
  ownOffice: {
    en: "the office's key is the maker's: he drew the nonce himself",
    ko: '접수 기관의 키가 제작자의 키이므로, 제작자가 스스로 추첨한 난수입니다.',
  },
  officeOfChain: {
    en: "the office's key made another run of this chain",
    ko: '접수 기관의 키가 이 사슬의 다른 학습을 만든 키입니다.',
  },
  forOther: {
    en: 'the office drew it for something else',
    ko: '접수 기관이 다른 일로 추첨한 난수입니다.',
  },
  noSeal: {
    en: 'the run has no seal, and a draw counts only after the seal',
    ko: '봉인이 없는 학습입니다. 추첨은 봉인한 뒤에만 인정됩니다.',
  },
  notReplayed: {
    en: 'not all drawn segments could be replayed',
    ko: '추첨한 구간을 모두 재현하지는 못했습니다.',
  },
  notSame: {
    en: 'not all drawn segments came out to the bit',
    ko: '추첨한 구간 가운데 비트까지 같지 않은 것이 있습니다.',
  },
  nothing: { en: 'no segment was drawn at random', ko: '무작위로 추첨한 구간이 없습니다.' },
} satisfies Sentences;
