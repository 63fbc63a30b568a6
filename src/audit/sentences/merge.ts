// Why a signed audit does not count beside others, in both languages. Text only.

import type { Sentence, Sentences } from '../../base/index.ts';

export const EXCLUSIONS = {
  unsigned: ({ en, ko }: Sentence) => ({
    en: `is not a signed audit as it was signed: ${en}`,
    ko: ko && `서명된 그대로의 검증 보고서가 아닙니다. ${ko}`,
  }),
  otherSeal: { en: 'is an audit of another seal', ko: '다른 봉인을 검증한 보고서입니다.' },
  fork: {
    en: 'is an audit of another seal of the same genesis: this run has two continuations, or was sealed twice',
    ko: '같은 사전 약속의 다른 봉인을 검증한 보고서입니다. 이 학습은 두 갈래로 이어졌거나 두 번 봉인되었습니다.',
  },
  otherMakers: {
    en: 'names other makers than the keys that the run was handed over to',
    ko: '제작자로 적힌 키들이 이 학습을 넘겨받은 키들과 다릅니다.',
  },
  refutesAncestor: {
    en: 'refutes a run that this one was built on',
    ko: '이 학습의 바탕이 된 학습이 성립하지 않는다고 한 보고서입니다.',
  },
  refutesOther: {
    en: 'refutes the run of another seal, and no report shows that this one was built on it: the reports on the runs in between would',
    ko: '다른 봉인의 학습이 성립하지 않는다고 한 보고서입니다. 이 학습이 그 학습을 바탕으로 하였음을 보여 주는 보고서는 없습니다. 그 사이에 있는 학습의 보고서가 있으면 알 수 있습니다.',
  },
  weaker: {
    en: 'found it consistent within rounding, and others reproduced it to the bit',
    ko: '반올림 안에서 맞는다고 한 보고서인데, 다른 검증자는 비트까지 재현했습니다.',
  },
  otherState: (step: number) => ({
    en: `comes to another state at step ${step} than the run has`,
    ko: `${step}스텝에서 얻은 상태가 학습의 것과 다릅니다.`,
  }),
  contradicts: (step: number, file: string) => ({
    en: `comes to another state at step ${step} than ${file}: one of them is wrong`,
    ko: `${step}스텝에서 얻은 상태가 다음 보고서와 다릅니다. 둘 가운데 하나는 틀린 것입니다: ${file}`,
  }),
  byMaker: {
    en: 'was signed with the key of the maker himself',
    ko: '제작자 본인의 키로 서명한 보고서입니다.',
  },
  selfAudit: {
    en: "was made on a machine that holds the maker's key",
    ko: '제작자의 키가 있는 기기에서 만든 보고서입니다.',
  },
  otherParent: {
    en: 'says that the run began with something else than its genesis names',
    ko: '사전 약속에 적힌 것과 다른 것에서 시작했다고 적혀 있습니다.',
  },
  otherParentMaker: {
    en: 'names other makers of the run that this one was built on than the one who signed it',
    ko: '부모 모델의 제작자로, 부모의 학습에 서명한 키가 아닌 다른 키를 적었습니다.',
  },
  otherLodging: {
    en: 'says that the run was lodged, and its genesis names no lodging',
    ko: '접수하지 않은 학습인데 접수했다고 적혀 있습니다.',
  },
  otherLinks: {
    en: 'does not begin its list of runs with this one',
    ko: '학습의 목록이 이 학습에서 시작하지 않습니다.',
  },
  otherRun: {
    en: 'is of another run, though it names the same seal',
    ko: '같은 봉인이 적혀 있으나 다른 학습의 보고서입니다.',
  },
  refuted: { en: 'says that the run is refuted', ko: '학습이 성립하지 않는다고 한 보고서입니다.' },
  incomplete: { en: 'says that the run is incomplete', ko: '학습을 판정할 수 없다고 한 보고서입니다.' },
  holds: {
    en: 'says that the run is holds',
    ko: '학습이 성립한다고 했으나, 통과하지 못한 점검이 있는 보고서입니다.',
  },
  consistent: {
    en: 'says that the run is consistent',
    ko: '학습이 반올림 안에서 맞는다고 했으나, 인정할 수 없는 보고서입니다.',
  },
  'not-told': { en: 'does not tell whether the run is consistent', ko: '맞는지 판단하지 못했다고 한 보고서입니다.' },
  noCheck: (check: string) => ({
    en: `does not say what the check ${check} found`,
    ko: `결과가 적혀 있지 않은 점검이 있습니다: ${check}`,
  }),
  noSegments: { en: 'does not list the segments of a run', ko: '학습의 구간이 적혀 있지 않습니다.' },
  noOrigin: {
    en: 'does not say that the weights of step 0 come from the seed',
    ko: '0스텝의 가중치가 시드에서 나온다고 적혀 있지 않습니다.',
  },
  noGradient: {
    en: 'names no gradient that tells something, or not all steps within rounding',
    ko: '무엇인가를 알려 주는 기울기나, 모든 스텝이 반올림 범위 안에 있다는 내용이 적혀 있지 않습니다.',
  },
  nothingAgain: { en: 'trained nothing again', ko: '다시 학습한 것이 없습니다.' },
  movements: {
    en: 'lists movements that are not those of a run',
    ko: '학습에서 나올 수 없는 이동량이 적혀 있습니다.',
  },
  otherSegments: {
    en: 'names segments that this run does not have',
    ko: '이 학습에 없는 구간이 적혀 있습니다.',
  },
  notDrawn: {
    en: 'does not list the segments that its challenge draws',
    ko: '추첨 난수로 뽑히는 구간이 적혀 있지 않습니다.',
  },
} satisfies Sentences;
