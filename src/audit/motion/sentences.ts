// What the motion of a segment breaks, in both languages: limits of elements, matrices and sums. Text only.

import type { Both, Sentences } from '../../base/index.ts';
import type { Segment } from '../types.ts';

/** "step 7", "steps 8 to 13": of the segment. */
const stepsOf = ({ from, to }: Segment): Both =>
  to - from === 1
    ? { en: `step ${to}`, ko: `${to}스텝에서` }
    : { en: `steps ${from + 1} to ${to}`, ko: `${from + 1}스텝부터 ${to}스텝까지` };

/** An element of a tensor that breaks a limit, the first of `count`. Numbers are written as they are. */
interface Broken {
  element: number;
  value: string;
  limit: string;
  count: number;
  /** Elements of the tensor. */
  size: number;
  segment: Segment;
}

const others = ({ count, size }: Broken): Both =>
  count > 1
    ? {
        en: ` (the first of ${count} such elements, of ${size})`,
        ko: ` 이런 원소 ${count}개 가운데 첫째이며, 원소는 모두 ${size}개입니다.`,
      }
    : { en: '', ko: '' };

/** A norm of a matrix's movement, and its limit. */
interface Moved {
  norm: string;
  limit: string;
  segment: Segment;
}

export const MOVEMENT = {
  element: (of: Broken) => ({
    en: `element ${of.element} moved by ${of.value}: ${stepsOf(of.segment).en} can move it by at most ${of.limit}${others(of).en}`,
    ko: `${of.element}번 원소가 ${of.value}만큼 움직였습니다. ${stepsOf(of.segment).ko} 움직일 수 있는 양은 최대 ${of.limit}입니다.${others(of).ko}`,
  }),
  first: (of: Broken) => ({
    en: `element ${of.element} changed by ${of.value} beside its decay in ${stepsOf(of.segment).en}: the second moment allows at most ${of.limit}${others(of).en}`,
    ko: `${of.element}번 원소가 ${stepsOf(of.segment).ko} 감쇠를 빼고 ${of.value}만큼 변했습니다. 2차 모멘트가 허용하는 양은 최대 ${of.limit}입니다.${others(of).ko}`,
  }),
  second: (of: Broken) => ({
    en: `element ${of.element} is ${of.value}: ${stepsOf(of.segment).en} leave at least ${of.limit}${others(of).en}`,
    ko: `${of.element}번 원소의 값은 ${of.value}입니다. ${stepsOf(of.segment).ko} 감쇠해도 최소 ${of.limit}만큼은 남습니다.${others(of).ko}`,
  }),
  frobenius: ({ norm, limit, segment }: Moved) => ({
    en: `moved by ${norm} (Frobenius norm) beside its decay: ${stepsOf(segment).en} can move it by at most ${limit}`,
    ko: `감쇠를 빼고 프로베니우스 노름으로 ${norm}만큼 움직였습니다. ${stepsOf(segment).ko} 움직일 수 있는 양은 최대 ${limit}입니다.`,
  }),
  spectral: ({ norm, limit, segment }: Moved) => ({
    en: `moved by at least ${norm} (spectral norm) beside its decay: ${stepsOf(segment).en} can move it by at most ${limit}`,
    ko: `감쇠를 빼고 스펙트럼 노름으로 ${norm} 이상 움직였습니다. ${stepsOf(segment).ko} 움직일 수 있는 양은 최대 ${limit}입니다.`,
  }),
  notFinite: { en: 'not all elements are finite numbers', ko: '유한한 수가 아닌 원소가 있습니다.' },
  notZero: {
    en: 'moments are not zero before the first step',
    ko: '첫 스텝 전인데 모멘트가 0이 아닙니다.',
  },
  secondMoments: (sum: string, allowed: string) => ({
    en: `all second moments add up to ${sum}, the transcript's gradient norms to ${allowed}`,
    ko: `2차 모멘트의 합은 ${sum}, 기록된 기울기 노름에서 나오는 값은 ${allowed}입니다.`,
  }),
  secondMomentsAtMost: (sum: string, allowed: string) => ({
    en: `all second moments add up to ${sum}, the transcript's gradient norms to at most ${allowed}`,
    ko: `2차 모멘트의 합은 ${sum}, 기록된 기울기 노름에서 나오는 값은 최대 ${allowed}입니다.`,
  }),
  momentum: (change: string, limit: string) => ({
    en: `all momentum changed by ${change} beside its decay: the transcript's gradient norms allow at most ${limit}`,
    ko: `모멘텀이 감쇠를 빼고 모두 ${change}만큼 변했습니다. 기록된 기울기 노름이 허용하는 양은 최대 ${limit}입니다.`,
  }),
  noTensor: (shape: readonly number[]) => ({
    en: `not there as binary32 of shape [${shape}]`,
    ko: `[${shape}] 모양의 binary32 텐서가 없습니다.`,
  }),
  otherTensor: { en: 'not a tensor of this model', ko: '이 모델의 텐서가 아닙니다.' },
} satisfies Sentences;
