// Refusals of accounts: log-in, names, passwords, invitations, links, identities.

import { refusal } from '../../base/index.ts';
import { wordFor } from '../../page-kit/text/index.ts';

const ROLES_KO: Record<string, string> = {
  office: '전담기관',
  consortium: '컨소시엄',
  expert: '전문가',
  evaluator: '사용자 평가단',
  auditor: '검증 담당자',
  public: '로그인하지 않은 사람',
};
/** A role of users in Korean. */
export const roleKo = (name: string): string => wordFor(ROLES_KO, name);

export const logInWrong = refusal(
  'log-in-wrong',
  ['user or password is wrong', 'check both; the office can help'],
  ['아이디나 비밀번호가 맞지 않습니다.', '둘 다 확인하십시오. 전담기관에 도움을 청할 수 있습니다.'],
);

export const tooManyLogIns = refusal(
  'too-many',
  (seconds: number) => ['too many failed log-ins', `wait ${seconds} s, then try again`],
  (seconds) => ['로그인에 너무 여러 번 실패했습니다.', `${seconds}초 뒤에 다시 시도하십시오.`],
);

export const onlyOfficeInvites = refusal(
  'forbidden',
  ['only the office invites', 'ask the office'],
  ['전담기관만 초대할 수 있습니다.', '전담기관에 요청하십시오.'],
);

export const tokensFull = refusal(
  'tokens-full',
  (most: number) => [`a user has at most ${most} tokens`, 'drop one first'],
  (most) => [`토큰은 한 사람이 ${most}개까지 가질 수 있습니다.`, '쓰지 않는 토큰을 먼저 지우십시오.'],
);

export const noToken = refusal(
  'token-unknown',
  ['there is no such token', 'see the list of tokens'],
  ['없는 토큰입니다.', '토큰 목록을 확인하십시오.'],
);

export const resetUnknown = refusal(
  'reset-unknown',
  ['this link for a new password is not valid, or no longer', 'ask the office for a new one'],
  ['새 비밀번호를 정하는 이 링크는 더 이상 쓸 수 없습니다.', '전담기관에 새 링크를 요청하십시오.'],
);

export const userUnfit = refusal(
  'user-unfit',
  ['this cannot be a user', 'use lower-case letters, digits and hyphens, at most 64'],
  ['아이디로 쓸 수 없습니다.', '영문 소문자, 숫자, 붙임표로 64자까지 쓰십시오.'],
);

export const nameUnfit = refusal(
  'name-unfit',
  ['this cannot be a name', 'use one line, at most 100 characters'],
  ['이름으로 쓸 수 없습니다.', '한 줄로 100자까지 쓰십시오.'],
);

export const passwordShort = refusal(
  'password-weak',
  (least: number) => ['this password is too short', `use at least ${least} characters`],
  (least) => ['비밀번호가 너무 짧습니다.', `${least}자 이상으로 정하십시오.`],
);

export const passwordLong = refusal(
  'password-weak',
  (most: number) => ['this password is too long', `use at most ${most} bytes, and no NUL`],
  (most) => ['비밀번호가 너무 깁니다.', `${most}바이트 이하로, NUL 문자 없이 정하십시오.`],
);

export const passwordEasy = refusal(
  'password-weak',
  ['this password is too easy to guess', 'choose another one'],
  ['추측하기 쉬운 비밀번호입니다.', '다른 비밀번호를 고르십시오.'],
);

export const passwordCommon = refusal(
  'password-common',
  ['many people use this password, and attackers try it first', 'choose another one, for example of several words'],
  ['많은 사람이 쓰는 비밀번호여서 공격자가 먼저 시도합니다.', '여러 낱말을 이은 비밀번호처럼 다른 것을 고르십시오.'],
);

export const daysUnfit = refusal(
  'days-unfit',
  (most: number) => ['it cannot be valid for so long', `use 1 to ${most} days`],
  (most) => ['유효 기간으로 정할 수 없는 날수입니다.', `1일부터 ${most}일까지 정할 수 있습니다.`],
);

export const roleNotInvited = refusal(
  'invitation-unfit',
  (roles: readonly string[]) => ['nobody is invited to this role', `use one of ${roles.join(', ')}`],
  (roles) => ['초대할 수 없는 역할입니다.', `다음 가운데에서 고르십시오: ${roles.map(roleKo).join(', ')}`],
);

export const programmeOrNone = refusal(
  'invitation-unfit',
  ['the office is of all programmes, everybody else of one', 'name the programme, or none'],
  ['전담기관은 모든 사업에, 그 밖의 사람은 한 사업에 속합니다.', '역할에 맞게 사업을 정하거나 비우십시오.'],
);

export const consortiumOrNone = refusal(
  'invitation-unfit',
  ['a consortium’s people belong to it, nobody else does', 'name the consortium, or none'],
  ['컨소시엄의 담당자만 컨소시엄에 속합니다.', '역할에 맞게 컨소시엄을 정하거나 비우십시오.'],
);

export const noId = refusal(
  'invitation-unfit',
  ['this is not an id', 'use lower-case letters, digits and hyphens'],
  ['식별자로 쓸 수 없습니다.', '영문 소문자, 숫자, 붙임표만 쓰십시오.'],
);

export const noteUnfit = refusal(
  'invitation-unfit',
  ['this cannot be a note', 'use one line, at most 300'],
  ['메모로 쓸 수 없습니다.', '한 줄로 300자까지 쓰십시오.'],
);

export const noLogIn = refusal(
  'log-in-unknown',
  ['there is no such log-in', 'see the list of log-ins'],
  ['이미 끝났거나 없는 로그인입니다.', '로그인 목록을 확인하십시오.'],
);

export const logInStale = refusal(
  'log-in-stale',
  (minutes: number) => [
    `this needs a log-in of the last ${minutes} minutes, and no API token will do`,
    'give the password again, or log in again',
  ],
  (minutes) => [
    `로그인한 지 ${minutes}분이 지나지 않아야 할 수 있는 일입니다. API 토큰으로는 할 수 없습니다.`,
    '비밀번호를 다시 입력하거나 다시 로그인하십시오.',
  ],
);

export const identityUnknown = refusal(
  'identity-unknown',
  [
    'no user of this server has this identity',
    'accept your invitation with it, or log in with your password and link it on the page of your account',
  ],
  [
    '이 서버에 등록되지 않은 계정입니다.',
    '받은 초대를 이 계정으로 수락하거나, 비밀번호로 로그인한 뒤 내 계정 페이지에서 연결하십시오.',
  ],
);

export const identityTaken = refusal(
  'identity-taken',
  ['another user has this identity, or this user another one', 'log in with it, or unlink it first'],
  [
    '다른 사용자가 이미 연결한 계정이거나, 이미 다른 계정을 연결했습니다.',
    '그 계정으로 로그인하거나 연결을 먼저 끊으십시오.',
  ],
);

export const identityOnly = refusal(
  'identity-only',
  ['without it you could not log in', 'ask the office for a link that sets a password'],
  ['이 연결을 끊으면 로그인할 수 없게 됩니다.', '비밀번호를 정하는 링크를 전담기관에 요청하십시오.'],
);

export const userUnknown = refusal(
  'user-unknown',
  ['there is no user of this name', 'see the list of users'],
  ['없는 사용자입니다.', '사용자 목록을 확인하십시오.'],
);

export const noLongerOffice = refusal(
  'forbidden',
  ['this user is no longer of the office', 'it is for: office'],
  ['이제 전담기관에 속하지 않는 사용자입니다.', '전담기관만 할 수 있습니다.'],
);

export const lastOfficeUser = refusal(
  'last-office-user',
  ['nobody of the office could log in', 'invite another one first'],
  ['전담기관에 로그인할 수 있는 사람이 없어집니다.', '다른 사람을 먼저 초대하십시오.'],
);

export const invitationUnknown = refusal(
  'invitation-unknown',
  ['this invitation is not valid, or no longer', 'ask the office for a new one'],
  ['이 초대는 더 이상 쓸 수 없습니다.', '전담기관에 새 초대를 요청하십시오.'],
);

export const userTaken = refusal(
  'user-taken',
  ['a user has this name already', 'choose another name'],
  ['이미 쓰이고 있는 아이디입니다.', '다른 아이디를 고르십시오.'],
);
