// What can be wrong with the keys of a rule book against each other: message and hint of each fault, in both languages. Names of keys are as the
// file has them.

import type { Both } from '../../base/index.ts';
import type { Fault } from '../../formats/index.ts';

type Words = readonly [message: string, hint: string];
const fault = (en: Words, ko: Words): Fault => ({ en, ko });

const CORRECT: Both = { en: 'correct one of them', ko: '둘 가운데 하나를 고치십시오.' };
const BETWEEN: Both = { en: 'points lie between them', ko: '점수는 그 사이에서 정해집니다. 두 값을 고치십시오.' };

export const FAULTS = {
  /** Of a template: `path` waits for a value. */
  toChoose: (path: string) =>
    fault(
      [`${path} is still to be chosen`, 'write a value in its place; the comment beside it says what is known'],
      [`아직 정하지 않은 값입니다: ${path}`, '그 자리에 값을 쓰십시오. 알려진 내용은 옆의 주석에 있습니다.'],
    ),
  keptMissing: fault(['kept is missing', 'write it: a number'], ['kept가 빠졌습니다.', '수를 쓰십시오.']),
  addUp: (what: Both, sum: number, whole: number) =>
    fault(
      [`${what.en} add up to ${sum}, not ${whole}`, CORRECT.en],
      [`합이 맞지 않습니다(${what.ko}). 합: ${sum}, 있어야 할 합: ${whole}`, CORRECT.ko],
    ),
  twice: (what: Both, name: string) =>
    fault(
      [`${what.en} "${name}" is there twice`, 'give one of them another name'],
      [`두 번 나오는 이름입니다(${what.ko}): "${name}"`, '하나의 이름을 바꾸십시오.'],
    ),
  unknown: (what: Both, name: string, hint: Both) =>
    fault([`there is no ${what.en} "${name}"`, hint.en], [`없는 이름입니다(${what.ko}): "${name}"`, hint.ko]),
  tieBreakWord: (id: string) =>
    fault(
      [`"${id}" is a word of tieBreak`, 'choose another id'],
      [`tieBreak에 쓰는 낱말이어서 id로 쓸 수 없습니다: "${id}"`, '다른 id를 쓰십시오.'],
    ),
  noSource: (id: string, allowed: string) =>
    fault(
      [`nothing says how ${id} is scored`, `give it one of ${allowed}`],
      [`점수를 매기는 방법이 없습니다: ${id}`, `다음 가운데 하나를 쓰십시오: ${allowed}`],
    ),
  manySources: (id: string, given: readonly string[], allowed: string) =>
    fault(
      [`${id} has ${given.join(' and ')}`, `give it one of ${allowed}`],
      [`점수를 매기는 방법이 여럿입니다(${id}): ${given.join(', ')}`, `다음 가운데 하나만 쓰십시오: ${allowed}`],
    ),
  measuredInRecord: (id: string) =>
    fault(
      [`${id} is measured, but this is a record`, 'in a record scores are entered'],
      [
        `다른 곳의 사업을 옮긴 기록에는 측정하는 점수를 둘 수 없습니다: ${id}`,
        '기록에서는 점수를 입력합니다. entered를 쓰십시오.',
      ],
    ),
  noRoom: fault(['the floor is not below the ceiling', BETWEEN.en], ['floor가 ceiling보다 작지 않습니다.', BETWEEN.ko]),
  leastAbove: (key: string, count: number) =>
    fault(
      [`the least number is above ${key}, which is ${count}`, 'correct one of them'],
      [`최소 수가 ${key}의 값보다 큽니다: ${count}`, CORRECT.ko],
    ),
  noTarget: (task: string) =>
    fault(
      [`${task} is measured by reference models, but there is no target`, 'add target'],
      [`기준 모델로 재는 과제가 있으나 target이 없습니다: ${task}`, 'target을 더하십시오.'],
    ),
  sameEnds: (task: string) =>
    fault(
      [`floor and ceiling of ${task} are the same`, BETWEEN.en],
      [`floor와 ceiling이 같습니다: ${task}`, BETWEEN.ko],
    ),
  moreIsBetter: (metric: string) =>
    fault(
      [`of ${metric}, more is better`, 'the ceiling, where all points are, lies above the floor'],
      [`클수록 좋은 지표입니다: ${metric}`, '만점이 되는 ceiling은 floor보다 커야 합니다.'],
    ),
  lessIsBetter: (metric: string) =>
    fault(
      [`of ${metric}, less is better`, 'the ceiling, where all points are, lies below the floor'],
      [`작을수록 좋은 지표입니다: ${metric}`, '만점이 되는 ceiling은 floor보다 작아야 합니다.'],
    ),
  meanTrims: fault(
    ['a mean leaves nothing out', 'write average: trimmed-mean, or remove trim'],
    ['단순 평균(mean)은 아무것도 빼지 않습니다.', 'average: trimmed-mean으로 쓰거나 trim을 지우십시오.'],
  ),
  trimsNothing: fault(
    ['a trimmed mean leaves something out', 'write average: mean, or trim: 1'],
    ['절사 평균(trimmed-mean)은 일부를 빼고 계산해야 합니다.', 'average: mean으로 쓰거나 trim: 1로 쓰십시오.'],
  ),
  nothingLeft: (experts: number, trimmed: number) =>
    fault(
      [`of ${experts} forms nothing is left after ${trimmed} are left out`, 'ask more experts'],
      [`빼고 나면 남는 평가서가 없습니다. 전체: ${experts}장, 빼는 것: ${trimmed}장`, '전문가를 늘리십시오.'],
    ),
  nothingFollows: (name: string) =>
    fault(
      [`nothing can follow "${name}"`, 'put it last'],
      [`뒤에 아무것도 올 수 없는 낱말입니다: "${name}"`, '맨 뒤에 두십시오.'],
    ),
  openTieBreak: fault(
    ['tieBreak does not say what happens if all of it is equal', 'end it with equal or lot'],
    ['모두 같을 때 어떻게 할지가 tieBreak에 없습니다.', 'equal이나 lot으로 끝내십시오.'],
  ),
  recordCompares: fault(
    ['a record takes no submissions to compare', 'leave lineage out'],
    ['다른 곳의 사업을 옮긴 기록에는 비교할 제출물이 없습니다.', 'lineage를 빼십시오.'],
  ),
  noStep: fault(
    ['selection describes no step', 'describe paper, presentation or both, or leave selection out'],
    ['selection에 심사 절차가 없습니다.', 'paper와 presentation 가운데 하나 이상을 쓰거나, selection을 빼십시오.'],
  ),
  minimumTooHigh: (step: string, minimum: number, full: number) =>
    fault(
      [`the minimum of ${step} is ${minimum}, and its criteria have ${full} points`, CORRECT.en],
      [`최저 점수가 만점보다 높습니다(${step}). 최저 점수: ${minimum}, 만점: ${full}`, CORRECT.ko],
    ),
  scoreNotPositive: (task: string, score: number) =>
    fault(
      [`the score of ${task} is ${score}`, 'a share needs a score above 0'],
      [`비율을 계산할 수 없는 점수입니다(${task}): ${score}`, '0보다 큰 점수를 쓰십시오.'],
    ),
  noReferenceScore: (task: string) =>
    fault(
      [`no reference model has a score in ${task}`, 'add it under target.references'],
      [`점수가 있는 기준 모델이 없는 과제입니다: ${task}`, 'target.references에 더하십시오.'],
    ),
};

const both = (en: string, ko: string): Both => ({ en, ko });

/** What sums and names are of. */
export const THINGS = {
  blocks: both('points of the blocks', '부문의 점수'),
  partsOf: (id: string) => both(`points of the parts of ${id}`, `${id} 안의 세부 항목 점수`),
  criteriaOf: (id: string) => both(`points of the criteria of ${id}`, `${id}의 평가 기준 점수`),
  weights: both('weights of the layers', '계층의 가중치'),
  block: both('the block', '부문'),
  part: both('the part', '세부 항목'),
  task: both('the task', '과제'),
  component: both('the component', '구성 요소'),
  question: both('the question', '질문'),
  criterion: both('the criterion', '평가 기준'),
  inTieBreak: both('in tieBreak', 'tieBreak'),
  comparedPart: both('the part', '비교하는 부분'),
  ofReference: (key: string) => both(`the ${key} of a reference`, `기준 모델의 ${key}`),
  referenceModel: both('the reference model', '기준 모델'),
  blockOrPart: both('block or part', '부문 또는 세부 항목'),
  componentOfOriginality: both('component in originality', 'originality의 구성 요소'),
  taskOfBlocks: both('task in the blocks', '부문의 과제'),
};
