// Refusals of submissions while they are taken in.

import { refusal } from '../../../base/index.ts';

const BUNDLE = [
  'submit a bundle (jikji bundle RUN) or a run folder with its evidence',
  '묶음 파일(“jikji bundle RUN”)이나 증거가 들어 있는 학습 폴더를 제출하십시오.',
] as const;

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

export const submissionTooLarge = refusal(
  'submission-too-large',
  (most: number) => [
    `exceeds the ${most} bytes of the rule book`,
    'a bundle without its data is smaller: jikji bundle --without-data',
  ],
  (most) => [
    `규정집의 한도 ${most}바이트를 넘습니다.`,
    '데이터를 뺀 묶음 파일은 더 작습니다: “jikji bundle --without-data”',
  ],
);

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

export const otherKey = refusal(
  'submission-other-key',
  (maker: string, key: string) => [
    `is signed with the key ${maker}, and the key that your team has named is ${key}: the rule book asks for that one`,
    'submit a run that your key signed, or have the office name the key that signed this one',
  ],
  (maker, key) => [
    `${maker} 키로 서명되었습니다. 규정집에는 팀이 등록한 키로 서명해야 한다고 되어 있으며, 등록된 키는 ${key}입니다.`,
    '등록한 키로 서명한 학습을 제출하거나, 이 학습에 서명한 키를 팀의 키로 등록하십시오.',
  ],
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

export const interrupted = refusal(
  'interrupted',
  ['the submission was interrupted', 'submit it again'],
  ['제출이 중간에 끊겼습니다.', '다시 제출하십시오.'],
);
