// Refusals of scores: submissions, entered figures, experts' forms, judgements, findings.

import { refusal } from '../../../base/index.ts';
import * as korean from './words.ts';

export const submissionKnown = refusal(
  'submission-known',
  (other: string) => [
    `this file was submitted before, as ${other}`,
    'submit another one; a team may submit a run again in another stage',
  ],
  (other) => [
    `같은 파일이 이미 제출되었습니다: ${other}`,
    '다른 파일을 제출하십시오. 같은 팀은 다른 단계에 같은 학습을 다시 낼 수 있습니다.',
  ],
);

const STATUS = ['check its status: jikji program status', '제출물의 상태를 확인하십시오.'] as const;

export const notAudited = refusal(
  'submission-order',
  (status: string) => [`this submission is ${status}, not audited`, STATUS[0]],
  (status) => [`검증을 마친 제출물이 아닙니다. 지금 상태: ${korean.state(status)}`, STATUS[1]],
);

export const notReceived = refusal(
  'submission-order',
  (status: string) => [`this submission is ${status}, not received`, STATUS[0]],
  (status) => [`검증을 기다리는 제출물이 아닙니다. 지금 상태: ${korean.state(status)}`, STATUS[1]],
);

export const neither = refusal(
  'submission-order',
  (status: string) => [`this submission is ${status}, not received or audited`, STATUS[0]],
  (status) => [`접수했거나 검증한 제출물이 아닙니다. 지금 상태: ${korean.state(status)}`, STATUS[1]],
);

export const itemsDiffer = refusal(
  'items-differ',
  (n: number, items: number) => [`n is ${n}, there are ${items} items`, 'check the evaluation'],
  (n, items) => [`문항 수가 맞지 않습니다. 밝힌 수 ${n}개, 실제 ${items}개입니다.`, '평가를 확인하십시오.'],
);

export const noPart = refusal(
  'part-unknown',
  (parts: string) => ['the rule book has no part of this name', `it has: ${parts}`],
  (parts) => ['규정집에 없는 항목입니다.', `규정집의 항목은 다음과 같습니다: ${parts}`],
);

export const notByForms = refusal(
  'part-unknown',
  ['this part of the rule book is not scored by forms', 'look at the rule book'],
  ['전문가 평가서로 채점하지 않는 항목입니다.', '규정집을 확인하십시오.'],
);

export const otherPoints = refusal(
  'part-points',
  (points: number, max: number) => [`this part has ${points} points, not ${max}`, 'look at the rule book'],
  (points, max) => [`배점이 맞지 않습니다. 규정집 ${points}점, 입력 ${max}점입니다.`, '규정집을 확인하십시오.'],
);

export const outsideScore = refusal(
  'score-range',
  (value: number, max: number) => [`${value} is not between 0 and ${max}`, 'check the figure'],
  (value, max) => [`점수가 배점을 벗어났습니다: ${value}점(${max}점 만점)`, '수치를 확인하십시오.'],
);

const FILL = ['fill in every line', '빠진 칸 없이 모두 채우십시오.'] as const;

export const markNoNumber = refusal(
  'form-broken',
  (where: string) => [`${where}: is not a number`, FILL[0]],
  (where) => [`숫자가 아닌 점수가 있습니다: ${where}`, FILL[1]],
);

export const formOdd = refusal(
  'form-broken',
  (where: string, why: { en: string; ko: string }) => [`${where}: ${why.en}`, FILL[0]],
  (where, why) => [`평가서의 형식이 맞지 않습니다(${where}). ${why.ko}`, FILL[1]],
);

export const markMissing = refusal(
  'form-broken',
  (consortium: string, criterion: string, points: number) => [
    `${consortium}, ${criterion}: nothing is not between 0 and ${points}`,
    FILL[0],
  ],
  (consortium, criterion, points) => [
    `점수가 빠진 칸이 있습니다: ${consortium}, ${criterion}(${points}점 만점)`,
    FILL[1],
  ],
);

export const markOutside = refusal(
  'form-broken',
  (consortium: string, criterion: string, value: number, points: number) => [
    `${consortium}, ${criterion}: ${value} is not between 0 and ${points}`,
    FILL[0],
  ],
  (consortium, criterion, value, points) => [
    `배점을 벗어난 점수가 있습니다: ${consortium}, ${criterion} ${value}점`,
    `0점부터 ${points}점까지 줄 수 있습니다.`,
  ],
);

export const noCriterion = refusal(
  'form-broken',
  (consortium: string, name: string) => [`${consortium}: there is no criterion ${name}`, 'look at the rule book'],
  (consortium, name) => [
    `규정집에 없는 평가 기준이 있습니다: ${consortium}, ${name}`,
    '규정집의 평가 기준을 확인하십시오.',
  ],
);

export const teamNotInStage = refusal(
  'form-broken',
  (name: string) => [`${name} is not in this stage`, 'leave it out'],
  (name) => [`이 단계에 참여하지 않는 팀의 점수가 있습니다: ${name}`, '그 팀을 빼십시오.'],
);

export const formGiven = refusal(
  'form-given',
  (expert: string) => [`${expert} has given a form for this part`, 'a form cannot be changed'],
  (expert) => [`이 항목의 평가서를 이미 제출한 전문가입니다: ${expert}`, '제출한 평가서는 바꿀 수 없습니다.'],
);

export const formsFull = refusal(
  'forms-full',
  (experts: number) => [`all forms of ${experts} experts are given`, 'no more forms are accepted'],
  (experts) => [`전문가 ${experts}명의 평가서가 모두 제출되었습니다.`, '평가서를 더 받지 않습니다.'],
);

export const formDiffers = refusal(
  'form-differs',
  (expert: string) => [`this is not the form that ${expert} committed to`, 'reveal the form that was given'],
  (expert) => [`봉인한 평가서와 다릅니다: 전문가 ${expert}`, '제출한 평가서를 그대로 공개하십시오.'],
);

export const samePair = refusal(
  'same-pair',
  ['a judgement compares two models', 'name two consortia'],
  ['같은 팀의 모델끼리는 비교하지 않습니다.', '서로 다른 두 컨소시엄을 고르십시오.'],
);

export const judged = refusal(
  'judged',
  ['this judge has compared these two on this item', 'choose another item'],
  ['이 문항에서 이미 비교한 두 팀입니다.', '다른 문항을 고르십시오.'],
);
