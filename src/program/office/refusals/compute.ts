// Refusals of the acts about compute: metering, catalogues, allotments.

import { refusal } from '../../../base/index.ts';

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
