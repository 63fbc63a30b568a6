// What the audit of a witnessed run says of its files, statements, states and lodgings, in both languages. Text only.

import { type Both, count, type Sentences } from '../../../base/index.ts';

export const EVIDENCE = {
  whole: (of: { steps: number; planned: number; states: number; answers: number }) => ({
    en: `${of.steps} of ${of.planned} steps are recorded, ${of.states} states are whole; an office answered ${of.answers} times before the end`,
    ko: `전체 ${of.planned}스텝 가운데 ${of.steps}스텝이 기록되어 있고, 온전한 상태는 ${of.states}개입니다. 접수 기관은 학습이 끝나기 전에 ${of.answers}번 답했습니다.`,
  }),
  otherFile: { en: 'is not the one that genesis names', ko: '사전 약속에 적힌 파일이 아닙니다.' },
  cutOff: { en: 'ends too early: it was cut off', ko: '끝까지 있지 않고 중간에서 끊겼습니다.' },
  otherRanks: {
    en: 'has another number of ranks than genesis',
    ko: '랭크 수가 사전 약속과 다릅니다.',
  },
  ends: (step: number, planned: number) => ({
    en: `ends after step ${step} of ${planned}`,
    ko: `전체 ${planned}스텝 가운데 ${step}스텝까지만 있습니다.`,
  }),
  otherHead: {
    en: 'names another head than the transcript has',
    ko: '봉인에 적힌 머리가 학습 기록의 것과 다릅니다.',
  },
  otherState: {
    en: 'names another last state than the transcript',
    ko: '봉인에 적힌 마지막 상태가 학습 기록의 것과 다릅니다.',
  },
  onlyState: {
    en: 'must name the last state, and nothing else',
    ko: '마지막 상태만 적혀 있어야 합니다.',
  },
  changed: {
    en: 'is not the one whose head the office answered: it was changed afterwards',
    ko: '접수 기관이 답한 기록의 머리와 다릅니다. 나중에 바뀐 것입니다.',
  },
  noRootOfKept: {
    en: 'the record has no state root, and it belongs to a kept state',
    ko: '보관하기로 한 상태인데 기록에 상태의 루트가 없습니다.',
  },
  noRootOfFirst: {
    en: 'the record has no state root, and it belongs to the state after step 1',
    ko: '1스텝 다음의 상태인데 기록에 상태의 루트가 없습니다.',
  },
  noRootOfPair: (step: number) => ({
    en: `the record has no state root, and it belongs to the drawn pair of step ${step}`,
    ko: `추첨된 ${step}스텝의 쌍에 속하는 상태인데 기록에 상태의 루트가 없습니다.`,
  }),
  needlessRoot: {
    en: 'the record has a state root that neither plan nor draw asks for',
    ko: '계획에도 추첨에도 없는 상태의 루트가 기록에 있습니다.',
  },
  noStart: {
    en: 'The state of step 0 is not there: only its root is known.',
    ko: '0스텝의 상태가 없습니다. 그 루트만 알 수 있습니다.',
  },
  otherRoot: {
    en: 'is not the state whose root is recorded',
    ko: '기록된 루트의 상태가 아닙니다.',
  },
  notCanonical: { en: 'is not canonical JSON', ko: '정규 형식의 JSON이 아닙니다.' },
  notCanonicalLine: {
    en: 'is not canonical JSON and a newline',
    ko: '정규 형식의 JSON과 줄바꿈 하나로 되어 있지 않습니다.',
  },
} satisfies Sentences;

export const STATES = {
  otherStep: (step: number) => ({ en: `is of step ${step}`, ko: `${step}스텝의 상태입니다.` }),
  foreign: { en: 'does not belong to this state', ko: '이 상태에 속하지 않는 파일입니다.' },
  twice: (key: string) => ({ en: `two parts hold ${key}`, ko: `같은 것이 두 부분에 들어 있습니다: ${key}` }),
  order: (tensor: string) => ({
    en: `${tensor} is not in the order of names`,
    ko: `텐서가 이름순으로 놓여 있지 않습니다: ${tensor}`,
  }),
  pieces: (tensor: string) => ({
    en: `the pieces of ${tensor} are not the whole tensor`,
    ko: `조각을 모아도 텐서 전체가 되지 않습니다: ${tensor}`,
  }),
  none: (key: string) => ({ en: `no part holds ${key}`, ko: `어느 부분에도 들어 있지 않습니다: ${key}` }),
  otherType: (tensor: string) => ({
    en: `${tensor} is stored in another type or shape`,
    ko: `텐서가 다른 자료형이나 모양으로 저장되어 있습니다: ${tensor}`,
  }),
  extra: (key: string) => ({
    en: `a part holds ${key}, which it does not name`,
    ko: `적혀 있지 않은 것이 들어 있습니다: ${key}`,
  }),
} satisfies Sentences;

export const SIGNED = {
  keptOrder: {
    en: 'its kept states do not rise to the last step',
    ko: '보관할 상태가 마지막 스텝까지 차례대로 적혀 있지 않습니다.',
  },
  sealsSteps: (sealed: number, planned: number) => ({
    en: `seals ${sealed} steps of the ${planned} that genesis plans`,
    ko: `봉인은 ${sealed}스텝, 사전 약속은 ${planned}스텝입니다.`,
  }),
  clockWentBack: (sealed: string, begun: string) => ({
    en: `The seal is dated ${sealed}, and genesis ${begun}: the maker's own clock went back. Both are his word alone.`,
    ko: `봉인의 날짜는 ${sealed}, 사전 약속의 날짜는 ${begun}입니다. 제작자의 시계가 뒤로 갔습니다. 둘 다 제작자의 말일 뿐입니다.`,
  }),
  notHead: {
    en: 'is neither a head nor the answer to one',
    ko: '기록의 머리도 그에 대한 답도 아닙니다.',
  },
  otherRun: { en: 'is the head of another run', ko: '다른 학습 기록의 머리입니다.' },
  otherStep: (step: number) => ({ en: `is the head after step ${step}`, ko: `${step}스텝까지의 기록의 머리입니다.` }),
  noHead: { en: 'names no head of a transcript', ko: '학습 기록의 머리가 적혀 있지 않습니다.' },
  earlier: {
    en: 'is dated before the answer to an earlier head',
    ko: '날짜가 더 앞선 기록의 머리에 대한 답보다 앞섭니다.',
  },
} satisfies Sentences;

export const PAIRS = {
  notWhole: (step: number) => ({
    en: `the pair of step ${step} is not whole`,
    ko: `${step}스텝의 쌍이 온전하지 않습니다.`,
  }),
  byMaker: (pairs: number, all: number) => ({
    en: `${pairs} of ${all} pairs follow from the maker's own transcript: he could choose which steps they are.`,
    ko: `쌍 ${all}개 가운데 ${pairs}개는 제작자의 학습 기록에서 나옵니다. 어느 스텝일지 제작자가 고를 수 있었습니다.`,
  }),
  ownOffice: {
    en: 'The office is the maker: he drew his pairs himself.',
    ko: '접수 기관이 제작자 자신입니다. 쌍을 스스로 추첨했습니다.',
  },
  noRegister: {
    en: "Without the office's register (--register) it is not seen whether an answer was left out: a head without one draws its pair anew, so the maker could choose between two.",
    ko: '접수 대장(--register)이 없으면 빠뜨린 답이 있는지 알 수 없습니다. 답이 없는 기록의 머리는 쌍을 새로 뽑으므로, 제작자가 둘 가운데 고를 수 있었습니다.',
  },
  known: {
    en: 'A maker knows a pair before he computes it: pairs show nothing of the steps between them.',
    ko: '제작자는 쌍을 계산하기 전에 어느 스텝인지 압니다. 쌍은 그 사이의 스텝에 대해 아무것도 보여 주지 않습니다.',
  },
  whole: (paired: number, steps: number, percent: string) => ({
    en: `${count(paired)} of ${count(steps)} steps (${percent}) lie between two recorded states`,
    ko: `전체 ${count(steps)}스텝 가운데 ${count(paired)}스텝(${percent})이 기록된 두 상태 사이에 있습니다.`,
  }),
} satisfies Sentences;

/** The register itself. */
interface Book {
  size: number;
  head: string;
}
const book = ({ size, head }: Book): Both => ({
  en: `the register has ${size} entries, its head is ${head}`,
  ko: `접수 대장의 항목은 ${size}건입니다. 대장의 머리: ${head}`,
});

export const LODGED = {
  later: (answer: number) => ({
    en: `is answer ${answer}: the earlier ones may have been discarded, so what follows from it could be chosen`,
    ko: `${answer}번째 답입니다. 앞선 답을 버렸을 수 있으므로, 여기서 나오는 것을 골랐을 수 있습니다.`,
  }),
  evasion: {
    en: 'A run that was lodged under another key or recipe is another run for the register; and a chain alone does not stop an office that shows two histories: compare its head with one that others hold (--register-head).',
    ko: '다른 키나 다른 레시피로 접수한 학습은 접수 대장에서 별개의 학습입니다. 또한 사슬만으로는 기관이 두 가지 대장을 내보이는 것을 막지 못합니다. 대장의 머리를 다른 사람이 가진 것과 비교하십시오(--register-head).',
  },
  evasionPinned: (entry: number, size: number) => ({
    en: `A run that was lodged under another key or recipe is another run for the register. The given head is that of entry ${entry} of ${size}.`,
    ko: `다른 키나 다른 레시피로 접수한 학습은 접수 대장에서 별개의 학습입니다. 주어진 머리는 항목 ${size}건 가운데 ${entry}번 항목의 것입니다.`,
  }),
  nothing: (of: Book) => ({
    en: `nothing was compared; ${book(of).en}`,
    ko: `비교한 것이 없습니다. ${book(of).ko}`,
  }),
  whole: ({ heads, request, seal }: { heads: number; request: boolean; seal: boolean }, of: Book) => ({
    en: `${heads} heads during the training${request ? ', request' : ''}${seal ? ', seal' : ''}; ${book(of).en}`,
    ko: `학습 도중에 접수한 기록의 머리 ${heads}건${request ? ', 요청' : ''}${seal ? ', 봉인' : ''}의 접수를 비교했습니다. ${book(of).ko}`,
  }),
  needlessAnswer: (entry: number, time: string) => ({
    en: `the office answered a request for this run (entry ${entry} of ${time}), but genesis names none`,
    ko: `기관이 이 학습의 요청에 답했으나(${time}의 ${entry}번 항목), 사전 약속에는 접수가 적혀 있지 않습니다.`,
  }),
  otherHead: (entry: number) => ({
    en: `is not the one whose head the office answered in entry ${entry}: it was changed afterwards`,
    ko: `기관이 ${entry}번 항목에서 답한 기록의 머리와 다릅니다. 나중에 바뀐 것입니다.`,
  }),
  leftOut: (step: number, entry: number) => ({
    en: `the office answered the head of step ${step} (entry ${entry}), and the run does not have its answer`,
    ko: `기관이 ${step}스텝의 기록의 머리에 답했으나(${entry}번 항목), 학습에는 그 답이 없습니다.`,
  }),
} satisfies Sentences;
