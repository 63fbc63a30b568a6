// Refusals of the planner.

import { type Both, refusal } from '../base/index.ts';

const CONFIG = ['give a config.json as Hugging Face writes it', 'Hugging Face 형식의 config.json을 쓰십시오.'] as const;

export const modelUnknown = refusal(
  'plan-config',
  (names: readonly string[]) => [
    'neither a file nor a model that comes with Jikji',
    `models that come with Jikji: ${names.join(', ')}`,
  ],
  (names) => ['직지에 들어 있는 모델이 아닙니다.', `들어 있는 모델은 다음과 같습니다: ${names.join(', ')}`],
);

export const tooLarge = refusal(
  'plan-config',
  ['too large for a config.json', 'give the config.json, not the weights'],
  ['config.json이라기에는 너무 큽니다.', '가중치가 아니라 config.json을 쓰십시오.'],
);

/** `place`: line and column. */
export const notJson = refusal(
  'plan-config',
  (place: string) => [`not JSON: look at ${place} (line and column)`, CONFIG[0]],
  (place) => [`JSON이 아닙니다. 다음 줄과 칸을 확인하십시오: ${place}`, CONFIG[1]],
);

export const oddValue = refusal(
  'plan-config',
  (key: string, said: Both) => [`${key}: ${said.en}`, CONFIG[0]],
  (key, said) => [`잘못된 값이 있습니다: ${key} (${said.ko})`, CONFIG[1]],
);

export const architectureUnknown = refusal(
  'plan-config',
  (architecture: string, known: readonly string[]) => [
    `no shape is known for the architecture ${architecture}`,
    `known are ${known.join(', ')}`,
  ],
  (architecture, known) => [
    `구조를 알 수 없는 아키텍처입니다: ${architecture}`,
    `아는 아키텍처는 다음과 같습니다: ${known.join(', ')}`,
  ],
);

export const keyMissing = refusal(
  'plan-config',
  (key: string) => [`${key} is missing`, 'this architecture needs it'],
  (key) => [`필요한 키가 없습니다: ${key}`, '이 아키텍처에 꼭 필요한 키이니 적으십시오.'],
);

export const blockUnknown = refusal(
  'plan-config',
  (letter: string, blocks: string) => [`${letter} is not a block`, `blocks are ${blocks}`],
  (letter, blocks) => [`없는 블록입니다: ${letter}`, `쓸 수 있는 블록은 다음과 같습니다: ${blocks}`],
);

export const sizesContradict = refusal(
  'plan-config',
  (matrix: string) => [`its sizes contradict each other: there would be nothing left of “${matrix}”`, CONFIG[0]],
  (matrix) => [`크기가 서로 맞지 않아 남는 것이 없는 행렬이 있습니다: “${matrix}”`, CONFIG[1]],
);

export const chipLacks = refusal(
  'plan-chip',
  (figures: readonly string[]) => [
    `the catalogue does not have ${figures.join(', ')} of this chip`,
    'give the figures in a catalogue of your own, with their source: --catalogue FILE (docs/planner.md)',
  ],
  (figures) => [
    `목록에 이 칩의 수치가 없습니다: ${figures.join(', ')}`,
    '출처와 함께 수치를 적은 목록을 등록하십시오. 명령줄에서는 --catalogue로 주십시오.',
  ],
);

export const tooLong = refusal(
  'plan-too-long',
  (seconds: number) => [`the search takes more than ${seconds} seconds`, 'plan it on the command line: jikji plan'],
  (seconds) => [`계산이 제한 시간 ${seconds}초를 넘겼습니다.`, '다음 명령으로 계획하십시오: “jikji plan”'],
);

export const ended = refusal(
  'plan-failed',
  ['the process of the plan ended before its result', 'plan it on the command line: jikji plan'],
  ['계획을 계산하는 프로세스가 결과 없이 끝났습니다.', '다음 명령으로 계획하십시오: “jikji plan”'],
);

export const othersRunning = refusal(
  'too-many',
  ['many other plans are waiting', 'try again in a moment'],
  ['기다리는 다른 계획이 많습니다.', '잠시 뒤에 다시 시도하십시오.'],
);
