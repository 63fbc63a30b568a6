// Refusals of rule books and their parts: a name that no part has, a book that cannot be used.

import { refusal } from '../../../base/index.ts';

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
    '“record: true”를 빼고 모든 규정을 적으십시오.',
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
