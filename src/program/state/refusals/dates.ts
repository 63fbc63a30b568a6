// Refusals of a stage's dates.

import { refusal } from '../../../base/index.ts';

export const untitled = refusal(
  'dates-untitled',
  ['this stage is not opened yet, and has no title', 'give it a title'],
  ['아직 시작하지 않은 단계에 제목이 없습니다.', '제목을 적으십시오.'],
);

export const titled = refusal(
  'dates-titled',
  ['this stage is opened, and has its title', 'leave the title out; rename mends it'],
  ['이미 시작한 단계에는 제목이 있습니다.', '제목은 비워 두고, 고치려면 이름 고치기를 쓰십시오.'],
);

export const order = refusal(
  'dates-order',
  ['a stage opens, then closes, then its appeals end', 'look at the order of the dates'],
  ['시작, 마감, 이의 신청 기한의 순서가 맞지 않습니다.', '날짜의 순서를 확인하십시오.'],
);

export const past = refusal(
  'dates-past',
  ['this moment has passed', 'name a moment to come'],
  ['이미 지난 시각입니다.', '앞으로 올 시각을 적으십시오.'],
);

export const shorter = refusal(
  'dates-shorter',
  ['the time for appeals runs, and can only become longer', 'name the same moment or a later one'],
  ['이의 신청 기간이 진행 중이므로 늘릴 수만 있습니다.', '지금과 같은 시각이나 더 늦은 시각을 적으십시오.'],
);
