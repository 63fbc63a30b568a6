// The sentences about what is due, in both languages. Names arrive as they are; pages escape them.

import type { Lang, WordsOf } from '../../page-kit/text/index.ts';

/** Pairs of teams that too few users have compared, and the pair with the fewest judgements. */
interface Pairs {
  pairs: number;
  minimum: number;
  teams: readonly string[];
  fewest: number;
}

const s = (count: number): string => (count === 1 ? '' : 's');

const en = {
  /** Names in a list of at most a few. */
  names: (shown: string[], more: number) =>
    more > 0 ? `${shown.join(', ')} and ${more} more` : new Intl.ListFormat('en-GB').format(shown),
  lacking: {
    model: (teams: string) => `No audited submission of ${teams}`,
    audit: (teams: string) => `A later submission waits for its audit: ${teams}`,
    forms: (part: string, given: number, all: number) => `${part}: ${given} of ${all} experts’ forms`,
    users: (part: string, given: number, all: number) => `${part}: ${given} of ${all} users have judged`,
    votes: (part: string, given: number, least: { users: number; votes: number }) =>
      `${part}: ${given} of ${least.users} users have given ${least.votes} judgement${s(least.votes)} or more; with fewer nothing is said of how certain the points are`,
    pairs: (part: string, { pairs, minimum, teams, fewest }: Pairs) =>
      `${part}: ${pairs} pair${s(pairs)} of teams with fewer than ${minimum} judgement${s(minimum)}; ${teams.join(' and ')} have the fewest, ${fewest}`,
    figure: (part: string, teams: string) => `${part}: no figure for ${teams}`,
    unpublished: (part: string, teams: string, count: number) =>
      `${part}: the figure for ${teams} was not published, so ${count === 1 ? 'its total is' : 'their totals are'} not known`,
    items: (part: string, task: string, given: number, least: number) =>
      `${part}: ${task} has ${given} independent item${s(given)}, fewer than ${least}; nothing is said of how certain the points are`,
    results: (part: string, team: string, tasks: string) => `${part}: ${team} has no result of ${tasks}`,
    uncompared: (count: number, one: string, other: string) =>
      count === 1
        ? `The weights of ${one} are not compared with ${other} yet`
        : `${count} comparisons of weights are not made yet, the first of ${one} with ${other}`,
    incomparable: (count: number, one: string, other: string, code: string) =>
      count === 1
        ? `The weights of ${one} could not be compared with ${other} (${code})`
        : `${count} comparisons of weights were not possible, the first of ${one} with ${other} (${code})`,
    proposal: (team: string, component: string, proposal: string) =>
      `${team}, ${component}: the proposed finding ${proposal} has no answer`,
  },
  stage: {
    announced: (stage: string) => `${stage} was announced and is not open`,
    close: (stage: string) => `${stage} has all that its rules ask for, and can be closed`,
    decide: (stage: string) => `${stage} is closed, and not decided`,
    answer: (stage: string, team: string) => `${stage}: the appeal of ${team} has no answer`,
    appeals: (stage: string) => `${stage} is decided; teams may still appeal`,
    finish: (stage: string) => `${stage} is decided, and the decision is not final`,
  },
  call: {
    close: (call: string) => `${call}: the time for applications is over, and the call is open`,
    results: (call: string, count: number) =>
      `${call}: ${count} application${s(count)} without the result of the next review`,
    select: (call: string, count: number) =>
      `${call}: ${count} application${s(count)} passed both reviews and can be selected`,
    points: (call: string, count: number) => `${call}: ${count} application${s(count)} without your points`,
    declare: (call: string) => `${call}: declare your interests; then you see the files, and give points`,
  },
  team: {
    submit: (stage: string) => `${stage}: submit your model`,
    again: (stage: string, submission: string) =>
      `${stage}: ${submission} was refused; submit a model that the office can take in`,
    key: 'Name the key that signs your runs: the rules ask for it',
    appeal: (stage: string) => `${stage} decides that you are out; you may appeal`,
  },
  expert: (stage: string, part: string) => `${stage}, ${part}: your form is not given yet`,
  evaluator: (stage: string, part: string) => `${stage}, ${part}: more comparisons are needed`,
  auditor: (stage: string, count: number, first: string) =>
    count === 1
      ? `${stage}: you have handed in no audit of ${first}`
      : `${stage}: you have handed in no audit of ${count} submissions, the first is ${first}`,
  first: {
    organisations: 'Add the organisations that take part',
    consortia: 'Form consortia, by a call for applications or directly',
    rules: 'Register the rule book of the first stage',
    people: 'Invite experts, evaluators and the teams’ people',
    keys: 'Name the key of every team: without it the rule book excludes the team',
    open: 'Open the first stage',
  },
};

const ko: WordsOf<typeof en> = {
  names: (shown, more) => (more > 0 ? `${shown.join(', ')} 외 ${more}개` : shown.join(', ')),
  lacking: {
    model: (teams) => `검증을 마친 제출물이 없는 팀: ${teams}`,
    audit: (teams) => `나중에 낸 제출물이 검증을 기다리는 팀: ${teams}`,
    forms: (part, given, all) => `${part}: 전문가 평가서 ${all}부 중 ${given}부 접수`,
    users: (part, given, all) => `${part}: 사용자 ${all}명 중 ${given}명 참여`,
    votes: (part, given, { users, votes }) =>
      `${part}: 비교를 ${votes}회 이상 한 사용자 ${users}명 중 ${given}명(모자라면 점수가 얼마나 확실한지 알 수 없음)`,
    pairs: (part, { pairs, minimum, teams, fewest }) =>
      `${part}: 비교 ${minimum}건을 채우지 못한 조합 ${pairs}개(가장 적은 조합: ${teams.join(' – ')}, ${fewest}건)`,
    figure: (part, teams) => `${part}: 점수를 입력하지 않은 팀(${teams})`,
    unpublished: (part, teams) => `${part}: 점수가 미공표여서 총점을 알 수 없는 팀(${teams})`,
    items: (part, task, given, least) =>
      `${part}: ${task} 과제의 독립 문항 ${given}개(최소 ${least}개, 점수가 얼마나 확실한지 알 수 없음)`,
    results: (part, team, tasks) => `${part}: ${team} 팀의 평가 결과가 없습니다(${tasks})`,
    uncompared: (count, one, other) =>
      count === 1
        ? `아직 비교하지 않은 가중치: ${one} – ${other}`
        : `아직 하지 않은 가중치 비교 ${count}건(첫 건: ${one} – ${other})`,
    incomparable: (count, one, other, code) =>
      count === 1
        ? `비교하지 못한 가중치: ${one} – ${other} (${code})`
        : `비교하지 못한 가중치 ${count}건(첫 건: ${one} – ${other}, ${code})`,
    proposal: (team, component, proposal) => `${team}, ${component}: 판정안에 답하지 않았습니다(${proposal})`,
  },
  stage: {
    announced: (stage) => `${stage}: 예고한 단계를 아직 시작하지 않았습니다`,
    close: (stage) => `${stage}: 규정이 요구하는 자료를 모두 갖추어 마감할 수 있습니다`,
    decide: (stage) => `${stage}: 마감했으나 아직 결정하지 않았습니다`,
    answer: (stage, team) => `${stage}: ${team} 팀의 이의 신청에 답변하지 않았습니다`,
    appeals: (stage) => `${stage}: 결정했으며, 아직 이의를 신청할 수 있습니다`,
    finish: (stage) => `${stage}: 결정했으나 아직 확정하지 않았습니다`,
  },
  call: {
    close: (call) => `${call}: 신청 기한이 지났으나 아직 마감하지 않았습니다`,
    results: (call, count) => `${call}: 다음 심사의 결과를 정하지 않은 신청 ${count}건`,
    select: (call, count) => `${call}: 두 심사를 모두 통과하여 선정할 수 있는 신청 ${count}건`,
    points: (call, count) => `${call}: 점수를 매기지 않은 신청 ${count}건`,
    declare: (call) => `${call}: 이해관계를 신고하십시오. 신고한 뒤에 제출 서류를 보고 점수를 매길 수 있습니다`,
  },
  team: {
    submit: (stage) => `${stage}: 모델을 제출하십시오`,
    again: (stage, submission) =>
      `${stage}: ${submission} 제출물이 반려되었습니다. 접수할 수 있는 모델을 다시 제출하십시오`,
    key: '학습에 서명하는 키를 지정하십시오. 규정집에 따라 필요합니다',
    appeal: (stage) => `${stage}: 탈락으로 결정되었습니다. 이의를 신청할 수 있습니다`,
  },
  expert: (stage, part) => `${stage}, ${part}: 평가서를 아직 제출하지 않았습니다`,
  evaluator: (stage, part) => `${stage}, ${part}: 비교가 더 필요합니다`,
  auditor: (stage, count, first) =>
    count === 1
      ? `${stage}: ${first} 제출물에 대한 검증을 아직 내지 않았습니다`
      : `${stage}: 제출물 ${count}건에 대한 검증을 아직 내지 않았습니다(첫 건: ${first})`,
  first: {
    organisations: '참여할 기관을 등록하십시오',
    consortia: '공모를 거치거나 직접 컨소시엄을 구성하십시오',
    rules: '첫 단계의 규정집을 등록하십시오',
    people: '전문가, 사용자 평가단, 팀 담당자를 초대하십시오',
    keys: '팀마다 키를 지정하십시오. 키가 없는 팀은 규정집에 따라 탈락합니다',
    open: '첫 단계를 시작하십시오',
  },
};

export const WORDS: Record<Lang, typeof en> = { en, ko };
