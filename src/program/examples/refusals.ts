// Refusals of an example programme whose files were altered.

import { refusal } from '../../base/index.ts';

export const noSource = refusal(
  'programme-range',
  (name: string) => [`there is no source "${name}"`, 'write it under sources'],
  (name) => [`없는 출처입니다: "${name}"`, '“sources”에 적으십시오.'],
);

export const noRuleBook = refusal(
  'programme-range',
  (name: string) => [`there is no file ${name}`, 'put the rule book beside it'],
  (name) => [`없는 파일입니다: ${name}`, '규정집을 그 옆에 두십시오.'],
);

export const noPart = refusal(
  'programme-range',
  (part: string, team: string) => [`the stage has no part ${part} of ${team}`, 'check the names'],
  (part, team) => [`단계에 없는 부문이나 팀입니다. 부문: ${part}, 팀: ${team}`, '이름을 확인하십시오.'],
);
