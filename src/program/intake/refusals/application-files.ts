// Refusals of files of applications.

import { refusal } from '../../../base/index.ts';

export const fileTooLarge = refusal(
  'application-file-too-large',
  (most: number) => [`has more than ${most} bytes`, 'send a smaller file'],
  (most) => [`파일이 ${most}바이트를 넘습니다.`, '더 작은 파일을 보내십시오.'],
);

export const fileDiffers = refusal(
  'application-file-differs',
  (sha256: string) => [`its SHA-256 is ${sha256}`, 'send it again'],
  (sha256) => [`받은 파일의 SHA-256이 다릅니다: ${sha256}`, '다시 보내십시오.'],
);

export const fileEmpty = refusal(
  'application-file-empty',
  ['this file is empty', 'send the file with its content'],
  ['빈 파일입니다.', '내용이 있는 파일을 보내십시오.'],
);

export const fileUnreadable = refusal(
  'file-unreadable',
  ['this is not a file that can be read', 'check its name'],
  ['읽을 수 있는 파일이 아닙니다.', '이름을 확인하십시오.'],
);

export const fileGone = refusal(
  'application-file-gone',
  ['its file is not there', 'copy it into the folder of the office again'],
  ['전담기관 저장소에 이 파일이 없습니다.', '전담기관의 폴더에 다시 넣으십시오.'],
);

export const fileAltered = refusal(
  'application-file-altered',
  ['its file is not the one that the log names', 'get it from whoever sent it, and compare its digest with the log'],
  ['저장된 파일이 기록부에 적힌 파일과 다릅니다.', '보낸 사람에게서 다시 받아 해시값을 기록부와 비교하십시오.'],
);
