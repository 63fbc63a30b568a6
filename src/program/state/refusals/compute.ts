// Refusals of compute: catalogues, allotments, usages.

import { refusal } from '../../../base/index.ts';

export const catalogueDiffers = refusal(
  'catalogue-differs',
  ['the files do not have this digest', 'register the files again'],
  ['파일과 해시값이 맞지 않습니다.', '파일을 다시 등록하십시오.'],
);

export const catalogueKnown = refusal(
  'catalogue-exists',
  ['it is registered already', 'give a changed part a higher version'],
  ['이미 등록된 목록입니다.', '바꾼 부분이 있으면 판 번호를 올리십시오.'],
);

export const catalogueVersion = refusal(
  'catalogue-version',
  (there: number, needed: number) => [`version ${there} of it is registered already`, `give it version ${needed}`],
  (there, needed) => [`제${there}판까지 이미 등록되어 있습니다.`, `제${needed}판 이상으로 적으십시오.`],
);

export const noCatalogue = refusal(
  'no-catalogue',
  ['no catalogue is registered yet', 'register one first'],
  ['등록된 가치사슬 목록이 없습니다.', '목록을 먼저 등록하십시오.'],
);

const NO_CLUSTER = ['the catalogue has no cluster of this name', '목록에 없는 클러스터입니다.'] as const;

export const clusterMeant = refusal(
  'cluster-unknown',
  (near: string) => [NO_CLUSTER[0], `did you mean ${near}?`],
  (near) => [NO_CLUSTER[1], `다음 이름인지 확인하십시오: ${near}`],
);

export const clusterUnknown = refusal(
  'cluster-unknown',
  (known: string) => [NO_CLUSTER[0], `there are: ${known}`],
  (known) => [NO_CLUSTER[1], `다음 가운데에서 고르십시오: ${known}`],
);

export const noClusters = refusal(
  'cluster-unknown',
  [NO_CLUSTER[0], 'there is none'],
  [NO_CLUSTER[1], '목록에 클러스터가 하나도 없습니다.'],
);

export const periodBackwards = refusal(
  'period-backwards',
  (to: string, from: string) => [`it ends on ${to}, before ${from}`, 'change the two days'],
  (to, from) => [`종료일이 시작일보다 빠릅니다: ${from}부터 ${to}까지`, '두 날짜를 고치십시오.'],
);

export const usageOfOther = refusal(
  'usage-differs',
  (consortium: string) => [`this submission is ${consortium}'s`, 'name its consortium'],
  (consortium) => [`다른 컨소시엄의 제출물입니다: ${consortium}`, '제출한 컨소시엄을 적으십시오.'],
);

export const usageThere = refusal(
  'usage-exists',
  ['there is a usage of this name already', 'choose another name'],
  ['이미 쓰이고 있는 사용량 식별자입니다.', '다른 식별자를 쓰십시오.'],
);

export const usageStated = refusal(
  'usage-exists',
  ['its maker has stated its usage already', 'a usage is reported once'],
  ['제작자가 이미 사용량을 보고한 제출물입니다.', '사용량은 한 번만 보고합니다.'],
);
