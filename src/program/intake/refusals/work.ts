// Refusals of the office's work on a submission: unpacking, limits, evaluation, comparison.

import { refusal } from '../../../base/index.ts';

const SMALLER = ['submit a smaller run', '더 작은 학습을 제출하십시오.'] as const;

export const noSubmission = refusal(
  'submission-unknown',
  ['there is no submission of this name', 'check the list of submissions'],
  ['없는 제출물입니다.', '제출물 목록을 확인하십시오.'],
);

export const witnessedModel = refusal(
  'model-not-there',
  [
    'another program trained it, and its evidence names no model that can be loaded',
    'ask for a submission of a run of jikji make',
  ],
  [
    '다른 프로그램으로 한 학습이어서, 증거에 불러올 수 있는 모델이 없습니다.',
    '“jikji make”로 한 학습의 제출물을 요청하십시오.',
  ],
);

export const notUnpacked = refusal(
  'model-not-there',
  ['its files are not unpacked yet, or are gone', 'an audit unpacks the bundle: run the waiting jobs'],
  ['파일을 아직 풀지 않았거나, 파일이 없어졌습니다.', '검증할 때 묶음 파일을 풉니다. 기다리는 작업을 실행하십시오.'],
);

export const manySteps = refusal(
  'limit-steps',
  (count: number, limit: number) => [`the recipe asks for ${count} steps; the rule book allows ${limit}`, SMALLER[0]],
  (count, limit) => [`레시피의 스텝 수 ${count}회가 규정집의 한도 ${limit}회를 넘습니다.`, SMALLER[1]],
);

export const manyParameters = refusal(
  'limit-parameters',
  (count: number, limit: number) => [
    `the recipe asks for ${count} parameters; the rule book allows ${limit}`,
    SMALLER[0],
  ],
  (count, limit) => [`레시피의 매개변수 ${count}개가 규정집의 한도 ${limit}개를 넘습니다.`, SMALLER[1]],
);

export const manyFlops = refusal(
  'limit-training-flops',
  (count: number, limit: number) => [
    `the recipe asks for ${count} floating-point operations of training; the rule book allows ${limit}`,
    SMALLER[0],
  ],
  (count, limit) => [`레시피의 학습 연산량 ${count}회가 규정집의 한도 ${limit}회를 넘습니다.`, SMALLER[1]],
);

export const runManySteps = refusal(
  'limit-steps',
  (count: number, limit: number) => [`the run has ${count} steps; the rule book allows ${limit}`, SMALLER[0]],
  (count, limit) => [`학습의 스텝 수 ${count}회가 규정집의 한도 ${limit}회를 넘습니다.`, SMALLER[1]],
);

export const runManyParameters = refusal(
  'limit-parameters',
  (count: number, limit: number) => [`the run has ${count} parameters; the rule book allows ${limit}`, SMALLER[0]],
  (count, limit) => [`모델의 매개변수 ${count}개가 규정집의 한도 ${limit}개를 넘습니다.`, SMALLER[1]],
);

export const lost = refusal(
  'submission-lost',
  ['its files are no longer in the office', 'restore the folder of submissions from a backup'],
  ['제출물의 파일이 전담기관에 없습니다.', '제출물 폴더를 백업에서 복원하십시오.'],
);

export const noMetric = refusal(
  'metric-missing',
  (has: string, wanted: string) => [`the task gives ${has}, not ${wanted}`, 'register a rule book with another metric'],
  (has, wanted) => [
    `과제에 규정집이 정한 지표가 없습니다. 과제의 지표: “${has}”, 규정집의 지표: “${wanted}”`,
    '다른 지표를 적은 규정집을 등록하십시오.',
  ],
);

export const notFinite = refusal(
  'not-finite',
  ['the result is not a finite number', 'check the model'],
  ['평가 결과가 유한한 수가 아닙니다.', '모델을 확인하십시오.'],
);

export const noReference = refusal(
  'reference-missing',
  (path: string) => ['the sketch of this reference is not in the office', `put it there: ${path}`],
  (path) => ['비교할 기준 모델의 스케치가 전담기관에 없습니다.', `다음 위치에 넣으십시오: ${path}`],
);

export const otherReference = refusal(
  'reference-differs',
  ['the sketch of this reference has another digest', 'put the sketch there that the rule book names'],
  ['기준 모델 스케치의 해시값이 다릅니다.', '규정집에 적힌 스케치를 넣으십시오.'],
);

export const otherModel = refusal(
  'reference-differs',
  [
    'the sketch is of another model than the rule book says',
    'register a rule book with the digest that `jikji lineage sketch` printed',
  ],
  [
    '규정집에 적힌 것과 다른 모델의 스케치입니다.',
    '“jikji lineage sketch”가 출력한 해시값을 규정집에 적어 등록하십시오.',
  ],
);
