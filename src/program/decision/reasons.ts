// How points are worked out, in words: sentences in both languages.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  entered: { en: 'as it was entered, with its source', ko: '출처와 함께 입력된 값을 그대로 씁니다.' },
  tasks: (tasks: string, points: number): Both => ({
    en: `${tasks}: each value on its scale, weighed, times ${points}; after the close a task without a result gives nothing`,
    ko: `과제마다 값을 기준 범위에서 환산하고 가중치를 곱해 더합니다. 마감 뒤에 결과가 없는 과제는 0점입니다. 배점: ${points}, 과제: ${tasks}`,
  }),
  forms: (average: string, experts: number): Both => ({
    en: `each criterion's ${average} over ${experts} experts, summed`,
    ko: `평가 기준마다 전문가 ${experts}명의 점수를 평균해 더합니다. 평균 방법: ${average}`,
  }),
  trimmedForms: (average: string, experts: number, trim: number): Both => ({
    en: `each criterion's ${average} over ${experts} experts, the ${trim} highest and lowest left out, summed`,
    ko: `평가 기준마다 전문가 ${experts}명의 점수에서 가장 높은 것과 가장 낮은 것을 ${trim}개씩 빼고 평균해 더합니다. 평균 방법: ${average}`,
  }),
  judgements: (
    of: { count: number; users: number },
    { floor, ceiling }: { floor: number; ceiling: number },
    points: number,
  ): Both => ({
    en: `mean chance of being preferred to another team (Bradley-Terry over ${of.count} judgements of ${of.users} users), from ${floor} to ${ceiling}, times ${points}`,
    ko: `다른 팀보다 선호될 확률의 평균을 범위 안에서 환산합니다(사용자 ${of.users}명의 판정 ${of.count}건, 브래들리-테리 모형). 범위: ${floor}–${ceiling}, 배점: ${points}`,
  }),
  sum: { en: 'sum of its parts', ko: '세부 항목의 점수를 더합니다.' },
  /** `how`: one of the sentences above. */
  rounded: (how: Both, decimals: number): Both => ({
    en: `${how.en}, rounded to ${decimals} decimals`,
    ko: `${how.ko} 반올림하는 소수 자릿수는 다음과 같습니다: ${decimals}`,
  }),
} satisfies Sentences;
