// Refusals of a stage's life: rule books, opening and closing, dates, decisions, appeals; and of members.

import { refusal } from '../../../base/index.ts';
import * as korean from './words.ts';

export const ruleBookVersion = refusal(
  'rule-book-version',
  (version: number) => [`version ${version} of it is registered already`, `give it version ${version + 1}`],
  (version) => [`이 규정집은 제${version}판까지 등록되어 있습니다.`, `제${version + 1}판 이상으로 적으십시오.`],
);

export const ruleBookDiffers = refusal(
  'rule-book-differs',
  ['the text does not have this digest', 'register the file again'],
  ['규정집의 내용과 해시값이 맞지 않습니다.', '파일을 다시 등록하십시오.'],
);

const takesNoPart = 'a consortium that has left takes no further part';
const takesNoPartKo = '사업에서 나간 컨소시엄은 더 참여하지 않습니다.';

export const consortiumOut = refusal(
  'consortium-out',
  (status: string) => [`this consortium is ${status}`, takesNoPart],
  (status) => [`사업에 참여하고 있지 않은 컨소시엄입니다. 지금 상태: ${korean.state(status)}`, takesNoPartKo],
);

export const outOfNewStage = refusal(
  'consortium-out',
  (status: string) => [`this consortium is ${status}`, 'leave it out'],
  (status) => [
    `사업에 참여하고 있지 않은 컨소시엄입니다. 지금 상태: ${korean.state(status)}`,
    '이 컨소시엄을 빼고 다시 시도하십시오.',
  ],
);

export const otherOpen = refusal(
  'stage-open',
  (stage: string) => [`stage ${stage} is still open`, 'close it first'],
  (stage) => [`아직 마감하지 않은 단계가 있습니다: ${stage}`, '그 단계를 먼저 마감하십시오.'],
);

export const otherUndecided = refusal(
  'stage-not-final',
  (stage: string) => [`stage ${stage} is closed and not decided`, 'decide it first'],
  (stage) => [`마감하고 아직 결정하지 않은 단계가 있습니다: ${stage}`, '그 단계의 결정을 먼저 내리십시오.'],
);

export const otherNotFinal = refusal(
  'stage-not-final',
  (stage: string) => [
    `stage ${stage} is decided, and its decision is not final`,
    'answer its appeals and make its decision final first',
  ],
  (stage) => [
    `결정했으나 아직 확정하지 않은 단계가 있습니다: ${stage}`,
    '그 단계의 이의 신청에 답하고 결정을 먼저 확정하십시오.',
  ],
);

export const closed = refusal(
  'stage-closed',
  (status: string) => [`this stage is ${status}`, 'open a new stage'],
  (status) => [
    `진행 중인 단계가 아닙니다. 지금 상태: ${korean.state(status)}`,
    '새 단계가 시작된 뒤에 할 수 있습니다.',
  ],
);

export const notInStage = refusal(
  'not-in-stage',
  (stage: string, teams: string) => [`it is not in stage ${stage}`, `in it are: ${teams}`],
  (stage, teams) => [
    `이 단계에 참여하지 않는 컨소시엄입니다: ${stage} 단계`,
    `참여하는 컨소시엄은 다음과 같습니다: ${teams}`,
  ],
);

export const notInThisStage = refusal(
  'not-in-stage',
  ['this consortium is not in the stage', 'check the name'],
  ['이 단계에 참여하지 않는 컨소시엄입니다.', '이름을 확인하십시오.'],
);

export const wasNotInStage = refusal(
  'not-in-stage',
  ['this consortium was not in the stage', 'check the name'],
  ['그 단계에 참여하지 않은 컨소시엄입니다.', '이름을 확인하십시오.'],
);

export const formSealed = refusal(
  'form-sealed',
  (expert: string) => [`the form of ${expert} was not revealed`, 'reveal it, then close the stage'],
  (expert) => [`아직 공개하지 않은 전문가 평가서가 있습니다: ${expert}`, '평가서를 공개한 뒤에 단계를 마감하십시오.'],
);

export const decisionBroken = refusal(
  'decision-broken',
  ['this is not a signed decision', 'decide the stage again'],
  ['서명된 결정문이 아닙니다.', '단계의 결정을 다시 내리십시오.'],
);

export const notClosed = refusal(
  'stage-not-closed',
  ['a decision comes after its stage is closed', 'close the stage first'],
  ['결정은 단계를 마감한 뒤에 내릴 수 있습니다.', '단계를 먼저 마감하십시오.'],
);

export const decisionDiffers = refusal(
  'decision-differs',
  ['the document does not have this digest', 'decide the stage again'],
  ['결정문과 해시값이 맞지 않습니다.', '단계의 결정을 다시 내리십시오.'],
);

export const undecided = refusal(
  'decision-unknown',
  ['this stage is not decided yet', 'decide the stage first'],
  ['아직 결정하지 않은 단계입니다.', '단계의 결정을 먼저 내리십시오.'],
);

export const inOpenStage = refusal(
  'stage-open',
  (stage: string) => [`this consortium is in stage ${stage}, which is open`, 'close it first'],
  (stage) => [`진행 중인 단계에 참여하고 있는 컨소시엄입니다: ${stage} 단계`, '그 단계를 먼저 마감하십시오.'],
);

export const appealUpheld = refusal(
  'not-out',
  ['the appeal of this consortium was upheld', 'it stays in the programme'],
  ['이의 신청이 인용된 컨소시엄입니다.', '사업에 그대로 참여합니다.'],
);

export const notExcluded = refusal(
  'not-out',
  (stage: string) => [`the decision of ${stage} does not exclude it for this reason`, 'look at the decision'],
  (stage) => [`${stage} 단계의 결정에는 이 사유로 탈락한다는 내용이 없습니다.`, '결정문을 확인하십시오.'],
);

export const finalAlready = refusal(
  'decision-final',
  ['this decision is final already', 'nothing to do'],
  ['이미 확정된 결정입니다.', '다시 확정하지 않아도 됩니다.'],
);

export const appealsEnded = refusal(
  'decision-final',
  ['this decision is final: appeals have ended', 'a final decision cannot change'],
  ['확정된 결정이어서 이의 신청을 받지 않습니다.', '확정된 결정은 바뀌지 않습니다.'],
);

export const finalStage = refusal(
  'decision-final',
  ['the decision of this stage is final', 'a final decision cannot change'],
  ['결정이 확정된 단계입니다.', '확정된 결정은 바뀌지 않습니다.'],
);

export const appealsRun = refusal(
  'appeals-run',
  (until: string) => [`teams may appeal until ${until}`, 'wait until the announced time for appeals has ended'],
  (until) => [
    `이의 신청 기간이 끝나지 않았습니다: ${korean.moment(until)}까지`,
    '예고한 이의 신청 기간이 끝난 뒤에 다시 시도하십시오.',
  ],
);

export const appealOpen = refusal(
  'appeal-open',
  ['an appeal has no answer yet', 'answer it first'],
  ['아직 답하지 않은 이의 신청이 있습니다.', '이의 신청에 먼저 답하십시오.'],
);

export const stillIn = refusal(
  'still-in',
  ['the decision excludes it, and it is still in the programme', 'drop it first'],
  ['탈락으로 결정되었으나 아직 사업에 남아 있는 컨소시엄입니다.', '탈락 처리를 먼저 하십시오.'],
);

export const appealLate = refusal(
  'appeal-late',
  (until: string) => [`the time for appeals ended at ${until}`, 'ask the office: it may set a later date'],
  (until) => [
    `이의 신청 기간이 끝났습니다: ${korean.moment(until)}까지`,
    '전담기관에 문의하십시오. 전담기관이 기간을 늘릴 수 있습니다.',
  ],
);

export const answeredAlready = refusal(
  'appeal-answered',
  ['this appeal is answered already', 'file a new appeal'],
  ['이미 답한 이의 신청입니다.', '이의를 새로 신청하십시오.'],
);
