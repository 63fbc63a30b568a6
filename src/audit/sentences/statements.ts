// What the check `structure` says of the signed statements and of the transcript, in both languages. Text only.

import type { Both, Sentences } from '../../base/index.ts';

/** Moments that statements are compared with, by their names in sentences. */
const MOMENTS = {
  request: { en: 'the request it answers', ko: '요청' },
  lodging: { en: 'its lodging', ko: '접수' },
  seal: { en: 'the seal it answers', ko: '봉인' },
};
export type Moment = keyof typeof MOMENTS;

export const STATEMENTS = {
  otherName: (name: string) => ({ en: `names another ${name}`, ko: `적힌 해시값이 실제와 다릅니다: ${name}` }),
  tooEarly: (time: string, moment: Moment) => ({
    en: `is dated ${time}, more than a day before ${MOMENTS[moment].en}`,
    ko: `날짜가 ${MOMENTS[moment].ko} 시각보다 하루 넘게 앞섭니다: ${time}`,
  }),
  clocksDiffer: (file: string, moment: Moment) => ({
    en: `${file} is dated before ${MOMENTS[moment].en}: the maker's clock and the office's differ.`,
    ko: `${file} 파일의 날짜가 ${MOMENTS[moment].ko} 시각보다 앞섭니다. 제작자의 시계와 접수 기관의 시계가 다릅니다.`,
  }),
  notGivenMaker: (key: string) => ({
    en: `was signed by ${key}, not by the given maker`,
    ko: `지정한 제작자가 아닌 다른 키로 서명했습니다: ${key}`,
  }),
  notGivenOffice: (key: string) => ({
    en: `was signed by ${key}, not by the given office`,
    ko: `지정한 접수 기관이 아닌 다른 키로 서명했습니다: ${key}`,
  }),
  otherRegister: (key: string, office: string) => ({
    en: `was signed by ${key}, and the given register is that of another office, ${office}: bring the register of the office that answered`,
    ko: `${key} 키로 서명했는데, 지정한 접수 대장은 다른 기관(${office})의 것입니다. 응답한 기관의 접수 대장을 가져오십시오.`,
  }),
  whoMaker: {
    en: 'The maker is whoever holds the key in genesis.json: compare its fingerprint with one you know (--maker; of a parent --parent-maker).',
    ko: '제작자는 genesis.json에 적힌 키를 가진 사람입니다. 키의 지문을 알고 있는 것과 비교하십시오(--maker, 부모 모델은 --parent-maker).',
  },
  whoOffice: {
    en: 'The office is whoever holds the key in the lodging: compare its fingerprint with one you know (--office).',
    ko: '접수 기관은 접수 파일에 적힌 키를 가진 곳입니다. 키의 지문을 알고 있는 것과 비교하십시오(--office).',
  },
  whoOffices: {
    en: 'The office is whoever holds the key in the lodgings: compare its fingerprint with one you know (--office).',
    ko: '접수 기관은 접수 파일들에 적힌 키를 가진 곳입니다. 키의 지문을 알고 있는 것과 비교하십시오(--office).',
  },
  needlessLodging: {
    en: 'is there, but genesis names no lodging',
    ko: '파일이 있으나, 사전 약속에는 접수가 적혀 있지 않습니다.',
  },
  notLodged: {
    en: 'is not there: this run was not lodged',
    ko: '파일이 없습니다. 접수하지 않은 학습입니다.',
  },
  noTime: {
    en: 'Not lodged: no trusted time. Genesis may have been made after the training.',
    ko: '접수하지 않아 믿을 수 있는 시각이 없습니다. 사전 약속을 학습이 끝난 뒤에 만들었을 수도 있습니다.',
  },
  noTimeAtAll: {
    en: 'Not lodged: no trusted time. All of it may have been written after the training.',
    ko: '접수하지 않아 믿을 수 있는 시각이 없습니다. 모든 기록을 학습이 끝난 뒤에 썼을 수도 있습니다.',
  },
  otherLodging: { en: 'is another lodging than genesis names', ko: '사전 약속에 적힌 접수가 아닙니다.' },
  otherSeed: {
    en: "the seed is not the one that follows from the office's nonce",
    ko: '시드가 접수 기관의 난수에서 나오는 것과 다릅니다.',
  },
  notRecipesSeed: { en: "the seed is not the recipe's", ko: '시드가 레시피의 것과 다릅니다.' },
  ownOffice: {
    en: 'The office that lodged this run is its maker: its time proves nothing.',
    ko: '이 학습을 접수한 기관이 제작자 자신이므로, 그 시각은 아무것도 증명하지 않습니다.',
  },
  ownOfficeNonces: {
    en: 'The office that lodged this run is its maker: its times and nonces prove nothing.',
    ko: '이 학습을 접수한 기관이 제작자 자신이므로, 그 시각과 난수는 아무것도 증명하지 않습니다.',
  },
  sealsOther: { en: 'seals another genesis', ko: '다른 사전 약속을 봉인했습니다.' },
  beforeGenesis: { en: 'is dated before genesis', ko: '날짜가 사전 약속보다 앞섭니다.' },
  otherFormat: {
    en: 'has another format version than genesis',
    ko: '형식의 판이 사전 약속과 다릅니다.',
  },
  notFinished: {
    en: 'is not there: this run is not finished',
    ko: '파일이 없습니다. 끝나지 않은 학습입니다.',
  },
  lodgedBefore: { en: 'was lodged before the run itself', ko: '학습보다 먼저 접수되었습니다.' },
  sealNotLodged: {
    en: "The seal was not lodged: when the training ended is the maker's word.",
    ko: '봉인을 접수하지 않았습니다. 학습이 끝난 시각은 제작자가 밝힌 것이며 확인되지 않았습니다.',
  },
  noParentWord: {
    en: "is not there: the parent's word on its weights",
    ko: '부모 모델의 가중치를 말해 줄 파일이 없습니다.',
  },
  otherParentSeal: { en: 'is another seal than genesis names', ko: '사전 약속에 적힌 봉인이 아닙니다.' },
  otherParentGenesis: {
    en: 'is not the genesis of the parent that is sealed',
    ko: '봉인된 부모 모델의 사전 약속이 아닙니다.',
  },
  otherParentMaker: {
    en: 'is signed by another key than the genesis of the parent',
    ko: '부모 모델의 사전 약속과 다른 키로 서명되었습니다.',
  },
  otherParentWeights: {
    en: 'names other weights than those that its parent sealed',
    ko: '사전 약속에 적힌 가중치가 부모 모델이 봉인한 것과 다릅니다.',
  },
} satisfies Sentences;

/** What is wrong with a hand-over of a run. */
export const HAND_OVERS = {
  otherRun: { en: 'is a hand-over of another run', ko: '다른 학습의 인계 문서입니다.' },
  otherMaker: {
    en: 'is signed by another key than the one that held the run',
    ko: '그때 학습을 맡고 있던 키가 아닌 다른 키로 서명되었습니다.',
  },
  otherPlace: {
    en: 'does not follow the hand-over before it',
    ko: '바로 앞의 인계에 이어지지 않습니다.',
  },
  otherStep: {
    en: 'is of a step before the last hand-over, or beyond the last step but one',
    ko: '앞선 인계보다 이른 스텝이거나, 마지막 스텝 뒤의 인계입니다.',
  },
  sameKey: { en: 'hands the run to the key that signed it', ko: '서명한 키에 그대로 인계했습니다.' },
  otherSubjects: { en: 'names something else than a state', ko: '상태가 아닌 다른 대상이 적혀 있습니다.' },
  otherNext: {
    en: 'is signed by another key than the one that the run was handed over to',
    ko: '학습을 넘겨받을 키가 아닌 다른 키로 서명되었습니다.',
  },
  takesOther: { en: 'countersigns another hand-over', ko: '다른 인계 문서를 확인한 서명입니다.' },
  otherHead: {
    en: "names another link than the transcript's at this step",
    ko: '적힌 고리가 이 스텝의 기록과 다릅니다.',
  },
  otherState: {
    en: 'names another state than the transcript has at this step',
    ko: '적힌 상태가 이 스텝의 기록과 다릅니다.',
  },
  otherStateTrained: {
    en: 'names another state than the one that training comes to at this step',
    ko: '적힌 상태가 이 스텝까지 다시 학습한 결과와 다릅니다.',
  },
  notTaken: {
    en: 'is not there: the next key has not countersigned the hand-over',
    ko: '파일이 없습니다. 넘겨받을 키가 아직 서명하지 않았습니다.',
  },
  notSealed: (number: number) => ({
    en: `seals another chain of hand-overs: number ${number} here is not the one that it names`,
    ko: `봉인에 적힌 인계와 다릅니다. 이 폴더의 ${number}번째 인계는 봉인에 없습니다.`,
  }),
  otherHolder: {
    en: 'is signed by another key than the one to which the run was handed over last',
    ko: '마지막으로 학습을 넘겨받은 키가 아닌 다른 키로 서명되었습니다.',
  },
  signedOn: {
    en: 'gives the run away, yet the key that signed it, or one before it, went on to the seal: the run has two continuations',
    ko: '학습을 넘긴다는 문서인데, 서명한 키나 그 앞의 키가 봉인까지 학습을 계속했습니다. 한 학습이 두 갈래로 이어졌습니다.',
  },
  moved: (moves: readonly { step: number; from: string; to: string }[]) => ({
    en: `The run was handed over ${moves.length === 1 ? 'once' : `${moves.length} times`}: ${moves.map(({ step, from, to }) => `after step ${step} from ${from.slice(0, 16)}... to ${to.slice(0, 16)}...`).join(', ')}.`,
    ko: `이 학습은 ${moves.length}번 인계되었습니다: ${moves.map(({ step, from, to }) => `${step}스텝 뒤 ${from.slice(0, 16)}…에서 ${to.slice(0, 16)}…로`).join(', ')}`,
  }),
} satisfies Sentences;

export const TRANSCRIPTS = {
  tooManySteps: (steps: number) => ({
    en: `this release audits at most ${steps} steps`,
    ko: `이 프로그램은 최대 ${steps}스텝까지 검증합니다.`,
  }),
  broken: {
    en: 'the chain breaks: this link does not follow from the record and the link before it',
    ko: '기록의 사슬이 끊겼습니다. 이 고리는 기록과 바로 앞 고리에서 나오지 않습니다.',
  },
  loss: { en: 'the loss is not a finite number', ko: '손실이 유한한 수가 아닙니다.' },
  gradNorm: {
    en: 'the gradient norm is not a finite number from 0 on',
    ko: '기울기 노름이 0 이상의 유한한 수가 아닙니다.',
  },
  noRoot: { en: 'the record has no state root', ko: '기록에 상태의 루트가 없습니다.' },
  needlessRoot: {
    en: 'the record has a state root that genesis did not plan',
    ko: '사전 약속에서 계획하지 않은 상태의 루트가 기록에 있습니다.',
  },
  tooMany: (planned: number) => ({
    en: `there are more than the ${planned} records of this run`,
    ko: `이 학습의 기록 ${planned}개보다 많은 기록이 있습니다.`,
  }),
  line: (line: number, problem: Both) => ({
    en: `line ${line} ${problem.en}`,
    ko: `${line}번째 줄에 문제가 있습니다. ${problem.ko}`,
  }),
  noEnd: { en: 'the last line does not end', ko: '마지막 줄이 끝나지 않았습니다.' },
} satisfies Sentences;
