// The dictionary: terms that console, decision page and audit page share, in both languages. Terms of one page are in the dictionary of
// that page.

import type { Lang } from './format.ts';
import type { WordsOf } from './words.ts';

/** Why nobody knows how certain the points of a part are. */
const UNCERTAINTIES = {
  least: { en: 'fewer than the rule book asks for', ko: '규정집의 최소 수에 못 미침' },
  single: {
    en: 'a single expert, user, question or text counts',
    ko: '전문가, 사용자, 문항, 지문 가운데 하나만 반영됨',
  },
  fewJudged: { en: 'too few users or comparisons', ko: '사용자나 비교가 너무 적음' },
  alike: { en: 'all gave the same', ko: '모두의 답이 같음' },
  noError: { en: 'one figure, whose error nobody stated', ko: '오차를 밝히지 않은 수치 하나' },
};
interface UncertainPart {
  name: string;
  reason: keyof typeof UNCERTAINTIES;
}

/** Parts whose certainty nobody knows, each with its own reason. */
export const uncertainParts = (parts: readonly UncertainPart[], lang: Lang): string =>
  parts.map(({ name, reason }) => `${name}${lang === 'ko' ? '' : ' '}(${UNCERTAINTIES[reason][lang]})`).join(', ');

const en = {
  verdicts: { holds: 'Holds', refuted: 'Refuted', incomplete: 'Incomplete' },
  /** Components of a model as rule books name them; others stand as they are written. */
  components: {
    weights: 'weights',
    encoder: 'encoder',
    tokenizer: 'tokenizer',
    embeddings: 'embeddings',
    attention: 'attention',
    mlp: 'MLP',
    data: 'data',
  },
  /** Roles of organisations in the value chain. */
  chain: {
    chip: 'Chips',
    memory: 'Memory',
    'data-center': 'Data centre',
    cloud: 'Cloud',
    data: 'Data',
    model: 'Model',
    service: 'Service',
    university: 'University',
    other: 'Other',
  },
  checks: {
    structure: 'Structure',
    schedule: 'Schedule',
    origin: 'Origin',
    data: 'Data',
    policy: 'Policy',
    register: 'Register',
    motion: 'Motion',
    probe: 'Probe',
    replay: 'Replay',
    figures: 'Figures',
    parent: 'Parent',
  },
  checkQuestions: {
    structure: 'Are the signatures genuine, and is the record whole?',
    schedule: 'Did every step use the learning rate and the data that the recipe gives it?',
    origin:
      'Did it start from the weights that it names (random numbers, or those of its parent), and do tokenizer and tokens follow?',
    data: 'Are the texts what the manifest says, split as the rule splits them?',
    policy: 'Is the recipe one that the other checks can judge?',
    register: 'Was the office asked for this run once, and did it see what the record says?',
    motion: 'Did the weights move only as far as training can move them?',
    probe: 'Does every kept state lose on the next batch what the record says?',
    replay: 'Does training again from the same state give the same result?',
    figures: 'Do the validation figure and the model card follow from the evidence?',
    parent: 'Does what it was built on hold too?',
  },
  /** Checks of a receipt. */
  receiptChecks: {
    signature: 'Signature',
    model: 'Model',
    run: 'Run',
    prompt: 'Prompt',
    parameters: 'Parameters',
    seed: 'Seed',
    chain: 'Chain',
    replay: 'Replay',
    ending: 'Ending',
    response: 'Response',
  },
  stage: {
    opened: 'Opened',
    closed: 'Closed',
    standings: 'Standings',
    /** Of a record: how many places it holds. */
    placesKnown: (known: string, all: string) =>
      known === '0'
        ? 'No place is recorded. The teams stand in the order in which they were named.'
        : `Places recorded: ${known} of ${all}. The others are not recorded. The teams stand in the order in which they were named.`,
    totalUnknown: 'No place is known: the total of at least one team is not.',
    place: 'Place',
    team: 'Team',
    total: 'Total',
    outcome: 'Outcome',
    howSure: 'How sure it is',
    chancesCaption: 'Chance of each place by points',
    chancesUnknown: 'Not known: the total of at least one team is not known, so no chance is worked out.',
    /** `parts`: from `uncertainParts`. */
    certaintyUnknown: (parts: string) =>
      `How certain the points are is not known in: ${parts}. So there are no intervals of totals that they count in, no chances, and no moves of weights.`,
    settled: 'Whatever points these parts gave, the decision would be the same.',
    unsettled: 'Other points in these parts could change the decision.',
    firstStatistics:
      'Computed by version 1 of the statistics, which takes what a single expert, user or question gave, and what was entered, as exact.',
    moves: 'How far the weights would have to move',
    decisionClosed: 'The stage is closed. The decision is not signed yet.',
    ruleUnknown: 'How many go on by the rules was not published.',
    notFinal: 'The decision is not final: an appeal that the office upholds keeps a team that is out.',
    notFinalNobodyOut: 'The decision is not final. No team is out.',
    /** Instead of what the rule book says, where an upheld appeal keeps a team. */
    afterAppeal: (kept: string, all: string) =>
      kept === all
        ? `An appeal was upheld: all ${all} teams go on.`
        : `An appeal was upheld: ${kept} of ${all} teams go on.`,
    /** Beside a team that is kept so. */
    appealUpheld: 'appeal upheld',
    /** Why the decision had left out a team that an upheld appeal keeps. */
    leftOut: (reason: string) => `appeal upheld; before it: ${reason}`,
    closedLacking: 'The office closed the stage though its rules asked for more. Then it lacked:',
    beforeAppeal:
      'This is by points alone. An appeal was upheld, so the decision no longer follows from points, and no move of weights is given.',
    isFinal: 'The decision is final: it can no longer change here.',
    finalElsewhere:
      'The decision is as published elsewhere. Whether it was final, and until when appeals ran, is not recorded.',
    appealsUntil: 'Appeals until',
    component: 'Component',
    signedBy: 'Signed by',
    reportedBy: 'Reported by',
    withheld: 'What is not public',
    signatures: 'Signatures',
    key: 'Key',
    appeals: 'Appeals',
    noneRecorded: 'None is recorded.',
  },
  /** Where points come from. */
  sources: { parts: 'sum of its parts', entered: 'entered from elsewhere', forms: 'experts’ forms' },
  ofPoints: (points: string) => `of ${points}`,
  source: 'Source',
  unverified: 'not verified',
  unofficial: 'not official',
  ruleBook: 'Rule book',
  entry: 'Entry',
  time: 'Time',
  parameters: 'Parameters',
  seal: 'Seal',
  seed: 'Seed',
  /** After a time in a document. */
  zone: 'UTC',
  more: (count: string) => `and ${count} more`,
  step: 'step',
  tensor: 'tensor',
  /** At the end of a report. */
  checkYourself: 'Check it yourself',
  colophon:
    'Named after Jikji (1377), the oldest book still in existence that was printed with movable metal type. This page loads nothing and runs no script.',
};

export type Terms = WordsOf<typeof en>;

const ko: Terms = {
  verdicts: { holds: '성립', refuted: '불성립', incomplete: '판정 불가' },
  components: {
    weights: '가중치',
    encoder: '인코더',
    tokenizer: '토크나이저',
    embeddings: '임베딩',
    attention: '어텐션',
    mlp: '다층 퍼셉트론(MLP)',
    data: '데이터',
  },
  chain: {
    chip: '칩',
    memory: '메모리',
    'data-center': '데이터센터',
    cloud: '클라우드',
    data: '데이터',
    model: '모델',
    service: '서비스',
    university: '대학',
    other: '기타',
  },
  checks: {
    structure: '구조',
    schedule: '학습 일정',
    origin: '출발점',
    data: '데이터',
    policy: '레시피 기준',
    register: '접수 대장',
    motion: '가중치 이동',
    probe: '손실 확인',
    replay: '재현',
    figures: '수치',
    parent: '부모 모델',
  },
  checkQuestions: {
    structure: '서명은 진짜이며, 기록은 온전합니까?',
    schedule: '모든 스텝이 레시피가 정한 학습률과 데이터를 썼습니까?',
    origin: '밝힌 가중치(난수 또는 부모 모델의 것)에서 시작했고, 토크나이저와 토큰이 거기에서 나옵니까?',
    data: '텍스트가 목록에 적힌 대로이며, 정해진 규칙대로 나뉘었습니까?',
    policy: '다른 점검이 의미를 가질 수 있는 레시피입니까?',
    register: '이 학습을 기관에 한 번만 접수했고, 기관이 본 것이 기록과 같습니까?',
    motion: '가중치가 학습으로 움직일 수 있는 만큼만 움직였습니까?',
    probe: '보관된 상태마다, 다음 배치의 손실이 기록과 같습니까?',
    replay: '같은 상태에서 다시 학습하면 같은 결과가 나옵니까?',
    figures: '검증 점수와 모델 카드가 증거에서 나옵니까?',
    parent: '이 모델의 바탕이 된 학습도 성립합니까?',
  },
  receiptChecks: {
    signature: '서명',
    model: '모델',
    run: '학습 기록',
    prompt: '입력',
    parameters: '매개변수',
    seed: '시드',
    chain: '토큰 사슬',
    replay: '재현',
    ending: '끝난 이유',
    response: '받은 답',
  },
  stage: {
    opened: '시작',
    closed: '마감',
    standings: '순위',
    placesKnown: (known, all) =>
      known === '0'
        ? '기록된 순위가 없습니다. 팀은 이름이 나온 순서대로 적었습니다.'
        : `${all}개 팀 가운데 ${known}개 팀의 순위만 기록되어 있습니다. 나머지 팀의 순위는 기록되어 있지 않습니다. 팀은 이름이 나온 순서대로 적었습니다.`,
    totalUnknown: '총점을 알 수 없는 팀이 있어 순위를 알 수 없습니다.',
    place: '순위',
    team: '팀',
    total: '총점',
    outcome: '결과',
    howSure: '결과의 확실성',
    chancesCaption: '점수 기준 순위별 확률',
    chancesUnknown: '총점을 알 수 없는 팀이 있어 확률을 계산하지 않았습니다.',
    certaintyUnknown: (parts) =>
      `점수가 얼마나 확실한지 알 수 없는 항목이 있습니다: ${parts}. 그래서 이 항목이 든 총점의 구간과 확률, 배점의 변화는 계산하지 않았습니다.`,
    settled: '이 항목의 점수가 얼마든 결정은 달라지지 않습니다.',
    unsettled: '이 항목의 점수에 따라 결정이 달라질 수 있습니다.',
    firstStatistics:
      '통계 1판으로 계산했습니다. 전문가나 사용자, 문항이 하나뿐인 점수와 입력한 점수를 오차가 없는 것으로 봅니다.',
    moves: '배점이 얼마나 달라야 결과가 바뀌는가',
    decisionClosed: '단계가 마감되었으나, 아직 결정문에 서명하지 않았습니다.',
    ruleUnknown: '규정에 따라 몇 팀이 진출하는지는 공표되지 않았습니다.',
    notFinal: '아직 확정된 결정이 아닙니다. 이의 신청이 받아들여지면 탈락한 팀도 남습니다.',
    notFinalNobodyOut: '아직 확정된 결정이 아닙니다. 탈락한 팀은 없습니다.',
    afterAppeal: (kept, all) =>
      kept === all
        ? `이의 신청이 받아들여져 ${all}개 팀이 모두 진출합니다.`
        : `이의 신청이 받아들여져 ${all}개 팀 중 ${kept}개 팀이 진출합니다.`,
    appealUpheld: '이의 신청 인용',
    leftOut: (reason) => `이의 신청 인용(인용 전: ${reason})`,
    closedLacking: '규정이 요구하는 자료가 부족한 상태로 전담기관이 단계를 마감했습니다. 마감 때 부족했던 것:',
    beforeAppeal:
      '점수만으로 구한 결과입니다. 이의 신청이 받아들여져 결정이 점수만으로 정해지지 않으므로 배점의 변화는 싣지 않습니다.',
    isFinal: '확정된 결정입니다. 여기에서는 더 바뀌지 않습니다.',
    finalElsewhere: '다른 곳에서 공표된 결정입니다. 확정 여부와 이의 신청 기한은 기록되어 있지 않습니다.',
    appealsUntil: '이의 신청 기한',
    component: '구성 요소',
    signedBy: '서명',
    reportedBy: '출처에서 밝힌 판정자(서명 없음)',
    withheld: '공개되지 않은 것',
    signatures: '서명',
    key: '키',
    appeals: '이의 신청',
    noneRecorded: '기록된 것이 없습니다.',
  },
  sources: { parts: '세부 항목의 합', entered: '외부에서 입력', forms: '전문가 평가서' },
  ofPoints: (points) => `${points}점 만점`,
  source: '출처',
  unverified: '확인되지 않음',
  unofficial: '비공식',
  ruleBook: '규정집',
  entry: '항목',
  time: '시각',
  parameters: '매개변수',
  seal: '봉인',
  seed: '시드',
  zone: '(한국 시각)',
  more: (count) => `외 ${count}건`,
  step: '스텝',
  tensor: '텐서',
  checkYourself: '직접 확인하는 방법',
  colophon:
    '직지(1377)는 오늘날까지 남아 있는 가장 오래된 금속 활자본입니다. 이 페이지는 아무것도 불러오지 않으며, 스크립트를 실행하지 않습니다.',
};

export const TERMS: Record<Lang, Terms> = { en, ko };
