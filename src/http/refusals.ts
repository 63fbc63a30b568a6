// Refusals of requests by themselves: their type, their size, where they come from.

import { refusal } from '../base/index.ts';

export const notJson = refusal(
  'request-type',
  ['the body is not JSON', 'send application/json'],
  ['요청의 본문이 JSON이 아닙니다.', 'application/json으로 보내십시오.'],
);

export const tooLarge = refusal(
  'request-too-large',
  (most: number) => [`exceeds the ${most} bytes of this route`, 'send less'],
  (most) => [`한 번에 보낼 수 있는 ${most}바이트를 넘습니다.`, '내용을 줄여 보내십시오.'],
);

export const brokenJson = refusal(
  'request-broken',
  ['the body is not valid JSON', 'check the request'],
  ['요청의 본문이 올바른 JSON이 아닙니다.', '요청을 확인하십시오.'],
);

export const tooDeep = refusal(
  'request-too-deep',
  (most: number) => [`is nested more than ${most} levels deep`, 'see what this route takes'],
  (most) => [`값이 ${most}겹보다 깊이 들어 있습니다.`, '이 주소가 받는 형식을 확인하십시오.'],
);

export const tooMany = refusal(
  'request-too-many',
  (most: number) => [`has more than ${most} values`, 'see what this route takes'],
  (most) => [`값이 ${most}개를 넘습니다.`, '이 주소가 받는 형식을 확인하십시오.'],
);

const ADDRESS = [
  'use the address that the server printed, or set --origin',
  '서버가 알려 준 주소를 쓰십시오. 다른 주소를 쓰려면 서버를 --origin과 함께 시작해야 합니다.',
] as const;

export const foreignHost = refusal(
  'origin',
  ['this server does not have that name', ADDRESS[0]],
  ['이 서버의 주소가 아닙니다.', ADDRESS[1]],
);

export const foreignOrigin = refusal(
  'origin',
  ['this request does not come from a page of this server', ADDRESS[0]],
  ['이 서버의 페이지에서 보낸 요청이 아닙니다.', ADDRESS[1]],
);
