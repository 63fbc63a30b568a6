// Refusals of the database while a programme is open: its place, its connection, another writer. Those of its creation and of backups are
// of the command line, and English.

import { type Both, refusal } from '../../base/index.ts';

export const logMoved = refusal(
  'log-moved',
  ['the log has grown meanwhile', 'read it, then try again'],
  ['그 사이에 기록부에 새 항목이 더해졌습니다.', '내용을 확인하고 다시 시도하십시오.'],
);

const CHECK = [
  'check that it runs and that the address is right; unacknowledged writes may or may not be in it',
  '데이터베이스가 실행 중인지, 주소가 맞는지 확인하십시오. 응답을 받지 못한 기록은 들어갔을 수도, 들어가지 않았을 수도 있습니다.',
] as const;

export const unreachable = refusal(
  'database-unreachable',
  ['the database cannot be reached', CHECK[0]],
  ['데이터베이스가 응답하지 않습니다.', CHECK[1]],
);

export const unreachableBy = refusal(
  'database-unreachable',
  (code: string) => [`the database cannot be reached (${code})`, CHECK[0]],
  (code) => [`데이터베이스가 응답하지 않습니다(${code}).`, CHECK[1]],
);

export const refused = refusal(
  'database-refused',
  ['the database refuses this user or password', 'check both in the address'],
  ['데이터베이스가 이 사용자나 비밀번호를 받아들이지 않습니다.', '주소에 적힌 둘을 확인하십시오.'],
);

export const broken = refusal(
  'database-broken',
  ['the files of the database are damaged', 'restore a backup into a new one'],
  ['데이터베이스의 파일이 손상되었습니다.', '백업을 새 데이터베이스에 복원하십시오.'],
);

export const cannotGoOn = refusal(
  'database-broken',
  ['the database cannot go on', 'restore a backup into a new folder'],
  ['데이터베이스를 더 쓸 수 없습니다.', '백업을 새 폴더에 복원하십시오.'],
);

export const unknown = refusal(
  'database-unknown',
  ['the server has no database of this name', 'make it with createdb, or check the address'],
  ['서버에 이 이름의 데이터베이스가 없습니다.', 'createdb로 만들거나 주소를 확인하십시오.'],
);

export const dependedOn = refusal(
  'database-depended-on',
  [
    'an object in the database depends on a table that this release drops',
    'drop it, then build it again on the views that docs/program.md names',
  ],
  [
    '이 버전이 지우는 표에 기대고 있는 것이 데이터베이스에 있습니다.',
    '그것을 지운 뒤, docs/program.md에 적힌 뷰 위에 다시 만드십시오.',
  ],
);

export const forbidden = refusal(
  'database-forbidden',
  ['this user has no right to do that in the database', 'make the user its owner'],
  ['데이터베이스에서 그렇게 할 권한이 없는 사용자입니다.', '이 사용자를 소유자로 지정하십시오.'],
);

export const readOnly = refusal(
  'database-read-only',
  ['the database accepts no writes', 'use the address of the primary server'],
  ['쓸 수 없는 데이터베이스입니다.', '주 서버의 주소를 쓰십시오.'],
);

export const diskFull = refusal(
  'disk-full',
  ['the disk of the database is full', 'free some space, then try again'],
  ['데이터베이스의 디스크가 가득 찼습니다.', '공간을 마련한 뒤에 다시 시도하십시오.'],
);

export const busy = refusal(
  'database-busy',
  ['the database accepts no more connections', 'try again later, or allow more of them'],
  ['데이터베이스가 연결을 더 받지 않습니다.', '나중에 다시 시도하거나, 연결 수의 한도를 늘리십시오.'],
);

export const unfit = refusal(
  'entry-unfit',
  (field: string, why: Both) => [`this cannot be stored: ${field} ${why.en}`, 'change it'],
  (field, why) => [`저장할 수 없는 내용입니다: ${field}: ${why.ko}`, '고쳐서 다시 보내십시오.'],
);

export const jobNotHeld = refusal(
  'job-not-held',
  ['this store does not run this job', 'see the list of jobs'],
  ['이 서버가 맡은 작업이 아닙니다.', '작업 목록을 보십시오.'],
);

export const fileForFolder = refusal(
  'not-writable',
  ['a file is in the place of a folder', 'choose another place'],
  ['폴더가 있어야 할 자리에 파일이 있습니다.', '다른 위치를 고르십시오.'],
);
