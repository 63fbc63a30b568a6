// Refusals of blind comparisons.

import { refusal } from '../../base/index.ts';

export const noQuestions = refusal(
  'question-set',
  ['the rule book has no questions of its own', 'give a text for both models'],
  ['규정집에 정해진 질문이 없습니다.', '두 모델에 줄 글을 적으십시오.'],
);

export const questionsOnly = refusal(
  'question-set',
  ["this stage asks its rule book's questions only", 'ask without a text: the next question comes from the rule book'],
  ['이 단계에서는 규정집의 질문만 합니다.', '글을 적지 말고 요청하십시오. 다음 질문은 규정집에서 나옵니다.'],
);

export const allQuestionsAsked = refusal(
  'nothing-to-compare',
  [
    "no two audited submissions are left that this judge has not compared on any of the rule book's questions",
    'wait for submissions',
  ],
  ['규정집의 모든 질문에서 비교를 마쳤거나, 검증한 제출물이 두 건이 안 됩니다.', '새 제출물을 기다리십시오.'],
);

export const textAsked = refusal(
  'nothing-to-compare',
  [
    'no two audited submissions are left that this judge has not compared on this text',
    'give another text, or wait for submissions',
  ],
  ['이 글로는 비교를 모두 마쳤거나, 검증한 제출물이 두 건이 안 됩니다.', '다른 글을 쓰거나 새 제출물을 기다리십시오.'],
);

export const noQuestion = refusal(
  'question-unknown',
  ['there is no open question of this name', 'ask for a new one'],
  ['열려 있는 질문이 아닙니다.', '새 질문을 요청하십시오.'],
);

const MEMBERS = '{"judge": ..., "a": ..., "b": ..., "choice": ..., "item": ...}';
const LINE = [`a line is ${MEMBERS}`, `한 줄의 형식은 다음과 같습니다: ${MEMBERS}`] as const;

export const fileUnreadable = refusal(
  'file-missing',
  (why: string) => [`cannot be read: ${why}`, 'check the path'],
  (why) => [`읽을 수 없는 파일입니다: ${why}`, '경로를 확인하십시오.'],
);

export const lineNotJson = refusal(
  'judgements-broken',
  ['this line is not JSON', LINE[0]],
  ['이 줄은 JSON이 아닙니다.', LINE[1]],
);

export const lineNoObject = refusal(
  'judgements-broken',
  ['this line is not an object', LINE[0]],
  ['이 줄은 JSON 객체가 아닙니다.', LINE[1]],
);

export const memberMissing = refusal(
  'judgements-broken',
  (member: string) => [`"${member}" is missing or not a string`, LINE[0]],
  (member) => [`없거나 문자열이 아닌 값입니다: "${member}"`, LINE[1]],
);

export const memberUnknown = refusal(
  'judgements-broken',
  (member: string) => [`a judgement has no member "${member}"`, LINE[0]],
  (member) => [`평가에 없는 이름입니다: "${member}"`, LINE[1]],
);
