// Refusals of acts themselves, before the log is asked: who may do it, and what it needs. Those of the log are in src/program/state/refusals.

import { refusal } from '../../../base/index.ts';

export const reviewGiven = refusal(
  'review-given',
  [
    'the reviewer has given these points himself',
    'ask the reviewer; a result may differ from the points, with a reason',
  ],
  [
    '심사위원이 직접 입력한 점수입니다.',
    '고치려면 그 심사위원에게 요청하십시오. 사유가 있으면 점수와 다른 결과도 낼 수 있습니다.',
  ],
);

export const reviewerMissing = refusal(
  'review-broken',
  ['nobody is named', 'say who gave the points'],
  ['점수를 준 사람이 없습니다.', '점수를 준 사람의 이름을 적으십시오.'],
);

export const pointsOfAnother = refusal(
  'forbidden',
  ['these would be the points of somebody else', 'leave the reviewer out'],
  ['다른 심사위원의 점수는 입력할 수 없습니다.', '심사위원 칸을 비우십시오.'],
);

export const ofAnotherCall = refusal(
  'application-unknown',
  ['this application is to another call', 'look at it'],
  ['다른 공모의 신청입니다.', '신청을 확인하십시오.'],
);

export const forAnotherParty = refusal(
  'forbidden',
  (own: string) => ['only the office acts for another party', `leave it out: you are ${own}`],
  (own) => ['다른 쪽의 이름으로는 전담기관만 제출할 수 있습니다.', `그 칸을 비우십시오. 지금 로그인한 이름: ${own}`],
);

export const reportLong = refusal(
  'audit-report-broken',
  ['this is far longer than a signed audit', 'hand in the file that jikji audit --sign wrote, unchanged'],
  ['서명한 검증이라고 하기에는 너무 깁니다.', 'jikji audit --sign으로 만든 파일을 그대로 제출하십시오.'],
);

export const usageMoved = refusal(
  'usage-moved',
  ['this usage was recorded anew since it was looked at', 'look at what would be recorded again'],
  ['확인한 뒤에 이 사용량이 새로 기록되었습니다.', '기록할 내용을 다시 확인하십시오.'],
);

export const jobTwice = refusal(
  'job-twice',
  ['this job is named twice', 'a job is of one submission'],
  ['같은 작업을 두 번 적었습니다.', '작업 하나는 제출물 하나에만 적으십시오.'],
);

export const jobUnknown = refusal(
  'job-unknown',
  (consortium: string, submission: string) => [
    `no job of this number ran in these days on an account of ${consortium}`,
    `${submission} is ${consortium}'s; sacct --allusers lists jobs`,
  ],
  (consortium, submission) => [
    `이 기간에 ${consortium} 컨소시엄의 계정에서 실행된 적이 없는 작업입니다.`,
    `${submission} 제출물은 ${consortium} 컨소시엄의 것입니다. 작업의 목록은 sacct --allusers로 볼 수 있습니다.`,
  ],
);

export const meteredAlready = refusal(
  'metered-already',
  (consortium: string, cluster: string, from: string, to: string) => [
    `${consortium} was metered on ${cluster} from ${from} to ${to}: it would count twice`,
    'meter exactly the same days, or days without overlap; a usage entered by hand can be set to 0 hours',
  ],
  (consortium, cluster, from, to) => [
    `이미 계측한 사용량이 있어 두 번 반영됩니다: ${consortium} 컨소시엄, ${cluster} 클러스터, ${from}~${to}`,
    '똑같은 기간이나 겹치지 않는 기간을 계측하십시오. 직접 입력한 사용량은 0시간으로 바꿀 수 있습니다.',
  ],
);

export const meteredForSubmission = refusal(
  'metered-already',
  (where: readonly [consortium: string, cluster: string], from: string, to: string, submission: string) => [
    `${where[0]} was metered on ${where[1]} from ${from} to ${to} for submission ${submission}: it would count twice`,
    `name the jobs of ${submission} again, or meter days without overlap`,
  ],
  (where, from, to, submission) => [
    `이미 계측한 사용량이 있어 두 번 반영됩니다: ${where[0]} 컨소시엄, ${where[1]} 클러스터, ${submission} 제출물, ${from}~${to}`,
    `${submission} 제출물의 작업을 다시 적거나, 겹치지 않는 기간을 계측하십시오.`,
  ],
);

export const catalogueMoved = refusal(
  'catalogue-moved',
  [
    'another catalogue has come into force since the differences were shown',
    'look at the differences to that one, then register',
  ],
  ['차이를 확인한 뒤에 다른 목록이 적용되었습니다.', '그 목록과의 차이를 다시 확인한 뒤에 등록하십시오.'],
);

export const programmeThere = refusal(
  'programme-exists',
  (there: string) => [`this database holds the programme ${there}`, 'name another folder with --database'],
  (there) => [`이 데이터베이스에는 이미 사업이 있습니다: ${there}`, '--database로 다른 폴더를 지정하십시오.'],
);

export const noPart = refusal(
  'part-unknown',
  (parts: string) => ['the rule book has no part of this name', `there are: ${parts}`],
  (parts) => ['규정집에 없는 항목입니다.', `다음 가운데에서 고르십시오: ${parts}`],
);

export const noFormPart = refusal(
  'part-unknown',
  (parts: string) => ['the rule book has no such part', `there are: ${parts}`],
  (parts) => ['규정집에 그런 항목이 없습니다.', `다음 가운데에서 고르십시오: ${parts}`],
);

export const ambiguousPart = refusal(
  'part-unknown',
  (parts: string) => ['the part of the rule book is ambiguous', `there are: ${parts}`],
  (parts) => ['규정집의 어느 항목인지 알 수 없습니다.', `다음 가운데에서 고르십시오: ${parts}`],
);

export const noFormParts = refusal(
  'part-unknown',
  ['the rule book has no such part', 'no part is scored by forms'],
  ['규정집에 그런 항목이 없습니다.', '평가서로 채점하는 항목이 하나도 없습니다.'],
);

export const recordBook = refusal(
  'rule-book-record',
  [
    'this rule book is a record of a programme run elsewhere: its rules are not known',
    'write every rule, without record: true',
  ],
  [
    '다른 곳에서 운영한 사업의 기록이어서 규정을 알 수 없는 규정집입니다.',
    'record: true를 빼고 모든 규정을 적으십시오.',
  ],
);

export const noRuleBook = refusal(
  'rule-book-unknown',
  (known: string) => ['no rule book of this name is registered', `there are: ${known}`],
  (known) => ['등록되지 않은 규정집입니다.', `다음 가운데에서 고르십시오: ${known}`],
);

export const noRuleBooks = refusal(
  'rule-book-unknown',
  ['no rule book is registered', 'register one first'],
  ['등록된 규정집이 없습니다.', '규정집을 먼저 등록하십시오.'],
);

export const noRuleBooksOfName = refusal(
  'rule-book-unknown',
  ['no rule book of this name is registered', 'register one first'],
  ['등록되지 않은 규정집입니다.', '규정집을 먼저 등록하십시오.'],
);

export const allotmentExists = refusal(
  'allotment-exists',
  ['there is an allotment of this id already', 'choose another id'],
  ['이미 쓰이고 있는 배정 식별자입니다.', '다른 식별자를 쓰십시오.'],
);

export const allotmentMoved = refusal(
  'allotment-moved',
  ['it was changed since it was looked at', 'look at it again, then change it'],
  ['확인한 뒤에 다른 사람이 이 배정을 바꾸었습니다.', '다시 확인한 뒤에 바꾸십시오.'],
);

export const allotmentTwice = refusal(
  'allotment-twice',
  ['two of these have this id', 'give one of them another id'],
  ['같은 식별자를 쓰는 배정이 둘 있습니다.', '하나는 식별자를 바꾸십시오.'],
);

export const makerKeyOfAnother = refusal(
  'forbidden',
  [
    'this is not signed with the key of the consortium',
    'sign with the key that the programme knows as yours, or register this key first',
  ],
  ['컨소시엄의 키로 서명하지 않은 파일입니다.', '사업에 등록한 키로 서명하거나, 이 키를 먼저 등록하십시오.'],
);

export const lodgingsFull = refusal(
  'lodgings-full',
  (most: number) => [
    `this maker has ${most} answers, the maximum`,
    'keep fewer states (train.keepEvery): the head of each is lodged',
  ],
  (most) => [
    `이 제작자에게는 이미 최대한도인 ${most}건을 답했습니다.`,
    '보관하는 상태의 수를 줄이십시오(train.keepEvery). 상태마다 중간 기록을 접수합니다.',
  ],
);

export const ownAppealOpen = refusal(
  'appeal-open',
  ['your appeal has no answer yet', 'wait for its answer'],
  ['먼저 낸 이의 신청에 아직 답변이 없습니다.', '답변을 기다리십시오.'],
);

export const noAppeal = refusal(
  'appeal-unknown',
  ['there is no such appeal in this stage', 'look at the stage'],
  ['이 단계에 없는 이의 신청입니다.', '단계를 확인하십시오.'],
);

export const noActiveTeam = refusal(
  'stage-empty',
  ['no consortium is active', 'select applications first'],
  ['참여 중인 컨소시엄이 없습니다.', '신청을 먼저 선정하십시오.'],
);

const LEAVE_OUT = ['leave it out, or mend the entry', '이 컨소시엄을 빼거나 등록 내용을 고치십시오.'] as const;

export const leadAbroad = refusal(
  'not-eligible',
  (lead: string, country: string, wanted: string) => [
    `its lead ${lead} is from ${country}, not from ${wanted}, says the rule book`,
    LEAVE_OUT[0],
  ],
  (lead, country, wanted) => [
    `주관기관의 국가가 규정집과 맞지 않습니다: ${lead}, ${country} (규정집: ${wanted})`,
    LEAVE_OUT[1],
  ],
);

export const fewMembers = refusal(
  'not-eligible',
  (members: number, minimum: number) => [
    `it has ${members} members, ${minimum} are needed, says the rule book`,
    LEAVE_OUT[0],
  ],
  (members, minimum) => [`규정집에 따르면 참여기관이 ${minimum}곳 이상이어야 하는데 ${members}곳입니다.`, LEAVE_OUT[1]],
);

export const rolesMissing = refusal(
  'not-eligible',
  (roles: string) => [`no member has the role ${roles}, says the rule book`, LEAVE_OUT[0]],
  (roles) => [`규정집에 따르면 다음 분야의 참여기관이 있어야 합니다: ${roles}`, LEAVE_OUT[1]],
);

export const stageLacking = refusal(
  'stage-lacking',
  (lacking: readonly { en: string; ko: string }[]) => [
    `the rule book asks for more: ${lacking.map(({ en }) => en).join('; ')}`,
    'see to it, or close the stage as it is',
  ],
  (lacking) => [
    `규정집이 요구하는 것이 아직 채워지지 않았습니다: ${lacking.map(({ ko }) => ko).join('; ')}`,
    '모두 채우거나, 있는 그대로 마감하십시오.',
  ],
);

export const stageLackingMore = refusal(
  'stage-lacking',
  (lacking: readonly { en: string; ko: string }[], more: number) => [
    `the rule book asks for more: ${lacking.map(({ en }) => en).join('; ')}; and ${more} more`,
    'see to it, or close the stage as it is',
  ],
  (lacking, more) => [
    `규정집이 요구하는 것이 아직 채워지지 않았습니다: ${lacking.map(({ ko }) => ko).join('; ')} 외 ${more}건`,
    '모두 채우거나, 있는 그대로 마감하십시오.',
  ],
);

export const jobsWaiting = refusal(
  'jobs-waiting',
  ['not all submissions of this stage are audited, evaluated and compared', 'finish with: jikji program work'],
  ['아직 검증, 평가, 비교를 마치지 않은 제출물이 있습니다.', '남은 작업을 마치십시오: jikji program work'],
);

export const undecided = refusal(
  'decision-unknown',
  ['this stage is not decided', 'decide it: jikji program decide'],
  ['결정하지 않은 단계입니다.', '결정을 먼저 내리십시오: jikji program decide'],
);

export const appealsOpen = refusal(
  'appeal-open',
  ['an appeal against this decision has no answer yet', 'answer it first'],
  ['이 결정에 대한 이의 신청에 아직 답하지 않았습니다.', '이의 신청에 먼저 답하십시오.'],
);

export const notPublic = refusal(
  'not-public',
  ['this is not public, or not yet', 'the rule book states when it becomes public'],
  ['공개되지 않았거나 아직 공개할 때가 아닌 내용입니다.', '언제 공개하는지는 규정집에 있습니다.'],
);

export const anotherConsortium = refusal(
  'forbidden',
  (own: string) => ['this is another consortium', `yours is ${own}`],
  (own) => ['다른 컨소시엄의 것입니다.', `지금 로그인한 컨소시엄은 다음과 같습니다: ${own}`],
);

export const noProgramme = refusal(
  'programme-missing',
  ['this database holds no programme yet', 'make one with: jikji program create, or: jikji program example practice'],
  [
    '이 데이터베이스에는 아직 사업이 없습니다.',
    '다음 명령으로 만드십시오: jikji program create 또는 jikji program example practice',
  ],
);

export const recordOnly = refusal(
  'no-office-key',
  ['this programme has no key that its office signs with', 'a record of what others did takes nothing new'],
  ['전담기관의 서명 키가 없는 사업입니다.', '다른 곳의 사업을 옮긴 기록에는 새로 더할 수 없습니다.'],
);
