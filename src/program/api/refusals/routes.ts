// Refusals of single routes.

import { refusal } from '../../../base/index.ts';
import { roleKo } from '../../users/index.ts';
import { SHAPE } from './words.ts';

export const takesNoToken = refusal(
  'log-in-stale',
  ['no API token will do for this', 'log in'],
  ['API 토큰으로는 할 수 없습니다.', '로그인하십시오.'],
);

export const programmeElsewhere = refusal(
  'programme-exists',
  [
    'another database holds a programme of this name',
    'choose another name, or serve the other database from another server',
  ],
  [
    '다른 데이터베이스에 이 식별자를 쓰는 사업이 있습니다.',
    '다른 식별자를 쓰거나, 그 데이터베이스를 다른 서버에서 여십시오.',
  ],
);

export const uploadRunning = refusal(
  'too-many',
  ['an upload of this consortium is in progress', 'wait until it is complete'],
  ['이 컨소시엄의 다른 파일을 받고 있습니다.', '끝날 때까지 기다리십시오.'],
);

export const chipMeant = refusal(
  'chip-unknown',
  (near: string) => ['the catalogue has no chip of this name', `did you mean ${near}?`],
  (near) => ['목록에 없는 칩입니다.', `다음 이름인지 확인하십시오: ${near}`],
);

export const chipUnknown = refusal(
  'chip-unknown',
  ['the catalogue has no chip of this name', 'look at the chips of the page compute'],
  ['목록에 없는 칩입니다.', '컴퓨팅 자원 페이지에서 칩을 확인하십시오.'],
);

export const officeOfAll = refusal(
  'request-shape',
  ['the office belongs to the whole server, not to a programme', SHAPE[0]],
  ['전담기관은 한 사업이 아니라 서버 전체에 속합니다.', SHAPE[1]],
);

export const roleOfProgramme = refusal(
  'request-shape',
  (own: string) => [`the role ${own} belongs to a programme`, SHAPE[0]],
  (own) => [`사업을 정해야 하는 역할입니다: ${roleKo(own)}`, SHAPE[1]],
);

export const roleOfConsortium = refusal(
  'request-shape',
  (own: string) => [`the role ${own} belongs to a consortium`, SHAPE[0]],
  (own) => [`컨소시엄을 정해야 하는 역할입니다: ${roleKo(own)}`, SHAPE[1]],
);

export const roleOfNoConsortium = refusal(
  'request-shape',
  (own: string) => [`the role ${own} belongs to no consortium`, SHAPE[0]],
  (own) => [`컨소시엄에 속하지 않는 역할입니다: ${roleKo(own)}`, SHAPE[1]],
);

export const nameInLog = refusal(
  'user-taken',
  ['the log already has a person of this name', 'choose another name'],
  ['기록부에 이미 있는 사람의 이름입니다.', '다른 이름을 고르십시오.'],
);

export const noFile = refusal(
  'application-file-unknown',
  ['it has no file of this digest', 'look at the application'],
  ['이 신청에 없는 파일입니다.', '신청을 확인하십시오.'],
);

export const openIdOff = refusal(
  'openid-off',
  ['this server has no log-in provider', 'log in with user and password'],
  ['이 서버에는 기관 로그인이 없습니다.', '아이디와 비밀번호로 로그인하십시오.'],
);

export const otherInvitation = refusal(
  'openid-refused',
  ['this log-in was begun for another invitation', 'begin the log-in again'],
  ['다른 초대를 수락하려고 시작한 로그인입니다.', '다시 로그인하십시오.'],
);

export const otherUser = refusal(
  'openid-refused',
  ['another user had begun to link his identity', 'begin the log-in again'],
  ['다른 사용자가 계정을 연결하려고 시작한 로그인입니다.', '다시 로그인하십시오.'],
);

export const periodBackwards = refusal(
  'period-backwards',
  (to: string, from: string) => [`it ends on ${to}, before ${from}`, 'change the days'],
  (to, from) => [`종료일이 시작일보다 빠릅니다: ${from}부터 ${to}까지`, '두 날짜를 고치십시오.'],
);

export const clusterAway = refusal(
  'cluster-not-reached',
  [
    'the catalogue does not say that the machine of this server reaches it by commands of Slurm',
    'upload what sacct prints on a machine of the cluster',
  ],
  [
    '이 서버의 기기에서 Slurm 명령으로 접속한다는 내용이 목록에 없는 클러스터입니다.',
    '클러스터의 기기에서 sacct가 출력한 것을 올리십시오.',
  ],
);

export const plansWaiting = refusal(
  'too-many',
  ['as many plans are being made as may be at a time', 'try again in a moment'],
  ['한 번에 계산할 수 있는 계획의 수를 넘었습니다.', '잠시 뒤에 다시 시도하십시오.'],
);

export const planGivenUp = refusal(
  'stopping',
  ['the plan was given up before its result', 'ask again'],
  ['계획이 나오기 전에 계산을 그만두었습니다.', '다시 요청하십시오.'],
);

export const noCatalogue = refusal(
  'no-catalogue',
  ['no catalogue is registered yet', 'the office registers one first'],
  ['등록된 가치사슬 목록이 없습니다.', '전담기관이 먼저 등록해야 합니다.'],
);

export const undecided = refusal(
  'decision-unknown',
  ['this stage is not decided', 'the address holds once it is'],
  ['아직 결정하지 않은 단계입니다.', '결정한 뒤에는 이 주소에서 볼 수 있습니다.'],
);

export const noScore = refusal(
  'score-unknown',
  ['there is no such score', 'look at the stage'],
  ['없는 점수입니다.', '단계를 확인하십시오.'],
);

export const noRegister = refusal(
  'register-missing',
  ['this office has not answered a lodging yet', 'ask again after the first lodging'],
  ['전담기관이 아직 접수한 것이 없습니다.', '첫 접수 뒤에 다시 시도하십시오.'],
);

export const mailOff = refusal(
  'mail-off',
  ['this server sends no mail', 'start it with --mail'],
  ['이 서버는 메일을 보내지 않습니다.', '서버를 --mail과 함께 시작해야 합니다.'],
);
