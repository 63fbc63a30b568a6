// Refusals of experts, and of the panel's findings.

import { refusal } from '../../../base/index.ts';
import * as korean from './words.ts';

export const assigned = refusal(
  'expert-assigned',
  ['this expert is assigned already', 'nothing to do'],
  ['이미 배정된 전문가입니다.', '다시 배정하지 않아도 됩니다.'],
);

export const interested = refusal(
  'expert-interested',
  ['this expert has an interest in a team of the stage', 'another expert must give this form'],
  ['이 단계의 팀과 이해관계가 있는 전문가입니다.', '다른 전문가를 배정하십시오.'],
);

export const youAreInterested = refusal(
  'expert-interested',
  ['you have an interest in a team of this stage', 'another expert must give this form'],
  ['이 단계의 팀과 이해관계가 있어 평가할 수 없습니다.', '다른 전문가가 평가해야 합니다.'],
);

export const notAssigned = refusal(
  'expert-unassigned',
  ['this expert is not assigned to the part', 'the office assigns experts'],
  ['이 항목에 배정되지 않은 전문가입니다.', '배정된 전문가의 목록을 확인하십시오.'],
);

export const othersAssigned = refusal(
  'expert-unassigned',
  ['other experts are assigned to this part', 'the office assigns experts'],
  ['이 항목에는 다른 전문가가 배정되어 있습니다.', '전문가는 전담기관이 배정합니다.'],
);

export const undeclared = refusal(
  'expert-undeclared',
  ['you have not declared your interests in the teams of this stage', 'declare them first'],
  ['이 단계의 팀과의 이해관계를 아직 신고하지 않았습니다.', '이해관계를 먼저 신고하십시오.'],
);

export const notOfCall = refusal(
  'application-unknown',
  ['this application is to another call', 'name applications to this call'],
  ['다른 공모에 낸 신청입니다.', '이 공모에 낸 신청을 고르십시오.'],
);

export const formGivenByExpert = refusal(
  'form-given',
  ['this expert has given a form for this part', 'a form cannot be changed'],
  ['이 항목의 평가서를 이미 제출한 전문가입니다.', '제출한 평가서는 바꿀 수 없습니다.'],
);

export const noProposal = refusal(
  'proposal-unknown',
  (open: string) => ['there is no proposed finding of this name', `open are: ${open}`],
  (open) => ['이 이름의 판정안이 없습니다.', `답하지 않은 판정안은 다음과 같습니다: ${open}`],
);

export const noneProposed = refusal(
  'proposal-unknown',
  ['there is no proposed finding of this name', 'none is open'],
  ['이 이름의 판정안이 없습니다.', '답을 기다리는 판정안이 없습니다.'],
);

export const proposalSigned = refusal(
  'proposal-answered',
  ['the panel has signed it', 'its answer cannot change'],
  ['심사단이 이미 서명한 판정안입니다.', '답은 바꿀 수 없습니다.'],
);

export const proposalRejected = refusal(
  'proposal-answered',
  ['the panel has rejected it', 'its answer cannot change'],
  ['심사단이 이미 기각한 판정안입니다.', '답은 바꿀 수 없습니다.'],
);

export const proposalOdd = refusal(
  'proposal-odd',
  (component: string, consortium: string) => [
    `it is about ${component} of ${consortium}`,
    'sign the finding that is proposed, or name no proposed finding',
  ],
  (component, consortium) => [
    `다른 구성 요소에 대한 판정안입니다: ${consortium}, ${korean.component(component)}`,
    '판정안대로 서명하거나, 판정안을 빼고 서명하십시오.',
  ],
);

export const noComponent = refusal(
  'component-unknown',
  (components: readonly string[]) => [
    'the rule book judges no component of this name',
    `it judges ${components.join(', ')}`,
  ],
  (components) => [
    '규정집에서 판정하지 않는 구성 요소입니다.',
    `판정하는 구성 요소는 다음과 같습니다: ${components.map(korean.component).join(', ')}`,
  ],
);
