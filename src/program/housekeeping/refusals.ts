// Refusals of the office's housekeeping: backups, verification.

import { refusal } from '../../base/index.ts';

export const backupsRunning = refusal(
  'too-many',
  (running: number) => [`${running} backups are being downloaded`, 'wait until one is complete, or break it off'],
  (running) => [`백업 ${running}개를 내려받고 있습니다.`, '하나가 끝나기를 기다리거나 중단하십시오.'],
);

export const backupTaken = refusal(
  'backup-taken',
  ['this backup was given already', 'make a new one'],
  ['이미 내려받은 백업입니다.', '새로 만드십시오.'],
);

export const backupUnknown = refusal(
  'backup-unknown',
  ['no such backup waits', 'make a new one'],
  ['내려받을 백업이 없습니다.', '새로 만드십시오.'],
);

export const verificationRunning = refusal(
  'verification-running',
  ['the log is being verified', 'wait for its end'],
  ['기록부를 이미 검증하고 있습니다.', '끝나기를 기다리십시오.'],
);

export const recipientBroken = refusal(
  'recipient-broken',
  ['this is not the public key of an age recipient', 'give the line that age-keygen prints as the public key: age1...'],
  ['age 공개 키가 아닙니다.', 'age-keygen이 공개 키로 출력하는 줄을 넣으십시오: age1...'],
);
