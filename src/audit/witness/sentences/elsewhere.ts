// What the check `segments` of a witnessed run says, in both languages: segments of another environment beside what rounding does to them
// here. Text only.

import { count, type Sentences } from '../../../base/index.ts';

/** Steps, the first and the last one. */
interface Steps {
  first: number;
  last: number;
}

export const OTHER_ENVIRONMENT = {
  heldHere: {
    en: 'segments came out to the bit here',
    ko: '여기서 비트까지 같은 구간이 있습니다.',
  },
  nothingAgain: { en: 'nothing was trained again', ko: '다시 학습한 것이 없습니다.' },
  noOther: {
    en: 'no other setting of this machine gives other bits: what rounding does here is not known',
    ko: '이 기기의 다른 설정에서도 비트가 모두 같아, 여기서 반올림이 얼마나 되는지 알 수 없습니다.',
  },
  otherDevice: {
    en: 'The run declares another device, or products of less than float32: how these round was not measured here, so no segment is refuted for lying far off.',
    ko: '다른 장치나 float32보다 낮은 정밀도의 곱셈이 적혀 있습니다. 그 반올림은 여기서 재지 못하므로, 멀리 벗어났다는 이유만으로 구간을 불성립으로 판정하지 않습니다.',
  },
  other: ({ first, last }: Steps) => ({
    en: `steps ${first} to ${last}: this tensor is not what training again gives, and no rounding makes it so`,
    ko: `${first}~${last}스텝: 이 텐서가 다시 학습한 것과 다르며, 반올림으로는 그렇게 되지 않습니다.`,
  }),
  far: ({ first, last }: Steps, times: string, furthest: string) => ({
    en: `steps ${first} to ${last}: the recorded weights lie ${times} times as far from those trained again as rounding takes them here, in the median, and this tensor ${furthest} times`,
    ko: `${first}~${last}스텝: 기록된 가중치가 다시 학습한 것에서 벗어난 정도는 여기서 반올림으로 벗어나는 정도의 ${times}배(중앙값)이며, 이 텐서에서는 ${furthest}배입니다.`,
  }),
  notTold: ({ first, last }: Steps, own: number) =>
    Number.isFinite(own)
      ? {
          en: `steps ${first} to ${last}: not told. Rounding moves the weights here by ${own.toExponential(1)} of their way, and the record lies neither near enough nor beyond it.`,
          ko: `${first}~${last}스텝: 판단할 수 없습니다. 여기서 반올림은 가중치가 움직인 거리의 ${own.toExponential(1)}이며, 기록은 그 안이라고도 밖이라고도 할 수 없습니다.`,
        }
      : {
          en: `steps ${first} to ${last}: not told. The weights did not move as far as can be measured, so nothing shows what rounding does to their way.`,
          ko: `${first}~${last}스텝: 판단할 수 없습니다. 잴 수 있는 만큼 가중치가 움직이지 않아, 반올림이 그 거리를 얼마나 바꾸는지 알 수 없습니다.`,
        },
  astray: ({ first, last }: Steps) => ({
    en: `steps ${first} to ${last}: not told. This tensor is recorded more than a quarter of its way from where training again takes it, and it is not known here whether rounding does that.`,
    ko: `${first}~${last}스텝: 판단할 수 없습니다. 이 텐서의 기록은 다시 학습한 것에서 움직인 거리의 4분의 1보다 멀리 벗어났고, 반올림 때문인지는 여기서 알 수 없습니다.`,
  }),
  short: ({ first, last }: Steps) => ({
    en: `steps ${first} to ${last}: not told. Fewer than five steps in a row were trained again, and what rounding does to one step says little of another.`,
    ko: `${first}~${last}스텝: 판단할 수 없습니다. 잇달아 다시 학습한 스텝이 다섯이 안 되며, 한 스텝의 반올림으로 다른 스텝을 판단하기는 어렵습니다.`,
  }),
  leap: (step: number) => ({
    en: `Step ${step}: loss or gradient norm lie beyond what rounding usually does here, and a start that was moved by some units in the last place leaps as far.`,
    ko: `${step}스텝: 손실이나 기울기 노름이 여기서 반올림으로 흔히 벗어나는 정도보다 멀지만, 출발 가중치를 마지막 자리에서 조금 옮겨도 그만큼 튑니다.`,
  }),
  passed: (states: number) => ({
    en: `${count(states)} recorded states lie inside these segments, which have at least five steps: they were not judged by themselves.`,
    ko: `다섯 스텝 이상으로 이어 붙인 구간의 안쪽에 기록된 상태 ${count(states)}개는 따로 판단하지 않았습니다.`,
  }),
  nothing: { en: 'no segment lies within rounding', ko: '반올림 범위 안에 있는 구간이 없습니다.' },
  within: (
    segments: number,
    steps: number,
    { times, furthest, own }: { times: string; furthest: string; own: string },
  ) => ({
    en: `${count(segments)} segments, ${count(steps)} steps, lie as near as rounding takes them here: up to ${times} times its median, a tensor up to ${furthest} times (rounding is up to ${own} of the way)`,
    ko: `구간 ${count(segments)}개, ${count(steps)}스텝이 여기서 반올림으로 벗어나는 범위 안에 있습니다. 중앙값으로 최대 ${times}배, 한 텐서에서는 최대 ${furthest}배이며, 반올림은 움직인 거리의 최대 ${own}입니다.`,
  }),
} satisfies Sentences;
