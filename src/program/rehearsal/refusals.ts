// Refusals of rehearsals.

import { refusal } from '../../base/index.ts';

const FEWER = [
  'assume fewer teams, items, judgements or repetitions',
  '팀, 문항, 비교, 반복의 수를 줄이십시오.',
] as const;

export const othersRunning = refusal(
  'too-many',
  ['other rehearsals are running', 'try again when they are done'],
  ['다른 모의 평가가 진행 중입니다.', '끝난 뒤에 다시 시도하십시오.'],
);

export const tooLong = refusal(
  'rehearsal-too-long',
  (seconds: number) => [`it takes more than ${seconds} seconds`, FEWER[0]],
  (seconds) => [`모의 평가가 제한 시간 ${seconds}초를 넘겼습니다.`, FEWER[1]],
);

export const ended = refusal(
  'rehearsal-failed',
  ['the process of the rehearsal ended before its result', FEWER[0]],
  ['모의 평가가 결과 없이 끝났습니다.', FEWER[1]],
);

export const tooManyTeams = refusal(
  'rehearsal-too-much',
  (most: number, kept: string) => [
    `a rehearsal has at most ${most} teams, and the rule book keeps ${kept}`,
    `give a number of teams, at most ${most}`,
  ],
  (most, kept) => [
    `모의 평가는 ${most}개 팀까지 할 수 있는데, 규정집에서 진출하는 팀은 ${kept}개입니다.`,
    `팀의 수를 ${most}개 이하로 적으십시오.`,
  ],
);

export const tooMuch = refusal(
  'rehearsal-too-much',
  [
    'a stage by this rule book has too many tasks, items, experts or judgements to be tried many times',
    'assume fewer teams, items or judgements; or rehearse a shorter rule book of the same form',
  ],
  [
    '과제, 문항, 전문가, 비교가 너무 많아 여러 번 모의 평가할 수 없는 규정집입니다.',
    '팀, 문항, 비교의 수를 줄이거나, 형식이 같은 더 짧은 규정집으로 모의 평가하십시오.',
  ],
);

export const recordBook = refusal(
  'rule-book-record',
  [
    'this rule book is a record of a programme run elsewhere: its rules are not known',
    'write every rule, without record: true',
  ],
  [
    '다른 곳에서 운영한 사업의 기록이어서 규정을 알 수 없는 규정집입니다.',
    '“record: true”를 빼고 모든 규정을 적으십시오.',
  ],
);
