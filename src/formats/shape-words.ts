// What is wrong with a value that does not have the form of a schema, in Korean, from the issue's own data. Messages that a schema writes itself
// stand here beside their Korean; an unknown one gives the general sentence.

import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const TYPES: Record<string, string> = {
  string: '글',
  number: '숫자',
  int: '정수',
  boolean: '참 또는 거짓',
  array: '목록',
  object: '묶음',
  record: '묶음',
  null: 'null',
};

/** Messages of schemas, word by word, and what they mean. */
export const OWN_MESSAGES: Readonly<Record<string, string>> = {
  'must be text on one line': '한 줄로 써야 합니다.',
  'must be the name of a file, without a folder and without invisible characters':
    '폴더와 보이지 않는 문자가 없는 파일 이름이어야 합니다.',
  'must be the name of a file': '파일 이름이어야 합니다.',
  'has marks that change the direction of text: leave them out': '글의 방향을 바꾸는 문자를 빼고 써야 합니다.',
  'must be an address that begins with https:// or http://': 'https://나 http://로 시작하는 주소여야 합니다.',
  'must be a SHA-256 in hex': '16진수로 쓴 SHA-256이어야 합니다.',
  'must be a SHA-256 in 64 hex digits': '16진수 64자리로 쓴 SHA-256이어야 합니다.',
  'must be lower-case letters, digits and hyphens': '영문 소문자, 숫자, 붙임표로 써야 합니다.',
  'must be a date such as "2026-01-15"': '2026-01-15와 같은 날짜여야 합니다.',
  'must be a day such as 2026-01-15': '2026-01-15와 같은 날짜여야 합니다.',
  'is not a day of the calendar': '달력에 없는 날짜입니다.',
  'must be a time such as "2026-03-31T18:00:00+09:00"': '2026-03-31T18:00:00+09:00과 같은 시각이어야 합니다.',
  'must be a time in UTC such as "2026-03-31T09:00:00Z"': '2026-03-31T09:00:00Z와 같은 UTC 시각이어야 합니다.',
  'must be office, consortium:ID or auditor:NAME': 'office, consortium:식별자, auditor:이름 가운데 하나여야 합니다.',
  'must be two capital letters (ISO 3166)': '영문 대문자 두 자(ISO 3166)여야 합니다.',
  'must be the number of a job': '작업 번호여야 합니다.',
  'is not a time in UTC': 'UTC 시각이 아닙니다.',
  'is not a SHA-256 in hex': '16진수로 쓴 SHA-256이 아닙니다.',
  'holds a character that cannot be stored': '저장할 수 없는 문자가 있습니다.',
  'is not a country of ISO 3166': 'ISO 3166에 없는 나라 코드입니다.',
  'is not a time of the calendar': '달력에 없는 시각입니다.',
  'is 0 in single precision': '단정밀도에서 0이 되는 값입니다.',
  'is 1 in single precision': '단정밀도에서 1이 되는 값입니다.',
  'must be the name of a task': '과제의 이름이어야 합니다.',
  'names an account twice: each belongs to one consortium':
    '같은 계정이 두 번 적혀 있습니다. 한 계정은 한 컨소시엄의 것입니다.',
  'has more than three decimals': '소수점 아래 세 자리까지만 쓸 수 있습니다.',
};

/** The unit in which a text, a list or a number is too small or too big. */
const UNITS: Record<string, string> = { string: '자', array: '개', set: '개', map: '개', number: '', int: '' };

function aboutSize(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isSmall = issue.code === 'too_small';
  const unit = UNITS[issue.origin] ?? '';
  const limit = `${isSmall ? issue.minimum : issue.maximum}${unit}`;
  if (isSmall && limit === '1자') return '비워 둘 수 없습니다.';
  if (issue.inclusive === false) return isSmall ? `${limit}보다 커야 합니다.` : `${limit}보다 작아야 합니다.`;
  return isSmall ? `${limit} 이상이어야 합니다.` : `${limit} 이하여야 합니다.`;
}

/** One sentence. */
export function koreanOfIssue(issue: Issue | undefined): string {
  const own = issue && OWN_MESSAGES[issue.message];
  if (own !== undefined) return own;
  switch (issue?.code) {
    case 'invalid_type':
      return `값이 없거나 형식이 다릅니다. 필요한 형식은 다음과 같습니다: ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small':
    case 'too_big':
      return aboutSize(issue);
    case 'not_multiple_of':
      return `${issue.divisor}의 배수여야 합니다.`;
    case 'unrecognized_keys':
      return `모르는 이름이 있습니다: ${issue.keys.join(', ')}`;
    case 'invalid_value':
      return `다음 가운데 하나여야 합니다: ${issue.values.map(String).join(', ')}`;
    default:
      return '정해진 형식에 맞지 않는 값입니다.';
  }
}
