// Refusals of requests: log-in, roles, uploads, streams, what no route can read.

import { type Both, refusal } from '../../../base/index.ts';
import { roleKo } from '../../users/index.ts';
import { SHAPE } from './words.ts';

export const noLogIn = refusal(
  'log-in',
  ['nobody has logged in', 'log in, or send an API token'],
  ['로그인해야 합니다.', '로그인하거나 API 토큰을 보내십시오.'],
);

export const forbidden = refusal(
  'forbidden',
  (own: string, roles: readonly string[]) => [`this is not for the role ${own}`, `it is for: ${roles.join(', ')}`],
  (own, roles) => [
    `이 작업을 할 권한이 없습니다. 지금 역할: ${roleKo(own)}`,
    `다음 역할만 할 수 있습니다: ${roles.map(roleKo).join(', ')}`,
  ],
);

export const tokenWrong = refusal(
  'log-in',
  ['this API token is unknown or has expired', 'make a new one'],
  ['모르는 API 토큰이거나 기한이 지난 토큰입니다.', '새로 만드십시오.'],
);

export const takesLogIn = refusal(
  'log-in',
  ['this takes a log-in; an API token does not do', 'log in on the page'],
  ['API 토큰으로는 할 수 없고 로그인해야 합니다.', '페이지에서 로그인하십시오.'],
);

export const logInEnded = refusal(
  'log-in',
  ['the log-in has ended, or has another role now', 'log in and send it again'],
  ['로그인이 끝났거나 역할이 바뀌었습니다.', '로그인하고 다시 보내십시오.'],
);

export const noProgrammeOfName = refusal(
  'programme-unknown',
  (known: string) => ['this server has no programme of this name', `there are: ${known}`],
  (known) => ['이 서버에 없는 사업입니다.', `다음 가운데에서 고르십시오: ${known}`],
);

export const noProgrammes = refusal(
  'programme-unknown',
  ['this server has no programme of this name', 'there is none yet'],
  ['이 서버에 없는 사업입니다.', '아직 사업이 하나도 없습니다.'],
);

export const streamsFull = refusal(
  'too-many',
  ['too many event streams are open', 'close some pages'],
  ['실시간 연결이 너무 많이 열려 있습니다.', '열어 둔 페이지를 몇 개 닫으십시오.'],
);

export const textUnfit = refusal(
  'request-text',
  ['a text holds NUL or a lone surrogate', 'send Unicode without NUL'],
  ['저장할 수 없는 문자가 들어 있습니다.', 'NUL 문자나 깨진 문자를 빼고 보내십시오.'],
);

export const uploadSilent = refusal(
  'upload-broken',
  (seconds: number) => [`no data came for ${seconds} seconds`, 'send it again'],
  (seconds) => [`${seconds}초 동안 보내 온 데이터가 없었습니다.`, '다시 보내십시오.'],
);

export const uploadBroken = refusal(
  'upload-broken',
  ['the upload broke off', 'send it again'],
  ['파일 전송이 중간에 끊겼습니다.', '다시 보내십시오.'],
);

export const useMeant = refusal(
  'use-unknown',
  (near: string) => ['the catalogue has no use of this name', `did you mean ${near}?`],
  (near) => ['목록에 없는 사용처입니다.', `다음 이름인지 확인하십시오: ${near}`],
);

export const useUnknown = refusal(
  'use-unknown',
  (known: string) => ['the catalogue has no use of this name', `there are: ${known}`],
  (known) => ['목록에 없는 사용처입니다.', `다음 가운데에서 고르십시오: ${known}`],
);

export const noUses = refusal(
  'use-unknown',
  ['the catalogue has no use of this name', 'none is'],
  ['목록에 없는 사용처입니다.', '목록에 사용처가 하나도 없습니다.'],
);

export const stopping = refusal(
  'stopping',
  ['the server is being stopped', 'ask again when it is back'],
  ['서버를 멈추고 있습니다.', '서버가 다시 시작되면 시도하십시오.'],
);

export const noRoute = refusal(
  'not-found',
  ['the API has no such route', 'GET /api/openapi.json lists them'],
  ['API에 없는 주소입니다.', '주소의 목록은 GET /api/openapi.json에 있습니다.'],
);

/** A value that does not have the documented form. */
export const oddShape = refusal(
  'request-shape',
  (said: Both) => [said.en, SHAPE[0]],
  (said) => [said.ko, SHAPE[1]],
);

export const oddShapes = refusal(
  'request-shape',
  (said: Both, more: number) => [`${said.en}; and ${more} more`, SHAPE[0]],
  (said, more) => [`${said.ko} 그 밖에 맞지 않는 값이 ${more}개 더 있습니다.`, SHAPE[1]],
);

export const brokeOff = refusal(
  'request-broken',
  ['the request broke off', 'send it again'],
  ['요청이 중간에 끊겼습니다.', '다시 보내십시오.'],
);

export const bug = refusal(
  'bug',
  ['something went wrong in the server', 'its log says what; please report it'],
  ['서버에서 오류가 일어났습니다.', '무엇이 잘못되었는지는 서버의 로그에 있습니다. 오류를 알려 주십시오.'],
);

/** A value with a hint of its own, such as the nearest country. */
export const oddValue = refusal(
  'request-shape',
  (said: Both, hint: Both) => [said.en, hint.en],
  (said, hint) => [said.ko, hint.ko],
);

const JSON_HINT = ['send JSON as the API document says', 'API 문서에 적힌 대로 JSON을 보내십시오.'] as const;

/** `message`: of the HTTP library, in English. */
export const unreadableRequest = refusal(
  'request-broken',
  (message: string) => [message, JSON_HINT[0]],
  () => ['읽을 수 없는 요청입니다.', JSON_HINT[1]],
);

export const bodyTooLarge = refusal(
  'too-large',
  (message: string) => [message, JSON_HINT[0]],
  () => ['요청이 너무 큽니다.', JSON_HINT[1]],
);
