// Refusals of calls: applications, their files, reviews.

import { refusal } from '../../../base/index.ts';
import * as korean from './words.ts';

export const noSelection = refusal(
  'selection-missing',
  ['this rule book does not say how applications are selected', 'name a rule book with a section selection'],
  ['신청을 선정하는 방법이 없는 규정집입니다.', 'selection 절이 있는 규정집을 고르십시오.'],
);

export const noCriteria = refusal(
  'selection-missing',
  (step: string) => [`its call has no criteria for the ${step} review`, 'name a rule book with a section selection'],
  (step) => [
    `이 공모에는 심사 항목이 없습니다: ${korean.review(step)}`,
    'selection 절이 있는 규정집으로 공모를 여십시오.',
  ],
);

export const closedAlready = refusal(
  'call-closed',
  ['this call is closed already', 'nothing to do'],
  ['이미 마감된 공모입니다.', '다시 마감하지 않아도 됩니다.'],
);

export const takesNoMore = refusal(
  'call-closed',
  ['this call takes no more applications', 'wait for the next call'],
  ['마감된 공모여서 신청을 더 받지 않습니다.', '다음 공모를 기다리십시오.'],
);

export const filesComplete = refusal(
  'application-closed',
  (status: string) => [`it is ${status}, and takes no more files`, 'its files are complete'],
  (status) => [
    `결과가 나온 신청이어서 파일을 더 받지 않습니다(${korean.state(status)}).`,
    '지금까지 낸 파일만 심사 자료로 남습니다.',
  ],
);

export const filesFull = refusal(
  'application-files-full',
  (files: number) => [`it has ${files} files`, 'join several files into one'],
  (files) => [`파일이 이미 ${files}개 있습니다.`, '여러 파일을 하나로 묶으십시오.'],
);

export const fileKnown = refusal(
  'application-file-known',
  ['it has this file already', 'nothing to do'],
  ['이미 낸 파일입니다.', '다시 내지 않아도 됩니다.'],
);

export const notBeforeReview = refusal(
  'review-order',
  (status: string, step: string) => [
    `it stands at "${status}", not before the ${step} review`,
    'paper review comes first, then the presentation',
  ],
  (status, step) => [
    `${korean.review(step)} 차례인 신청이 아닙니다. 지금 상태: ${korean.state(status)}`,
    '서면평가를 먼저, 발표평가를 다음에 합니다.',
  ],
);

export const notReviewed = refusal(
  'review-order',
  (status: string) => [`it stands at "${status}"`, 'both reviews come first'],
  (status) => [`아직 선정할 수 있는 신청이 아닙니다. 지금 상태: ${korean.state(status)}`, '두 평가를 먼저 마치십시오.'],
);

export const reviewerApplies = refusal(
  'expert-interested',
  ['this reviewer belongs to an organisation that applies', 'another expert must give this form'],
  ['신청 기관에 속한 심사위원입니다.', '다른 심사위원이 점수를 주어야 합니다.'],
);

const ALL_CRITERIA = ['give points for every criterion', '모든 심사 항목에 점수를 주십시오.'] as const;

export const noPoints = refusal(
  'review-broken',
  (criterion: string, points: number) => [`${criterion}: nothing is not between 0 and ${points}`, ALL_CRITERIA[0]],
  (criterion, points) => [`점수가 없는 심사 항목이 있습니다: ${criterion}(${points}점 만점)`, ALL_CRITERIA[1]],
);

export const pointsOutside = refusal(
  'review-broken',
  (criterion: string, given: number, points: number) => [
    `${criterion}: ${given} is not between 0 and ${points}`,
    ALL_CRITERIA[0],
  ],
  (criterion, given, points) => [
    `배점을 벗어난 점수입니다: ${criterion} ${given}점(${points}점 만점)`,
    `0점부터 ${points}점까지 줄 수 있습니다.`,
  ],
);

export const tooFine = refusal(
  'review-broken',
  (criterion: string, given: number) => [`${criterion}: ${given} has more than three decimals`, ALL_CRITERIA[0]],
  (criterion, given) => [
    `소수점 아래가 세 자리를 넘는 점수입니다: ${criterion} ${given}점`,
    '소수점 아래 세 자리까지만 쓰십시오.',
  ],
);

export const noCriterion = refusal(
  'review-broken',
  (name: string) => [`there is no criterion ${name}`, 'look at the rule book'],
  (name) => [`규정집에 없는 심사 항목입니다: ${name}`, '규정집의 심사 항목을 확인하십시오.'],
);

export const reviewersLacking = refusal(
  'review-reason',
  (given: number, reviewers: number) => [
    `${given} of ${reviewers} reviewers have given points: this result needs a reason`,
    'say why; everybody can read it',
  ],
  (given, reviewers) => [
    `심사위원 ${reviewers}명 중 ${given}명만 점수를 주었으므로 이 결과에는 사유가 필요합니다.`,
    '사유를 적으십시오. 누구나 읽을 수 있습니다.',
  ],
);

export const againstPoints = refusal(
  'review-reason',
  (mean: string, minimum: number) => [
    `the mean is ${mean}, the minimum ${minimum}: this result needs a reason`,
    'say why; everybody can read it',
  ],
  (mean, minimum) => [
    `평균이 ${mean}점이고 기준이 ${minimum}점이므로 이 결과에는 사유가 필요합니다.`,
    '사유를 적으십시오. 누구나 읽을 수 있습니다.',
  ],
);
