// Refusals of a table of allotments: a cell, a column or the whole table.

import { refusal } from '../../../base/index.ts';

export const noId = refusal(
  'allotments-broken',
  (cell: string) => [`${cell} is not an id`, 'write lower-case letters, digits and hyphens, or leave it empty'],
  (cell) => [`식별자로 쓸 수 없습니다: ${cell}`, '영문 소문자, 숫자, 붙임표로 쓰거나 비워 두십시오.'],
);

export const noConsortium = refusal(
  'allotments-broken',
  (cell: string) => [`${cell} is not the id of a consortium`, 'write its id, not its name'],
  (cell) => [`컨소시엄의 식별자가 아닙니다: ${cell}`, '이름이 아니라 식별자를 쓰십시오.'],
);

export const noCluster = refusal(
  'allotments-broken',
  (cell: string) => [`${cell} is not the id of a cluster`, 'write its id, as the catalogue has it'],
  (cell) => [`클러스터의 식별자가 아닙니다: ${cell}`, '가치사슬 목록에 있는 식별자를 쓰십시오.'],
);

export const noDay = refusal(
  'allotments-broken',
  (cell: string) => [`${cell} is not a day`, 'write days as 2026-01-15'],
  (cell) => [`날짜가 아닙니다: ${cell}`, '날짜는 2026-01-15와 같이 쓰십시오.'],
);

export const noHours = refusal(
  'allotments-broken',
  (cell: string) => [
    `${cell} is not a number of hours`,
    'write digits, with a point before decimals and no other signs: 12000.5',
  ],
  (cell) => [`시간 수가 아닙니다: ${cell}`, '쉼표 없이 숫자만 쓰고, 소수점은 마침표로 쓰십시오. 예: 12000.5'],
);

export const noColumn = refusal(
  'allotments-broken',
  (name: string, all: string) => [`there is no column ${name}`, `name the columns: ${all}`],
  (name, all) => [`모르는 열입니다: ${name}`, `열의 이름을 다음과 같이 쓰십시오: “${all}”`],
);

export const columnMissing = refusal(
  'allotments-broken',
  (name: string, all: string) => [`the column ${name} is missing`, `name the columns: ${all}`],
  (name, all) => [`빠진 열이 있습니다: ${name}`, `열의 이름을 다음과 같이 쓰십시오: “${all}”`],
);

export const noTable = refusal(
  'allotments-broken',
  (why: string) => [why, 'save it as CSV in UTF-8, with the columns in its first line'],
  ['표로 읽을 수 없습니다.', '첫 줄에 열의 이름을 쓰고, UTF-8 CSV로 저장하십시오.'],
);

export const noRows = refusal(
  'allotments-broken',
  ['the table has no rows', 'below its first line, write one row for each'],
  ['표에 행이 없습니다.', '첫 줄 아래에 배정마다 한 행씩 쓰십시오.'],
);

export const manyRows = refusal(
  'allotments-broken',
  (rows: number, most: number) => [`the table has ${rows} rows`, `at most ${most} at once`],
  (rows, most) => [`표의 행이 ${rows}개입니다.`, `한 번에 ${most}개까지 배정할 수 있습니다.`],
);
