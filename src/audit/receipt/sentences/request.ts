// What the checks of a receipt say of its signature, the model, the run and the request, in both languages. Text only.

import type { Both, Sentence, Sentences } from '../../../base/index.ts';

export const SIGNATURE = {
  unknown: (key: string) => ({
    en: `signed by ${key}; nobody told whose key that is`,
    ko: `서명이 유효합니다. 누구의 키인지는 주어지지 않았습니다. 서명한 키: ${key}`,
  }),
  given: (key: string) => ({
    en: `signed by ${key}, the given key`,
    ko: `주어진 키로 서명되었습니다: ${key}`,
  }),
  other: (key: string, wanted: string) => ({
    en: `signed by ${key}, not by ${wanted}`,
    ko: `주어진 키가 아닌 다른 키로 서명되었습니다. 서명한 키: ${key}, 주어진 키: ${wanted}`,
  }),
} satisfies Sentences;

export const MODEL = {
  notGiven: (digest: string) => ({
    en: `the model was not given: not checked; the receipt names ${digest}`,
    ko: `모델이 주어지지 않아 점검하지 않았습니다. 영수증의 모델: ${digest}`,
  }),
  same: (digest: string) => ({
    en: `${digest}: config, tokenizer and weights`,
    ko: `설정, 토크나이저, 가중치가 영수증의 모델과 같습니다. 해시값: ${digest}`,
  }),
  otherFiles: (files: string) => ({
    en: `this is another model than the receipt's: ${files}`,
    ko: `영수증의 모델이 아닙니다. 다른 파일: ${files}`,
  }),
  otherOrder: {
    en: "this is another model than the receipt's: the order of its files",
    ko: '영수증의 모델이 아닙니다. 파일의 순서가 다릅니다.',
  },
} satisfies Sentences;

export const RUN = {
  broken: (input: string, why: Sentence) => ({
    en: `seal.json: ${input} ${why.en}`,
    ko: why.ko && `seal.json을 쓸 수 없습니다. ${why.ko} (${input})`,
  }),
  noneOfSealed: {
    en: 'the receipt names no run; this model has a seal',
    ko: '영수증에 학습이 적혀 있지 않습니다. 이 모델에는 봉인이 있습니다.',
  },
  none: { en: 'the receipt names no run', ko: '영수증에 학습이 적혀 있지 않습니다.' },
  notGiven: (seal: string) => ({
    en: `seal ${seal}: no sealed run was given, not checked`,
    ko: `봉인된 학습이 주어지지 않아 점검하지 않았습니다. 영수증의 봉인: ${seal}`,
  }),
  other: (receipt: string, own: string) => ({
    en: `the receipt names the seal ${receipt}, this run has ${own}`,
    ko: `봉인이 다릅니다. 영수증의 봉인: ${receipt}, 이 학습의 봉인: ${own}`,
  }),
  otherState: (receipt: string, own: string) => ({
    en: `the receipt names the state ${receipt}, the seal of this run ${own}`,
    ko: `상태가 다릅니다. 영수증의 상태: ${receipt}, 이 학습의 봉인에 적힌 상태: ${own}`,
  }),
  holds: (seal: string) => ({
    en: `seal ${seal}: its signature holds, and it names these weights`,
    ko: `봉인의 서명이 유효하고, 이 가중치가 적혀 있습니다. 봉인: ${seal}`,
  }),
} satisfies Sentences;

/** Who chose the seed. */
const CHOOSERS = { client: '클라이언트', nonce: '난수', server: '서버' };
type Chooser = keyof typeof CHOOSERS;

export const REQUEST = {
  byServers: ({ en, ko }: Both) => ({
    en: `${en}, by the request that the server keeps; the client's was not given: not checked`,
    ko: `${ko} 다만 서버가 보관한 요청에 따른 것이며, 클라이언트의 요청이 주어지지 않아 점검하지 않았습니다.`,
  }),
  noPrompt: {
    en: 'the prompt was not given: not checked',
    ko: '프롬프트가 주어지지 않아 점검하지 않았습니다.',
  },
  otherPromptIds: {
    en: "the prompt's ids beside the answer are not those of the receipt",
    ko: '답 곁에 있는 프롬프트의 토큰 번호가 영수증의 것과 다릅니다.',
  },
  promptUnasked: {
    en: "the request was not given: the ids beside the answer are the receipt's, not checked that they are what was asked",
    ko: '답 곁에 있는 토큰 번호는 영수증의 것과 같습니다. 다만 요청이 주어지지 않아, 그것을 물었는지는 점검하지 않았습니다.',
  },
  prompts: (request: number, receipt: number) => ({
    en: `the request has ${request} prompts, the receipt ${receipt}`,
    ko: `프롬프트가 요청에는 ${request}개, 영수증에는 ${receipt}개입니다.`,
  }),
  noTemplate: (receipt: string | null) => ({
    en: `chat template ${receipt ?? 'none'}: the model has none, or the request is of another kind`,
    ko: `모델에 대화 템플릿이 없거나, 요청의 종류가 다릅니다. 영수증의 대화 템플릿: ${receipt ?? '없음'}`,
  }),
  otherTemplate: (receipt: string | null) => ({
    en: `chat template ${receipt ?? 'none'}: the model's is another one, or the request is of another kind`,
    ko: `모델의 대화 템플릿이 다르거나, 요청의 종류가 다릅니다. 영수증의 대화 템플릿: ${receipt ?? '없음'}`,
  }),
  otherPrompt: (prompt: number) => ({
    en: `prompt ${prompt} of the request gives other ids than the receipt has`,
    ko: `요청의 ${prompt}번째 프롬프트에서 나오는 토큰 번호가 영수증의 것과 다릅니다.`,
  }),
  otherKind: {
    en: 'the request is of another kind: of a conversation and a completion, one was asked for and the other answered',
    ko: '요청의 종류가 다릅니다. 대화와 이어 쓰기 가운데 요청한 것과 답한 것이 서로 다릅니다.',
  },
  textWithoutModel: {
    en: 'the model was not given: not checked that the texts of the request give the ids of the receipt',
    ko: '모델이 주어지지 않아, 요청의 텍스트에서 영수증의 토큰 번호가 나오는지 점검하지 않았습니다.',
  },
  prompt: (ids: number) => ({
    en: `the request gives the ${ids} ids of the receipt`,
    ko: `요청에서 나오는 토큰 번호 ${ids}개가 영수증의 것과 같습니다.`,
  }),
  noParameters: {
    en: "the request was not given: not checked that the receipt's are its parameters",
    ko: '요청이 주어지지 않아, 영수증에 적힌 설정이 요청의 것인지 점검하지 않았습니다.',
  },
  otherParameters: (names: string) => ({
    en: `the request asks for another ${names}`,
    ko: `요청의 설정이 영수증과 다릅니다: ${names}`,
  }),
  parametersWithoutModel: {
    en: "what the request says itself is the receipt's; the model was not given: not checked what ends a text, nor how long it may be where that follows from the model",
    ko: '요청에 적힌 것은 영수증과 같습니다. 다만 모델이 주어지지 않아, 무엇이 텍스트를 끝내는지와 모델에 따라 정해지는 길이는 점검하지 않았습니다.',
  },
  parameters: {
    en: "the request's, with the defaults",
    ko: '기본값을 넣은 요청의 설정과 같습니다.',
  },
  seedOrder: {
    en: 'the seeds of the answers do not follow each other',
    ko: '답들의 시드가 차례대로 이어지지 않습니다.',
  },
  otherChooser: (request: Chooser, receipt: Chooser) => ({
    en: `by the request it is chosen by the ${request}, by the receipt by the ${receipt}`,
    ko: `시드를 정하는 쪽이 다릅니다. 요청: ${CHOOSERS[request]}, 영수증: ${CHOOSERS[receipt]}`,
  }),
  otherSeed: (request: number, receipt: number | undefined) => ({
    en: `the request asks for ${request}, the receipt has ${receipt}`,
    ko: `요청의 시드는 ${request}, 영수증의 시드는 ${receipt}입니다.`,
  }),
  noNonce: {
    en: 'it follows from a nonce, and there is none',
    ko: '시드가 난수에서 나온다고 적혀 있는데 난수가 없습니다.',
  },
  chosen: {
    en: 'it does not follow from nonce, request and model: the server has chosen it',
    ko: '시드가 난수, 요청, 모델에서 나오지 않습니다. 서버가 고른 것입니다.',
  },
  follows: (seed: number | undefined) => ({
    en: `${seed} follows from nonce, request and model`,
    ko: `시드가 난수, 요청, 모델에서 나옵니다: ${seed}`,
  }),
  byServer: {
    en: 'seed chosen by the server: it may have tried several',
    ko: '서버가 고른 시드입니다. 여러 개를 시도해 보았을 수 있습니다.',
  },
  clientsUnasked: {
    en: "the client's, says the server; the request was not given: not checked",
    ko: '서버는 클라이언트가 정한 시드라고 하나, 요청이 주어지지 않아 점검하지 않았습니다.',
  },
  asked: (seed: number | undefined) => ({
    en: `${seed}, as the client asked`,
    ko: `시드가 클라이언트가 요청한 것과 같습니다: ${seed}`,
  }),
} satisfies Sentences;
