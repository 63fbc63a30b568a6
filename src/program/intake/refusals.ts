// Refusals of what is sent in: files of applications, submissions and their limits.

import { refusal } from '../../base/index.ts';

export const fileTooLarge = refusal(
  'application-file-too-large',
  (most: number) => [`has more than ${most} bytes`, 'send a smaller file'],
  (most) => [`파일이 ${most}바이트를 넘습니다.`, '더 작은 파일을 보내십시오.'],
);

export const fileDiffers = refusal(
  'application-file-differs',
  (sha256: string) => [`its SHA-256 is ${sha256}`, 'send it again'],
  (sha256) => [`받은 파일의 SHA-256이 다릅니다: ${sha256}`, '다시 보내십시오.'],
);

export const fileEmpty = refusal(
  'application-file-empty',
  ['this file is empty', 'send the file with its content'],
  ['빈 파일입니다.', '내용이 있는 파일을 보내십시오.'],
);

export const fileUnreadable = refusal(
  'file-unreadable',
  ['this is no file that can be read', 'check its name'],
  ['읽을 수 있는 파일이 아닙니다.', '이름을 확인하십시오.'],
);

export const fileGone = refusal(
  'application-file-gone',
  ['its file is not there', 'copy it into the folder of the office again'],
  ['전담기관 저장소에 이 파일이 없습니다.', '전담기관의 폴더에 다시 넣으십시오.'],
);

export const fileAltered = refusal(
  'application-file-altered',
  ['its file is not the one that the log names', 'get it from whoever sent it, and compare its digest with the log'],
  ['저장된 파일이 기록부에 적힌 파일과 다릅니다.', '보낸 사람에게서 다시 받아 해시값을 기록부와 비교하십시오.'],
);

export const noLimits = refusal(
  'no-limits',
  ['the rule book sets no limits', 'a record accepts no submissions'],
  ['규정집에 제출물의 한도가 없습니다.', '다른 곳의 사업을 옮긴 기록에는 제출할 수 없습니다.'],
);

export const cannotOpen = refusal(
  'submission-missing',
  ['cannot be opened', 'name a bundle or a run folder'],
  ['열 수 없는 파일입니다.', '묶음 파일이나 학습 폴더를 지정하십시오.'],
);

export const interrupted = refusal(
  'interrupted',
  ['the submission was interrupted', 'submit it again'],
  ['제출이 중간에 끊겼습니다.', '다시 제출하십시오.'],
);

export const submissionTooLarge = refusal(
  'submission-too-large',
  (most: number) => [
    `exceeds the ${most} bytes of the rule book`,
    'a bundle without its data is smaller: jikji bundle --without-data',
  ],
  (most) => [
    `규정집의 한도 ${most}바이트를 넘습니다.`,
    '데이터를 뺀 묶음 파일은 더 작습니다: jikji bundle --without-data',
  ],
);

const BUNDLE = [
  'submit a bundle (jikji bundle RUN) or a run folder with its evidence',
  '묶음 파일(jikji bundle RUN)이나 증거가 들어 있는 학습 폴더를 제출하십시오.',
] as const;

export const neitherKind = refusal(
  'submission-unknown-kind',
  ['is neither a bundle nor a run folder', BUNDLE[0]],
  ['묶음 파일도 학습 폴더도 아닙니다.', BUNDLE[1]],
);

export const compressed = refusal(
  'submission-unknown-kind',
  ['is compressed: unpack it with gunzip first', BUNDLE[0]],
  ['압축된 파일입니다. gunzip으로 먼저 푸십시오.', BUNDLE[1]],
);

export const holdsNoFile = refusal(
  'submission-unknown-kind',
  (path: string) => [`holds ${path}, which is not a file`, BUNDLE[0]],
  (path) => [`파일이 아닌 것이 들어 있습니다: ${path}`, BUNDLE[1]],
);

export const noGenesis = refusal(
  'submission-unknown-kind',
  ['is not a bundle of a run: it has no genesis.json', BUNDLE[0]],
  ['학습의 묶음 파일이 아닙니다. genesis.json이 없습니다.', BUNDLE[1]],
);

export const lacksEvidence = refusal(
  'submission-unknown-kind',
  (name: string) => [`is not a run folder with evidence: it has no file ${name}`, BUNDLE[0]],
  (name) => [`증거가 들어 있는 학습 폴더가 아닙니다. 없는 파일: ${name}`, BUNDLE[1]],
);

export const noFile = refusal(
  'submission-unknown-kind',
  (name: string) => [`${name} is not a file`, BUNDLE[0]],
  (name) => [`파일이 아닙니다: ${name}`, BUNDLE[1]],
);

export const tooDeep = refusal(
  'submission-unknown-kind',
  (most: number) => [`has folders nested deeper than ${most}`, BUNDLE[0]],
  (most) => [`폴더가 ${most}단계보다 깊이 들어 있습니다.`, BUNDLE[1]],
);

export const oddName = refusal(
  'submission-unknown-kind',
  (name: string) => [`${name} is not an acceptable name`, BUNDLE[0]],
  (name) => [`받을 수 없는 파일 이름입니다: ${name}`, BUNDLE[1]],
);

export const neitherFileNorFolder = refusal(
  'submission-unknown-kind',
  (name: string) => [`${name} is neither a file nor a folder`, BUNDLE[0]],
  (name) => [`파일도 폴더도 아닙니다: ${name}`, BUNDLE[1]],
);

export const tooManyFiles = refusal(
  'submission-unknown-kind',
  (most: number) => [`has more than ${most} files`, BUNDLE[0]],
  (most) => [`파일이 ${most}개를 넘습니다.`, BUNDLE[1]],
);

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
    'jikji make로 한 학습의 제출물을 요청하십시오.',
  ],
);

export const notUnpacked = refusal(
  'model-not-there',
  ['its files are not unpacked yet, or are gone', 'an audit unpacks the bundle: run the waiting jobs'],
  ['파일을 아직 풀지 않았거나, 파일이 없어졌습니다.', '검증할 때 묶음 파일을 풉니다. 기다리는 작업을 실행하십시오.'],
);

const SMALLER = ['submit a smaller run', '더 작은 학습을 제출하십시오.'] as const;

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
    `과제에 규정집이 정한 지표가 없습니다. 과제의 지표: ${has}, 규정집의 지표: ${wanted}`,
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
    'jikji lineage sketch가 출력한 해시값을 규정집에 적어 등록하십시오.',
  ],
);
