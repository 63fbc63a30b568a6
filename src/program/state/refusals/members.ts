// Refusals of membership: the programme, its consortia and their keys.

import { refusal } from '../../../base/index.ts';

export const programmeThere = refusal(
  'programme-exists',
  (there: string) => [`this database holds the programme ${there}`, 'use another database'],
  (there) => [`이 데이터베이스에는 이미 사업이 있습니다: ${there}`, '다른 데이터베이스를 쓰십시오.'],
);

export const memberKnown = refusal(
  'member-known',
  ['this organisation is already a member', 'nothing to do'],
  ['이미 참여하고 있는 기관입니다.', '다시 추가하지 않아도 됩니다.'],
);

export const membersUnknown = refusal(
  'members-unknown',
  ['its members are not recorded', 'a list of one member would look complete'],
  ['참여기관이 기록되지 않은 컨소시엄입니다.', '한 곳만 추가하면 그것이 전부인 것처럼 보이게 됩니다.'],
);

export const keyKnown = refusal(
  'key-known',
  (consortium: string) => [`this is the key of ${consortium}`, 'each team needs its own key'],
  (consortium) => [`다른 컨소시엄이 쓰고 있는 키입니다: ${consortium}`, '팀마다 자기 키를 써야 합니다.'],
);
