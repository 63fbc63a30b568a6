// Refusals of a log that cannot be read: an entry was altered, or stands where the rules of this release let none stand.

import { refusal, type Sentence } from '../../base/index.ts';

export const notByRules = refusal(
  'log-altered',
  (why: Sentence) => [
    `by the rules of this release this entry may not stand where it stands: ${why.en}`,
    'it was altered, or a release with other rules wrote it; jikji program verify tells more',
  ],
  // What a lower floor says may be English only, and is then left out.
  (why) => [
    `이 버전의 규칙으로는 이 자리에 올 수 없는 기록입니다${why.ko === undefined ? '.' : `: ${why.ko}`}`,
    '바뀐 기록이거나, 규칙이 다른 버전이 쓴 기록입니다. 자세한 내용은 다음 명령으로 볼 수 있습니다: “jikji program verify”',
  ],
);

export const notAsWritten = refusal(
  'log-altered',
  (why: Sentence) => [
    `the log is not what was written: ${why.en}`,
    'jikji program verify tells more; restore the database from a backup',
  ],
  (why) => [
    `기록부가 처음에 쓴 것과 다릅니다${why.ko === undefined ? '.' : `: ${why.ko}`}`,
    '데이터베이스를 백업에서 복원하십시오. 자세한 내용은 다음 명령으로 볼 수 있습니다: “jikji program verify”',
  ],
);
