// What the check `structure` says of recipe, tokenizer, transcript, states and model, in both languages. Text only.

import { type Both, count, type Sentences } from '../../base/index.ts';

export const STRUCTURE = {
  noGenesis: {
    en: 'there is no sound genesis, and without it nothing can be checked',
    ko: '온전한 사전 약속이 없어 아무것도 점검할 수 없습니다.',
  },
  otherArithmetic: {
    en: 'made with another version of the arithmetic',
    ko: '다른 판의 연산으로 만들었습니다.',
  },
  unknownArithmetic: (version: number) => ({
    en: `this release does not have version ${version} of the arithmetic`,
    ko: `이 프로그램에는 연산 ${version}판이 없습니다.`,
  }),
  noRecipe: {
    en: 'there is no usable recipe, and without it nothing more can be checked',
    ko: '쓸 수 있는 레시피가 없어 더 점검할 수 없습니다.',
  },
  whole: (signatures: number, links: number, states: number, kept: number) => ({
    en: `${signatures} signatures, a chain of ${count(links)} links, ${states} of ${kept} states`,
    ko: `서명 ${signatures}개, 고리 ${count(links)}개로 이어진 기록의 사슬, 상태 ${kept}개 가운데 온전한 ${states}개를 확인했습니다.`,
  }),
  notSignedSize: (bytes: number, signed: number) => ({
    en: `has ${bytes} bytes, not the ${signed} that were signed`,
    ko: `크기가 ${bytes}바이트로, 서명된 크기인 ${signed}바이트와 다릅니다.`,
  }),

  otherRecipe: { en: 'is another recipe than genesis names', ko: '사전 약속에 적힌 레시피가 아닙니다.' },
  namesNoParent: {
    en: 'names no parent, the recipe does',
    ko: '레시피에는 부모 모델이 있는데 사전 약속에는 없습니다.',
  },
  namesParent: {
    en: 'names a parent, the recipe none',
    ko: '사전 약속에는 부모 모델이 있는데 레시피에는 없습니다.',
  },
  otherSteps: (planned: number, recipe: number) => ({
    en: `plans ${planned} steps, the recipe ${recipe}`,
    ko: `사전 약속은 ${planned}스텝, 레시피는 ${recipe}스텝입니다.`,
  }),
  otherStates: {
    en: "the states it plans to write and keep are not the recipe's",
    ko: '기록하고 보관하기로 한 상태가 레시피와 다릅니다.',
  },
  otherTokenizer: { en: 'is another tokenizer than genesis names', ko: '사전 약속에 적힌 토크나이저가 아닙니다.' },
  tooManyEntries: (entries: number, recipe: number) => ({
    en: `has ${entries} entries, the recipe ${recipe}`,
    ko: `어휘가 ${entries}개로, 레시피의 ${recipe}개보다 많습니다.`,
  }),

  ends: (step: number, planned: number) => ({
    en: `ends at step ${step} of ${planned}`,
    ko: `전체 ${planned}스텝 가운데 ${step}스텝에서 끝납니다.`,
  }),
  sealsSteps: (sealed: number, planned: number) => ({
    en: `seals ${sealed} steps, genesis plans ${planned}`,
    ko: `봉인은 ${sealed}스텝, 사전 약속은 ${planned}스텝입니다.`,
  }),
  sealsTokens: (sealed: number, taken: number) => ({
    en: `states ${sealed} tokens; the recipe's steps take ${taken}`,
    ko: `토큰이 ${sealed}개라고 적혀 있으나, 레시피의 스텝이 쓰는 토큰은 ${taken}개입니다.`,
  }),
  usedTokens: {
    en: 'states used tokens, and no conversations are packed',
    ko: '쓴 토큰 수가 적혀 있으나, 대화를 채워 넣은 학습이 아닙니다.',
  },
  sealsTranscript: { en: 'seals another transcript', ko: '다른 학습 기록을 봉인했습니다.' },
  sealsState: {
    en: 'seals another last state than the transcript has',
    ko: '봉인된 마지막 상태가 학습 기록의 것과 다릅니다.',
  },

  noRoot: { en: 'has no root for this state', ko: '이 상태의 루트가 없습니다.' },
  otherRoot: {
    en: 'is not the state whose root the transcript has',
    ko: '학습 기록에 적힌 루트의 상태가 아닙니다.',
  },
  otherNote: {
    en: 'does not state the root of the state beside it',
    ko: '곁에 있는 상태의 루트가 적혀 있지 않습니다.',
  },
  stateMissing: { en: 'is a kept state, and is not there', ko: '보관하기로 한 상태인데 파일이 없습니다.' },
  otherTensorBytes: (bytes: number, model: number) => ({
    en: `has ${bytes} bytes, not the ${model} of this model's tensors`,
    ko: `크기가 ${bytes}바이트로, 이 모델의 텐서에 맞는 ${model}바이트와 다릅니다.`,
  }),
  otherHeader: {
    en: "its header is not the one of this model's tensors",
    ko: '파일 머리가 이 모델의 텐서와 맞지 않습니다.',
  },

  sealNamesOther: (name: string) => ({
    en: `names ${JSON.stringify(name)}, which does not belong there`,
    ko: `있을 이유가 없는 이름이 적혀 있습니다: ${JSON.stringify(name)}`,
  }),
  sizeOfOther: (name: string) => ({
    en: `states a size of ${JSON.stringify(name)}, which has none`,
    ko: `크기를 적을 수 없는 것에 크기가 적혀 있습니다: ${JSON.stringify(name)}`,
  }),
  doesNotName: (name: string) => ({ en: `does not name ${name}`, ko: `적혀 있어야 할 이름이 없습니다: ${name}` }),
  noSize: (name: string) => ({
    en: `does not state the size of ${name}`,
    ko: `적혀 있어야 할 크기가 없습니다: ${name}`,
  }),
  notSealedFile: { en: 'is not the file that was sealed', ko: '봉인된 파일이 아닙니다.' },
  notSealed: { en: 'is there, but was not sealed', ko: '봉인되지 않은 파일이 있습니다.' },
  notRunsTokenizer: { en: "is not the run's tokenizer", ko: '이 학습의 토크나이저가 아닙니다.' },
  notRecipesModel: { en: "is not the recipe's model", ko: '레시피가 정한 모델이 아닙니다.' },
  otherWeights: {
    en: 'has other weights than the last state',
    ko: '가중치가 마지막 상태의 것과 다릅니다.',
  },
  noTemplate: {
    en: "cannot be compared: the run's own template cannot be used",
    ko: '학습에 쓴 대화 템플릿을 쓸 수 없어 비교할 수 없습니다.',
  },
  otherChatFile: {
    en: "does not follow from the run's chat template and tokenizer",
    ko: '학습의 대화 템플릿과 토크나이저에서 나오는 파일이 아닙니다.',
  },

  makersNotes: (names: Both) => ({
    en: `The maker's own notes, which no check reads: ${names.en}.`,
    ko: `제작자가 따로 남긴 것으로, 어느 점검도 읽지 않습니다: ${names.ko}`,
  }),
  notEvidence: (names: Both) => ({
    en: `Not part of the evidence, and read by no check: ${names.en}.`,
    ko: `증거에 속하지 않으며, 어느 점검도 읽지 않습니다: ${names.ko}`,
  }),
} satisfies Sentences;

/** What it says of the weights and the tokenizer of a parent, and of references of pairs. */
export const BEGINNING = {
  noStart: {
    en: 'is not there: nothing shows which weights this run began with',
    ko: '파일이 없어, 어떤 가중치에서 학습을 시작했는지 알 수 없습니다.',
  },
  otherStart: { en: 'has other weights than genesis names', ko: '가중치가 사전 약속에 적힌 것과 다릅니다.' },
  tooManyRows: (rows: number, entries: number) => ({
    en: `its embedding has ${rows} rows, the run has ${entries} entries`,
    ko: `임베딩이 ${rows}행인데, 학습의 어휘는 ${entries}개입니다.`,
  }),
  noTokenizer: {
    en: 'names no tokenizer among the files of its parent',
    ko: '부모 모델의 파일 가운데 토크나이저가 적혀 있지 않습니다.',
  },
  otherTokenizer: {
    en: 'names another tokenizer than that of its parent',
    ko: '사전 약속에 적힌 토크나이저가 부모 모델의 것이 아닙니다.',
  },
  tokenizerMissing: {
    en: 'is not there: nothing shows with which entries this tokenizer begins',
    ko: '파일이 없어, 토크나이저가 어떤 어휘에서 시작했는지 알 수 없습니다.',
  },
  tokenizerSize: (bytes: number) => ({
    en: `has ${bytes} bytes, not as many as the tokenizer of the parent`,
    ko: `크기가 ${bytes}바이트로, 부모 모델의 토크나이저와 다릅니다.`,
  }),
  notParents: {
    en: 'is another tokenizer than that of the parent',
    ko: '부모 모델의 토크나이저가 아닙니다.',
  },
  notBegun: {
    en: 'does not begin with the tokenizer of the parent',
    ko: '부모 모델의 토크나이저에서 시작하지 않습니다.',
  },
  otherRows: (rows: number, entries: number) => ({
    en: `has ${rows} rows for the ${entries} entries of the parent's tokenizer`,
    ko: `부모 모델의 토크나이저는 어휘가 ${entries}개인데 ${rows}행입니다.`,
  }),

  noReferences: {
    en: 'names no references, and the run learns from pairs',
    ko: '답변 쌍으로 학습하는데, 사전 약속에 기준값이 적혀 있지 않습니다.',
  },
  needlessReferences: {
    en: 'names references of pairs, and there are none',
    ko: '답변 쌍이 없는데, 사전 약속에 기준값이 적혀 있습니다.',
  },
  referencesMissing: {
    en: 'is not there: the loss of pairs cannot be computed again',
    ko: '파일이 없어 답변 쌍의 손실을 다시 계산할 수 없습니다.',
  },
  referencesUnusable: {
    en: 'cannot be used: the loss of pairs cannot be computed again',
    ko: '쓸 수 없는 파일이어서 답변 쌍의 손실을 다시 계산할 수 없습니다.',
  },
  referencesSize: (bytes: number, wanted: number) => ({
    en: `has ${bytes} bytes, not the ${wanted} that the pairs need`,
    ko: `크기가 ${bytes}바이트로, 답변 쌍에 필요한 ${wanted}바이트와 다릅니다.`,
  }),
  otherReferences: {
    en: 'has other references than genesis names',
    ko: '기준값이 사전 약속에 적힌 것과 다릅니다.',
  },
  chosenDiffers: (recorded: number, again: number) => ({
    en: `has ${recorded} nats for the chosen conversation of a pair; the weights of step 0 give ${again}`,
    ko: `답변 쌍 가운데 고른 대화가 ${recorded}내트로 적혀 있으나, 0스텝의 가중치로 계산하면 ${again}내트입니다.`,
  }),
  rejectedDiffers: (recorded: number, again: number) => ({
    en: `has ${recorded} nats for the rejected conversation of a pair; the weights of step 0 give ${again}`,
    ko: `답변 쌍 가운데 고르지 않은 대화가 ${recorded}내트로 적혀 있으나, 0스텝의 가중치로 계산하면 ${again}내트입니다.`,
  }),
} satisfies Sentences;
