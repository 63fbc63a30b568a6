// Refusals of decisions.

import { refusal } from '../../base/index.ts';

export const noTarget = refusal(
  'target-missing',
  (task: string, day: string) => [
    `no reference model of the rule book has a score for ${task} that is recent enough on ${day}`,
    'register a version of the rule book with newer reference models',
  ],
  (task, day) => [
    `목표를 정할 최근 기준 모델의 점수가 규정집에 없습니다: ${task}, 기준일 ${day}`,
    '더 최근의 기준 모델을 적은 새 판의 규정집을 등록하십시오.',
  ],
);
