// Refusals of names, signatures and forms of entries: a thing that is not there, an id that is taken, a signature that is lacking or another's.

import { type BeginningOf, type ErrorCode, refusal } from '../../../base/index.ts';
import * as korean from './words.ts';

export type Unknown = BeginningOf<ErrorCode, 'unknown'>;
export type Existing = BeginningOf<ErrorCode, 'exists'>;

/** For a name that nothing has; `known` are names that there are. */
export const unknown = (what: Unknown) =>
  refusal(
    `${what}-unknown`,
    (known: string) => [`there is no ${what.replaceAll('-', ' ')} of this name`, `there are: ${known}`],
    (known) => [`등록되지 않은 ${korean.thing(what)}입니다.`, `다음 가운데에서 고르십시오: ${known}`],
  );

/** For a name where nothing of its kind is there. */
export const unknownYet = (what: Unknown) =>
  refusal(
    `${what}-unknown`,
    [`there is no ${what.replaceAll('-', ' ')} of this name`, 'there is none yet'],
    [`등록되지 않은 ${korean.thing(what)}입니다.`, '아직 하나도 등록되지 않았습니다.'],
  );

export const exists = (what: Existing) =>
  refusal(
    `${what}-exists`,
    [
      `there is ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what.replaceAll('-', ' ')} of this name already`,
      'choose another name',
    ],
    [`이미 쓰이고 있는 ${korean.thing(what)} 식별자입니다.`, '다른 식별자를 쓰십시오.'],
  );

export const entryKind = refusal(
  'entry-kind',
  ['this release has no such kind', 'use the release that wrote it'],
  ['이 버전의 직지가 모르는 종류의 항목입니다.', '그 항목을 기록한 버전을 쓰십시오.'],
);

export const entryBroken = refusal(
  'entry-broken',
  (said: { en: string; ko: string }, kind: string) => [
    said.en,
    `correct it: the log requires a certain form of ${kind}`,
  ],
  (said, kind) => [said.ko, `고쳐서 다시 보내십시오. 기록부의 항목에는 정해진 형식이 있습니다: ${kind}`],
);

export const unsigned = refusal(
  'unsigned',
  (what: string, key: string) => [`the ${what} must be signed by the office`, `sign it with ${key}`],
  (what, key) => [`전담기관의 서명이 필요합니다: ${korean.signed(what)}`, `다음 키로 서명하십시오: ${key}`],
);

export const unsignedFinding = refusal(
  'unsigned',
  ['a finding must be signed by the panel', 'sign it with a key'],
  ['판정에는 심사단의 서명이 필요합니다.', '키로 서명하십시오.'],
);

export const unsignedProgramme = refusal(
  'unsigned',
  ['a real programme needs an office key', 'name the key'],
  ['실제 사업에는 전담기관 키가 있어야 합니다.', '키를 지정하십시오.'],
);

export const unsignedDecision = refusal(
  'unsigned',
  ['a decision must be signed by the office', 'decide the stage'],
  ['결정에는 전담기관의 서명이 필요합니다.', '단계의 결정을 내리십시오.'],
);

export const signedByAnother = refusal(
  'signed-by-another',
  (what: string, key: string, office: string) => [
    `the ${what} is signed by ${key}, not by the office`,
    `the office's key is ${office}`,
  ],
  (what, key, office) => [
    `전담기관이 아닌 다른 키로 서명되었습니다: ${korean.signed(what)}, 키 ${key}`,
    `전담기관의 키는 다음과 같습니다: ${office}`,
  ],
);

export const auditByAnother = refusal(
  'signed-by-another',
  ["the audit is not signed with the office's key", 'sign it again'],
  ['전담기관의 키로 서명하지 않은 검증입니다.', '다시 서명하십시오.'],
);

export const comparisonByAnother = refusal(
  'signed-by-another',
  ['the comparison is not signed by the office', 'sign it again'],
  ['전담기관이 서명하지 않은 비교입니다.', '다시 서명하십시오.'],
);

export const lodgingByAnother = refusal(
  'signed-by-another',
  ['the lodging is not signed by the office', 'sign it again'],
  ['전담기관이 서명하지 않은 접수입니다.', '다시 서명하십시오.'],
);

export const registerOfAnother = refusal(
  'signed-by-another',
  ["this line does not belong to this office's register", 'sign it again'],
  ['이 전담기관의 접수 대장에 속하지 않는 줄입니다.', '다시 서명하십시오.'],
);

export const signedOther = refusal(
  'signed-other',
  (name: string) => [`the signature covers another ${name}`, 'sign it again'],
  (name) => [`서명한 내용이 다릅니다: ${korean.thing(name)}`, '다시 서명하십시오.'],
);

export const nameMoved = refusal(
  'name-moved',
  (now: string) => [`its name is now ${now}`, 'check the current name'],
  (now) => [`그 사이에 이름이 바뀌었습니다: ${now}`, '지금 이름을 확인하십시오.'],
);

export const nameKnown = refusal(
  'name-known',
  ['this is its name already', 'nothing to correct'],
  ['이미 그 이름입니다.', '고치지 않아도 됩니다.'],
);

export const headRecordDiffers = refusal(
  'head-record-differs',
  [
    'this is not the record whose link the head is',
    'send the line of the transcript of that step, and the link of the line before it',
  ],
  ['기록의 머리에 해당하는 기록이 아닙니다.', '그 스텝의 학습 기록 한 줄과, 바로 앞줄의 고리를 보내십시오.'],
);
