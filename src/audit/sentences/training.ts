// What the checks of training say, in both languages: schedule, policy, motion, probe, replay. Text only.

import { count, type Sentences } from '../../base/index.ts';

export const SCHEDULE = {
  tooLarge: (tokens: number) => ({
    en: `this release audits steps of at most ${tokens} tokens`,
    ko: `이 프로그램은 한 스텝의 토큰이 최대 ${tokens}개인 학습까지 검증합니다.`,
  }),
  newerRelease: {
    en: 'a release that audits larger ones is needed',
    ko: '더 큰 스텝을 검증하는 판을 쓰십시오.',
  },
  noBatches: {
    en: 'is not there in the size that is stated: the batches cannot be drawn again',
    ko: '목록에 적힌 크기의 파일이 없어 배치를 다시 뽑을 수 없습니다.',
  },
  fewTokens: { en: 'the tokens are fewer than one batch', ko: '토큰이 배치 하나보다 적습니다.' },
  nothing: {
    en: 'there is no usable transcript and recipe',
    ko: '학습 기록이나 레시피를 쓸 수 없습니다.',
  },
  otherRate: (recorded: string, recipe: string) => ({
    en: `the learning rate is ${recorded}, the recipe's is ${recipe}`,
    ko: `기록된 학습률은 ${recorded}, 레시피의 학습률은 ${recipe}입니다.`,
  }),
  rates: (steps: number) => ({
    en: `learning rates of ${count(steps)} steps`,
    ko: `${count(steps)}스텝의 학습률을 다시 계산했습니다.`,
  }),
  noTokens: {
    en: 'there are no usable tokens: the batches cannot be drawn again',
    ko: '쓸 수 있는 토큰이 없어 배치를 다시 뽑을 수 없습니다.',
  },
  otherBatch: {
    en: 'the batch is not the one that seed and recipe draw',
    ko: '배치가 시드와 레시피로 뽑은 것과 다릅니다.',
  },
  usedTokens: (sealed: number, used: number) => ({
    en: `states ${sealed} used tokens; the batches that seed and recipe draw use ${used}`,
    ko: `쓴 토큰이 ${sealed}개라고 적혀 있으나, 시드와 레시피로 뽑은 배치가 쓰는 토큰은 ${used}개입니다.`,
  }),
  whole: (steps: number) => ({
    en: `learning rate and batch of ${count(steps)} steps`,
    ko: `${count(steps)}스텝의 학습률과 배치를 다시 계산했습니다.`,
  }),
} satisfies Sentences;

/** What the recipe trains with. */
interface Update {
  beta1: number;
  beta2: number;
  eps: number;
  gradClip: number;
  weightDecay: number;
  /** Undefined without Muon. */
  momentum: number | undefined;
  /** Undefined without pairs. */
  dpoBeta: number | undefined;
}

export const POLICY = {
  betas: (beta1: number, beta2: number) => ({
    en: `beta1^2 is not below beta2 (${beta1}, ${beta2}): one step could move a weight without bound`,
    ko: `beta1^2가 beta2보다 작지 않아(${beta1}, ${beta2}), 한 스텝이 가중치를 끝없이 움직일 수 있습니다.`,
  }),
  eps: (eps: number, least: number) => ({
    en: `eps is ${eps}, below ${least}`,
    ko: `eps가 ${eps}, 최솟값 ${least}보다 작습니다.`,
  }),
  notClipped: { en: 'gradients are not clipped', ko: '기울기를 자르지 않습니다.' },
  decay: (product: number) => ({
    en: `learningRate times weightDecay is ${product}, not below 1`,
    ko: `learningRate와 weightDecay를 곱한 값이 1보다 작지 않습니다: ${product}`,
  }),
  update: ({ beta1, beta2, eps, gradClip, weightDecay, momentum, dpoBeta }: Update) => {
    const adamw = `beta1 ${beta1}, beta2 ${beta2}, eps ${eps}`;
    const muon = momentum === undefined ? '' : `Muon with momentum ${momentum} for the matrices of layers, else `;
    const muonKo = momentum === undefined ? '' : `층의 행렬에는 Muon(모멘텀 ${momentum}), 나머지에는 `;
    const pairs = dpoBeta === undefined ? '' : `, DPO with beta ${dpoBeta}`;
    const pairsKo = dpoBeta === undefined ? '' : `, DPO(beta ${dpoBeta})`;
    return {
      en: `${muon}AdamW with ${adamw}, clipped at ${gradClip}, weight decay ${weightDecay}${pairs}`,
      ko: `${muonKo}AdamW(${adamw}), 기울기 자름 ${gradClip}, 가중치 감쇠 ${weightDecay}${pairsKo} 설정입니다.`,
    };
  },
} satisfies Sentences;

export const MOTION = {
  nothing: {
    en: 'there is no usable recipe, tokenizer and transcript',
    ko: '레시피, 토크나이저, 학습 기록 가운데 쓸 수 없는 것이 있습니다.',
  },
  whole: (measured: number, segments: number) => ({
    en: `bound and moments of ${measured} of ${segments} segments`,
    ko: `구간 ${segments}개 가운데 ${measured}개에서 이동 한계와 모멘트를 확인했습니다.`,
  }),
  ends: (segment: number) => ({
    en: `ends before the end of segment ${segment}`,
    ko: `${segment}번 구간이 끝나기 전에 끝납니다.`,
  }),
  stateBroken: {
    en: 'is broken: the movement from it and to it is unknown',
    ko: '깨진 상태여서, 그 앞뒤로 얼마나 움직였는지 알 수 없습니다.',
  },
  stateMissing: {
    en: 'is not there: the movement from it and to it is unknown',
    ko: '상태가 없어, 그 앞뒤로 얼마나 움직였는지 알 수 없습니다.',
  },
} satisfies Sentences;

export const PROBE = {
  stateMissing: {
    en: 'is not there whole: its loss on the next batch is unknown',
    ko: '온전한 상태가 없어, 다음 배치의 손실을 알 수 없습니다.',
  },
  ends: { en: 'ends before the step after this state', ko: '이 상태 다음 스텝의 기록이 없습니다.' },
  otherLoss: (recorded: number, again: number) => ({
    en: `the loss is recorded as ${recorded}; the state before this step gives ${again}`,
    ko: `기록된 손실은 ${recorded}, 이 스텝 바로 앞 상태로 계산한 손실은 ${again}입니다.`,
  }),
  whole: (probed: number, states: number, left: number) => ({
    en: `loss of the next step at ${probed} of ${states} states, ${left} left to replay`,
    ko: `상태 ${states}개 가운데 ${probed}개에서 다음 스텝의 손실을 계산했고, ${left}개는 재현에 맡겼습니다.`,
  }),
} satisfies Sentences;

export const REPLAY = {
  nothing: { en: 'nothing was replayed', ko: '재현한 것이 없습니다.' },
  whole: (held: number, segments: number, steps: number) => ({
    en: `${held} of ${segments} segments the same, bit for bit, in ${count(steps)} steps`,
    ko: `구간 ${segments}개, ${count(steps)}스텝을 다시 학습했고, 그 가운데 ${held}개 구간이 비트까지 같았습니다.`,
  }),
  startMissing: (segment: number) => ({
    en: `segment ${segment} cannot be replayed: its first state is not there`,
    ko: `첫 상태가 없어 ${segment}번 구간을 재현할 수 없습니다.`,
  }),
  startBroken: (segment: number) => ({
    en: `segment ${segment} cannot be replayed: its first state is broken`,
    ko: `첫 상태가 깨져 있어 ${segment}번 구간을 재현할 수 없습니다.`,
  }),
  notReplayed: (segment: number) => ({
    en: `Segment ${segment} was not replayed.`,
    ko: `${segment}번 구간은 재현하지 않았습니다.`,
  }),
  ends: { en: 'ends before the end of this segment', ko: '이 구간이 끝나기 전에 기록이 끝납니다.' },
  lossNotFinite: {
    en: 'trained again, the loss of this step is not finite',
    ko: '다시 학습하면 이 스텝의 손실이 유한하지 않습니다.',
  },
  gradientNotFinite: {
    en: 'trained again, the gradient of this step is not finite',
    ko: '다시 학습하면 이 스텝의 기울기가 유한하지 않습니다.',
  },
  otherState: {
    en: 'is not the state that training this segment again gives',
    ko: '이 구간을 다시 학습해 얻은 상태와 다릅니다.',
  },
  otherBatch: { en: 'the batch is not the recorded one', ko: '배치가 기록된 것과 다릅니다.' },
  otherRate: { en: 'the learning rate is not the recorded one', ko: '학습률이 기록된 것과 다릅니다.' },
  otherLoss: (recorded: number, again: number) => ({
    en: `the loss is recorded as ${recorded}, trained again it is ${again}`,
    ko: `기록된 손실은 ${recorded}, 다시 학습한 손실은 ${again}입니다.`,
  }),
  otherGradNorm: (recorded: number, again: number) => ({
    en: `the gradient norm is recorded as ${recorded}, trained again it is ${again}`,
    ko: `기록된 기울기 노름은 ${recorded}, 다시 학습한 기울기 노름은 ${again}입니다.`,
  }),
  noState: {
    en: 'no whole state of this model is there to compare with',
    ko: '비교할 수 있는 온전한 상태가 없습니다.',
  },
  addStates: { en: 'add the states to the run folder', ko: '학습 폴더에 상태 파일을 넣으십시오.' },
} satisfies Sentences;
