// Refusals of the other acts themselves, before the log is asked: who may do it, and what it needs. Those of the log are in src/program/state/refusals.

import { refusal } from '../../../base/index.ts';
import { TERMS, wordFor } from '../../../page-kit/text/index.ts';
import { partyKo } from '../../state/index.ts';

const LEAVE_OUT = ['leave it out, or mend the entry', '이 컨소시엄을 빼거나 등록 내용을 고치십시오.'] as const;

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
  (own) => [
    '다른 쪽의 이름으로는 전담기관만 제출할 수 있습니다.',
    `그 칸을 비우십시오. 지금 로그인한 이름: ${partyKo(own)}`,
  ],
);

export const reportLong = refusal(
  'audit-report-broken',
  ['this is far longer than a signed audit', 'hand in the file that jikji audit --sign wrote, unchanged'],
  ['서명한 검증이라고 하기에는 너무 깁니다.', '“jikji audit --sign”으로 만든 파일을 그대로 제출하십시오.'],
);

export const programmeThere = refusal(
  'programme-exists',
  (there: string) => [`this database holds the programme ${there}`, 'name another folder with --database'],
  (there) => [`이 데이터베이스에는 이미 사업이 있습니다: ${there}`, '--database로 다른 폴더를 지정하십시오.'],
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
    '보관하는 상태의 수를 줄이십시오(train.keepEvery). 상태마다 기록의 머리를 접수합니다.',
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

export const leadAbroad = refusal(
  'not-eligible',
  (lead: string, country: string, wanted: readonly string[]) => [
    `its lead ${lead} is from ${country}, not from ${wanted.join(' or ')}, says the rule book`,
    LEAVE_OUT[0],
  ],
  (lead, country, wanted) => [
    `주관기관의 국가가 규정집과 맞지 않습니다: ${lead}, ${country} (규정집: ${wanted.join(', ')})`,
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
  (roles: readonly string[]) => [`no member has the role ${roles.join(', ')}, says the rule book`, LEAVE_OUT[0]],
  (roles) => [
    `규정집에 따르면 다음 분야의 참여기관이 있어야 합니다: ${roles.map((role) => wordFor(TERMS.ko.chain, role)).join(', ')}`,
    LEAVE_OUT[1],
  ],
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
  ['아직 검증, 평가, 비교를 마치지 않은 제출물이 있습니다.', '남은 작업을 마치십시오: “jikji program work”'],
);

export const undecided = refusal(
  'decision-unknown',
  ['this stage is not decided', 'decide it: jikji program decide'],
  ['결정하지 않은 단계입니다.', '결정을 먼저 내리십시오: “jikji program decide”'],
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
    '다음 명령으로 만드십시오: “jikji program create” 또는 “jikji program example practice”',
  ],
);

export const recordOnly = refusal(
  'no-office-key',
  ['this programme has no key that its office signs with', 'a record of what others did takes nothing new'],
  ['전담기관의 서명 키가 없는 사업입니다.', '다른 곳의 사업을 옮긴 기록에는 새로 더할 수 없습니다.'],
);

export const undeclaredForCall = refusal(
  'expert-undeclared',
  [
    'you have not declared your interests in the applications to this call',
    'declare them first, on the page of the call',
  ],
  ['이 공모의 신청과의 이해관계를 아직 신고하지 않았습니다.', '공모 페이지에서 이해관계를 먼저 신고하십시오.'],
);
