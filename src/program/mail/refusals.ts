// Refusals of notices by e-mail: addresses, links, limits.

import { refusal } from '../../base/index.ts';

export const addressUnfit = refusal(
  'address-unfit',
  [
    'this is not an address that notices can be sent to',
    'write it as name@domain, at most 254 characters, without a display name, quotes or comments',
  ],
  ['알림을 보낼 수 있는 주소가 아닙니다.', '이름@도메인 형식으로 254자까지, 표시 이름이나 따옴표, 설명 없이 쓰십시오.'],
);

export const verificationUnknown = refusal(
  'verification-unknown',
  ['this link is not valid, or no longer', 'ask for a new one on the page of your account'],
  ['이 링크는 더 이상 쓸 수 없습니다.', '내 계정 페이지에서 새 링크를 요청하십시오.'],
);

export const tooManyMails = refusal(
  'too-many',
  ['too many mails were asked for', 'try again later, or check the address'],
  ['메일을 너무 여러 번 요청했습니다.', '나중에 다시 시도하거나 주소를 확인하십시오.'],
);
