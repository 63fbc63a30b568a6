// Why work on a submission gave no result, for the log: whole sentences in both languages. They blame nobody for what may be a bug of ours.

import { type Bilingual, bilingual } from '../../base/index.ts';

/** A kind of work on a submission. */
export type WorkName = 'audit' | 'evaluation' | 'comparison';

const BLAMELESS = ['That says nothing about the run', '학습의 잘못이라는 뜻이 아닙니다'] as const;
const ANEW = [
  `${BLAMELESS[0]}: ask the office, and submit it anew`,
  `${BLAMELESS[1]}. 전담기관에 문의하고 다시 제출하십시오`,
] as const;
/** A comparison does not decide on a submission. */
const BLAMES = { audit: ANEW, evaluation: ANEW, comparison: BLAMELESS } as const;

const KOREAN = { audit: '검증', evaluation: '평가', comparison: '비교' } as const;

/** One sentence for each kind of work. */
const forEach = <Given extends unknown[]>(
  make: (what: WorkName) => Bilingual<Given>,
): Record<WorkName, Bilingual<Given>> => ({
  audit: make('audit'),
  evaluation: make('evaluation'),
  comparison: make('comparison'),
});

export const killed = forEach((what) =>
  bilingual(
    (attempts: number) => `its ${what} ended the office's worker ${attempts} times. ${BLAMES[what][0]}`,
    (attempts) => `${KOREAN[what]} 작업이 전담기관의 작업 프로세스를 ${attempts}번 중단시켰습니다. ${BLAMES[what][1]}.`,
  ),
);

export const tookTooLong = forEach((what) =>
  bilingual(
    (seconds: number) => `its ${what} took longer than the ${seconds} seconds that the rule book allows`,
    (seconds) => `${KOREAN[what]} 시간이 규정집의 한도 ${seconds}초를 넘었습니다.`,
  ),
);

export const tookTooMuch = forEach((what) =>
  bilingual(
    `its ${what} took more memory than the office gives to one`,
    `${KOREAN[what]} 작업이 전담기관이 한 작업에 주는 메모리를 넘었습니다.`,
  ),
);

export const crashed = forEach((what) =>
  bilingual(
    `its ${what} ended unexpectedly. ${BLAMES[what][0]}`,
    `${KOREAN[what]} 작업이 예기치 않게 끝났습니다. ${BLAMES[what][1]}.`,
  ),
);
