// What the check `register` says, in both languages: the office's list of lodgings beside the run. Text only.

import type { Both, Sentences } from '../../base/index.ts';
import { formatFor } from '../../page-kit/text/index.ts';

/** An entry, as sentences name it. */
export interface NamedEntry {
  entry: number;
  time: string;
}

/** Entries in a sentence; more are counted. */
const MAX_NAMED = 5;

/** Numbers and times of entries. */
function named(entries: readonly NamedEntry[]): Both {
  const shown = entries.slice(0, MAX_NAMED);
  const more = entries.length - shown.length;
  return {
    en: shown.map(({ entry, time }) => `entry ${entry} of ${time}`).join(', ') + (more > 0 ? ` and ${more} more` : ''),
    ko: shown.map(({ entry, time }) => `${time}의 ${entry}번 항목`).join(', ') + (more > 0 ? ` 외 ${more}건` : ''),
  };
}

/** Where the office saw something of the run. */
interface Seen {
  kind: 'request' | 'head' | 'hand-over' | 'seal' | 'model';
  step: number | null;
  time: string;
}
const KINDS = { request: '요청', 'hand-over': '인계', seal: '봉인', model: '모델' };
const seenAt = ({ kind, step, time }: Seen): Both => ({
  en: `${kind === 'head' ? `step ${step}` : `the ${kind}`} (${time})`,
  ko: `${kind === 'head' ? `${step}스텝` : KINDS[kind]}(${time})`,
});

/** What the register has of a run; entries are null where there is none. */
interface Lodged {
  request: number | null;
  heads: number;
  seal: number | null;
}

/** The register itself. */
interface Book {
  office: string;
  size: number;
  head: string;
}
const book = ({ office, size, head }: Book): Both => ({
  en: `the register of office ${office} has ${size} entries, its head is ${head}`,
  ko: `접수 대장의 항목은 ${size}건입니다. 접수 기관: ${office}, 대장의 머리: ${head}`,
});

export const REGISTER = {
  fork: ({ step, next, time, entry }: NamedEntry & { step: number; next: string }) => ({
    en: `the run has a second continuation: entry ${entry} of ${time} is a hand-over at step ${step} to the key ${next.slice(0, 16)}..., which this run does not have`,
    ko: `이 학습은 두 갈래로 이어졌습니다. ${time}의 ${entry}번 항목은 ${step}스텝에서 키 ${next.slice(0, 16)}...에 인계했다는 것인데, 이 학습에는 없습니다.`,
  }),
  unseenHandOver: (file: string) => ({
    en: `The office has not seen ${file}: nothing but the two keys says when the run was handed over.`,
    ko: `기관이 받지 않은 인계입니다(${file}). 인계한 때는 두 키의 말뿐입니다.`,
  }),
  unknown: {
    en: 'The maker may have asked the office several times and chosen among the nonces: only its register (--register) shows how often it answered, and which heads it saw during the training.',
    ko: '제작자가 기관에 여러 번 요청하고 난수 가운데 골랐을 수 있습니다. 기관이 몇 번 답했는지, 학습 도중 어떤 기록의 머리를 보았는지는 접수 대장(--register)만이 보여 줍니다.',
  },
  /** Of a run that the run in question was built on. */
  notListed: {
    en: 'The register that was given does not list this run: whether its office answered more than once is not shown.',
    ko: '주어진 접수 대장에 이 학습이 없습니다. 접수한 기관이 한 번만 답했는지는 알 수 없습니다.',
  },
  evasion: {
    en: 'A run that was lodged under another key or recipe name is another run for the register; and a chain alone does not stop an office that shows two histories: compare its head with one that others hold (--register-head).',
    ko: '다른 키나 다른 레시피 이름으로 접수한 학습은 접수 대장에서 별개의 학습입니다. 또한 사슬만으로는 기관이 두 가지 대장을 내보이는 것을 막지 못합니다. 대장의 머리를 다른 사람이 가진 것과 비교하십시오(--register-head).',
  },
  evasionPinned: (entry: number, size: number) => ({
    en: `A run that was lodged under another key or recipe name is another run for the register. The given head is that of entry ${entry} of ${size}.`,
    ko: `다른 키나 다른 레시피 이름으로 접수한 학습은 접수 대장에서 별개의 학습입니다. 주어진 머리는 항목 ${size}건 가운데 ${entry}번 항목의 것입니다.`,
  }),
  noGenesis: {
    en: 'without a sound genesis the run cannot be found in the register',
    ko: '온전한 사전 약속이 없어 접수 대장에서 학습을 찾을 수 없습니다.',
  },
  alone: book,
  whole: ({ request, heads, seal }: Lodged, of: Book) => ({
    en: `${request === null ? 'no request' : `request in entry ${request}`}, ${heads} heads during the training, ${seal === null ? 'no seal' : `seal in entry ${seal}`}; ${book(of).en}`,
    ko: `${request === null ? '요청은 없습니다.' : `요청은 ${request}번 항목에 있습니다.`} 학습 도중에 접수한 기록의 머리는 ${heads}건입니다. ${seal === null ? '봉인은 없습니다.' : `봉인은 ${seal}번 항목에 있습니다.`} ${book(of).ko}`,
  }),
  otherRuns: (runs: number) => ({
    en: `Other runs of this maker that the office answered for: ${runs}.`,
    ko: `이 제작자의 다른 학습 가운데 기관이 답한 것은 ${runs}건입니다.`,
  }),
  missing: (last: string) => ({
    en: `is not in the register, which continues until ${last}: the office answered without an entry, or this is another history`,
    ko: `접수 대장에 없습니다. 기관이 적지 않고 답했거나, 다른 대장입니다. 대장이 이어지는 시각: ${last}`,
  }),
  before: {
    en: 'is not in the register, which ends before it begins: take a newer one',
    ko: '접수 대장에 없습니다. 대장이 비어 있으니 더 새로운 대장을 쓰십시오.',
  },
  older: (last: string) => ({
    en: `is not in the register, which ends at ${last}: take a newer one`,
    ko: `접수 대장에 없습니다. 더 새로운 대장을 쓰십시오. 대장이 끝나는 시각: ${last}`,
  }),
  needlessAnswer: (entries: readonly NamedEntry[]) => ({
    en: `the office answered a request for this run (${named(entries).en}), but genesis names none`,
    ko: `기관이 이 학습의 요청에 답했으나(${named(entries).ko}), 사전 약속에는 접수가 적혀 있지 않습니다.`,
  }),
  laterRequest: (answer: number, answers: readonly NamedEntry[]) => ({
    en: `is answer ${answer} of ${answers.length} to this request (${named(answers).en}): the other answers may have been discarded, so the seed could be chosen among them`,
    ko: `이 요청에 대한 답 ${answers.length}건 가운데 ${answer}번째입니다(${named(answers).ko}). 다른 답을 버렸을 수 있으므로, 시드를 그 가운데서 골랐을 수 있습니다.`,
  }),
  firstRequest: (answers: readonly NamedEntry[]) => ({
    en: `The office answered this request ${answers.length} times (${named(answers).en}); the run has the first.`,
    ko: `기관이 이 요청에 ${answers.length}번 답했습니다(${named(answers).ko}). 학습에는 첫 답이 있습니다.`,
  }),
  otherSeal: (answers: readonly NamedEntry[]) => ({
    en: `is not the one that the office answered first (${named(answers).en})`,
    ko: `기관이 처음 답한 봉인이 아닙니다(${named(answers).ko}).`,
  }),
  answerLacks: (answers: readonly NamedEntry[]) => ({
    en: `The office answered this seal, but the run lacks the answer; all answers to seals of this run: ${named(answers).en}.`,
    ko: `기관이 이 봉인에 답했으나 학습에는 그 답이 없습니다. 이 학습의 봉인에 대한 모든 답: ${named(answers).ko}`,
  }),
  laterSeal: (answer: number, answers: readonly NamedEntry[]) => ({
    en: `is answer ${answer} of ${answers.length} to seals of this run (${named(answers).en}): only the first may serve as the challenge, since a maker can change an unchecked loss and seal the run again`,
    ko: `이 학습의 봉인에 대한 답 ${answers.length}건 가운데 ${answer}번째입니다(${named(answers).ko}). 제작자가 점검하지 않은 손실을 바꾸어 다시 봉인할 수 있으므로, 첫 답만 추첨 난수로 쓸 수 있습니다.`,
  }),
  firstSeal: (answers: readonly NamedEntry[]) => ({
    en: `The office answered ${answers.length} seals of this run (${named(answers).en}); the run has the first.`,
    ko: `기관이 이 학습의 봉인에 ${answers.length}번 답했습니다(${named(answers).ko}). 학습에는 첫 답이 있습니다.`,
  }),
  noHead: (time: string, entry: number) => ({
    en: `has no such record; the office answered its head at ${time} (entry ${entry})`,
    ko: `이런 기록이 없습니다. 기관은 이 기록의 머리에 답했습니다(${time}, ${entry}번 항목).`,
  }),
  otherHead: (time: string, entry: number) => ({
    en: `is not the one whose head the office answered at ${time} (entry ${entry}): it was changed afterwards`,
    ko: `기관이 답한 기록의 머리와 다릅니다(${time}, ${entry}번 항목). 나중에 바뀐 것입니다.`,
  }),
  lateHeads: (heads: number) => ({
    en: `Heads lodged after the seal: ${heads}. They show nothing about the training.`,
    ko: `봉인 뒤에 접수된 기록의 머리가 ${heads}건 있습니다. 학습에 대해 아무것도 보여 주지 않습니다.`,
  }),
  gap: (seconds: number, from: Seen, to: Seen) => ({
    en: `The longest time in which the office saw nothing of the run: ${formatFor('en').duration(seconds)}, from ${seenAt(from).en} to ${seenAt(to).en}.`,
    ko: `기관이 학습에 대해 아무것도 보지 못한 가장 긴 시간은 ${formatFor('ko').duration(seconds)}입니다. 시작: ${seenAt(from).ko}, 끝: ${seenAt(to).ko}`,
  }),
} satisfies Sentences;
