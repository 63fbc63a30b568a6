// Refusals of readings of Slurm's accounting.

import { refusal } from '../../base/index.ts';

const FEWER = ['meter fewer days, or fewer accounts, at once', '기간이나 계정을 줄여 계측하십시오.'] as const;

export const accountCount = refusal(
  'metering-accounts',
  (count: number, most: number) => [`${count} accounts are named`, `name 1 to ${most}`],
  (count, most) => [`계정을 ${count}개 적었습니다.`, `1개부터 ${most}개까지 적을 수 있습니다.`],
);

export const noAccountName = refusal(
  'metering-accounts',
  [
    'this is not a name of an account of Slurm',
    'an account has letters, digits, dots, hyphens and underscores, and begins with a letter or digit',
  ],
  ['Slurm 계정 이름이 아닙니다.', '영문자, 숫자, 점, 붙임표, 밑줄을 쓰고, 영문자나 숫자로 시작해야 합니다.'],
);

export const noSlurm = refusal(
  'slurm-missing',
  ['there is no Slurm on the machine of this server', 'upload what sacct prints on a machine of the cluster'],
  ['이 서버의 기기에는 Slurm이 없습니다.', '클러스터의 기기에서 sacct가 출력한 것을 올리십시오.'],
);

export const noReading = refusal(
  'metering-unknown',
  [
    'there is no such reading any more',
    'read the accounting again: a reading is kept until the server stops, or others came after it',
  ],
  [
    '읽어 둔 회계 기록이 더는 없습니다.',
    '회계 기록을 다시 읽으십시오. 서버가 멈추거나 다른 기록을 여러 번 읽으면 지워집니다.',
  ],
);

export const fileAwaited = refusal(
  'metering-unread',
  ['the accounting has not been read', 'upload the file first'],
  ['회계 기록을 아직 읽지 않았습니다.', '파일을 먼저 올리십시오.'],
);

export const notReadYet = refusal(
  'metering-unread',
  ['the accounting has not been read', 'look at how it goes on'],
  ['회계 기록을 아직 다 읽지 않았습니다.', '진행 상황을 확인하십시오.'],
);

export const takesNoFile = refusal(
  'metering-busy',
  ['this reading takes no file', 'begin another reading'],
  ['파일을 받지 않는 계측입니다.', '계측을 새로 시작하십시오.'],
);

export const anotherReading = refusal(
  'metering-busy',
  ['another reading is in progress', 'try again when it has ended'],
  ['다른 회계 기록을 읽고 있습니다.', '끝난 뒤에 다시 시도하십시오.'],
);

export const fileTooLarge = refusal(
  'metering-too-large',
  (most: number) => [`it has more than ${most} MiB`, 'ask sacct for fewer days, or for fewer accounts at once'],
  (most) => [`파일이 ${most}MiB를 넘습니다.`, 'sacct에 기간이나 계정을 줄여 요청하십시오.'],
);

export const tooManyJobs = refusal(
  'metering-too-large',
  (most: number) => [`there are more than ${most} jobs`, FEWER[0]],
  (most) => [`작업이 ${most}개를 넘습니다.`, FEWER[1]],
);

export const tookLong = refusal(
  'metering-failed',
  (minutes: number) => [`reading the accounting took more than ${minutes} minutes`, FEWER[0]],
  (minutes) => [`회계 기록을 읽는 데 ${minutes}분이 넘게 걸렸습니다.`, FEWER[1]],
);

export const tookMemory = refusal(
  'metering-failed',
  ['reading the accounting took too much memory', FEWER[0]],
  ['회계 기록을 읽는 데 메모리가 너무 많이 듭니다.', FEWER[1]],
);

export const crashed = refusal(
  'metering-failed',
  ['reading the accounting ended unexpectedly', FEWER[0]],
  ['회계 기록을 읽다가 예기치 않게 끝났습니다.', FEWER[1]],
);

export const stopped = refusal(
  'metering-failed',
  ['reading the accounting was stopped', FEWER[0]],
  ['회계 기록을 읽는 일이 중단되었습니다.', FEWER[1]],
);
