// Refusals of audits and comparisons of weights.

import { refusal } from '../../../base/index.ts';
import * as korean from './words.ts';

const RETRAIN = [
  'jikji audit RUN --code FILE trains it again, with the code from where you trust it',
  '믿을 수 있는 곳에서 받은 코드로 다시 학습해 확인하십시오: “jikji audit RUN --code FILE”',
] as const;

export const witnessedHolds = refusal(
  'audit-witnessed',
  ['evidence alone does not show that a run of another program holds', RETRAIN[0]],
  ['다른 프로그램으로 한 학습은 증거만으로 성립한다고 할 수 없습니다.', RETRAIN[1]],
);

export const reportBroken = refusal(
  'audit-report-broken',
  (why: string) => [
    `this is not an unchanged signed audit: ${why}`,
    'hand in the file that jikji audit --sign wrote, unchanged',
  ],
  ['서명한 검증이 아니거나 서명한 뒤에 바뀐 파일입니다.', '“jikji audit --sign”으로 만든 파일을 그대로 제출하십시오.'],
);

const OTHER = ['audit the run that was submitted', '제출된 학습을 검증하십시오.'] as const;

export const otherSeal = refusal(
  'audit-report-other',
  ['this is an audit of another seal', OTHER[0]],
  ['다른 봉인에 대한 검증입니다.', OTHER[1]],
);

export const otherRun = refusal(
  'audit-report-other',
  ['this is an audit of another run, though it names the same seal', OTHER[0]],
  ['봉인은 같지만 다른 학습에 대한 검증입니다.', OTHER[1]],
);

export const otherCopy = refusal(
  'audit-report-other',
  ["this is an audit of another copy of the run: its states are not those of the office's copy", OTHER[0]],
  ['이 검증이 본 상태들은 전담기관이 받은 학습의 상태들과 다릅니다.', OTHER[1]],
);

export const makerSigned = refusal(
  'audit-report-maker',
  ["this is signed with the maker's own key", 'another party must audit and sign it'],
  ['모델을 만든 쪽의 키로 서명되었습니다.', '다른 쪽이 검증하고 서명해야 합니다.'],
);

export const consortiumSigned = refusal(
  'audit-report-maker',
  ["this is signed with the submitting consortium's key", 'another party must audit and sign it'],
  ['제출한 컨소시엄의 키로 서명되었습니다.', '다른 쪽이 검증하고 서명해야 합니다.'],
);

export const notAudited = refusal(
  'audit-missing',
  (status: string) => [`it is ${status}: others audit it after the office`, 'wait for its audit'],
  (status) => [
    `전담기관이 아직 검증하지 않은 제출물입니다. 지금 상태: ${korean.state(status)}`,
    '전담기관의 검증이 끝나기를 기다리십시오.',
  ],
);

export const unsealed = refusal(
  'audit-unsealed',
  ["the office's audit recorded no genesis and no seal to audit", 'submit it again in an open stage'],
  ['전담기관의 검증에 사전 약속과 봉인이 기록되지 않았습니다.', '진행 중인 단계에 다시 제출하십시오.'],
);

export const ownSubmission = refusal(
  'audit-own',
  ['a consortium does not audit its own submission', 'another party must audit it'],
  ['자기 컨소시엄의 제출물은 검증할 수 없습니다.', '다른 쪽이 검증해야 합니다.'],
);

export const reportKnown = refusal(
  'audit-report-known',
  ['this report was handed in before', 'nothing to do'],
  ['이미 제출된 검증입니다.', '다시 제출하지 않아도 됩니다.'],
);

export const keyOfOther = refusal(
  'audit-report-key',
  (by: string) => [`reports with this key come from ${by}`, 'sign with a key of your own'],
  (by) => [`다른 검증자가 쓰고 있는 키입니다: ${korean.party(by)}`, '자신의 키로 서명하십시오.'],
);

export const secondKey = refusal(
  'audit-report-key',
  (key: string) => [
    `your report of this submission is signed with another key, ${key}`,
    'sign all reports with one key: two keys would count as two auditors',
  ],
  (key) => [
    `이 제출물에 대한 이전 검증은 다른 키로 서명했습니다: ${key}`,
    '모든 검증을 한 키로 서명하십시오. 키가 둘이면 검증자 두 명으로 세게 됩니다.',
  ],
);

export const reportsFull = refusal(
  'audit-reports-full',
  (all: number, own: number, ofParty: number, most: number) => [
    `this submission has ${all} reports, ${own} of them yours`,
    `the limit is ${ofParty} for one party and ${most} in all: train larger parts`,
  ],
  (all, own, ofParty, most) => [
    `이 제출물에 대한 검증이 이미 ${all}건 있고, 그중 ${own}건을 직접 제출했습니다.`,
    `한 쪽에서 ${ofParty}건, 모두 ${most}건까지 받습니다. 더 큰 구간을 재현하십시오.`,
  ],
);

export const noSegments = refusal(
  'audit-part',
  (segments: number) => [`it has ${segments} segments`, 'name a range of its segments'],
  (segments) => [`이 학습의 구간은 ${segments}개입니다.`, '그 안에서 구간의 범위를 정하십시오.'],
);

export const notAsked = refusal(
  'comparison-odd',
  ['the rule book asks for no such comparison', 'look at the rule book'],
  ['규정집이 요구하지 않는 비교입니다.', '규정집을 확인하십시오.'],
);

export const resultAndFailure = refusal(
  'comparison-odd',
  ['it has a result or a failure, and not both', 'look at the rule book'],
  ['비교에는 결과와 실패 가운데 하나만 있어야 합니다.', '규정집을 확인하십시오.'],
);
