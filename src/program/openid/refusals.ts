// Refusals of log-ins by the office's provider.

import { refusal } from '../../base/index.ts';

const AGAIN = [
  'begin the log-in again; if that does not help, ask the office',
  '다시 로그인하십시오. 그래도 안 되면 전담기관에 문의하십시오.',
] as const;

export const unreachable = refusal(
  'openid-unreachable',
  ['the log-in provider does not answer as it should', 'try again later; the office can check the file of --openid'],
  ['로그인 제공자가 응답하지 않습니다.', '나중에 다시 시도하십시오. 전담기관은 --openid 파일을 확인할 수 있습니다.'],
);

export const tooManyBegun = refusal(
  'too-many',
  ['too many log-ins were begun from this network', 'try again in some minutes'],
  ['이 네트워크에서 로그인을 너무 여러 번 시작했습니다.', '몇 분 뒤에 다시 시도하십시오.'],
);

export const notBegunHere = refusal(
  'openid-refused',
  ['this log-in was not begun in this browser, was finished already, or took too long', AGAIN[0]],
  ['이 브라우저에서 시작하지 않았거나, 이미 끝났거나, 너무 오래 걸린 로그인입니다.', AGAIN[1]],
);

export const notConfirmed = refusal(
  'openid-refused',
  ['the provider did not confirm who you are', AGAIN[0]],
  ['로그인 제공자가 본인임을 확인하지 않았습니다.', AGAIN[1]],
);

export const oddName = refusal(
  'openid-refused',
  ['the provider does not name you in the form that the standard asks for', AGAIN[0]],
  ['로그인 제공자가 보낸 사용자 정보가 표준 형식이 아닙니다.', AGAIN[1]],
);

export const notAccepted = refusal(
  'openid-refused',
  ['this server does not accept everybody whom the provider knows, and not you', AGAIN[0]],
  ['이 서버에서는 쓸 수 없는 계정입니다.', AGAIN[1]],
);
