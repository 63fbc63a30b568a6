// What the checks `optimizer` and `motion` of a witnessed run say, in both languages. Text only.

import { type Both, count, type Sentences } from '../../../base/index.ts';

const QUANTITIES = {
  weight: { en: 'weight', ko: '가중치가' },
  moments: { en: 'moments', ko: '모멘트가' },
  'second moment': { en: 'second moment', ko: '2차 모멘트가' },
  'number of steps': { en: 'number of steps', ko: '스텝 수가' },
};
/** A number that an optimizer keeps of a parameter. */
export type Quantity = keyof typeof QUANTITIES;

export const OPTIMIZER = {
  notKnown: (name: string) => ({
    en: `the optimizer is ${name}: only AdamW, Adam and PyTorch’s Muon are checked`,
    ko: `AdamW, Adam과 PyTorch의 Muon만 점검합니다. 이 학습의 최적화 알고리즘: ${name}`,
  }),
  ownRates: {
    en: 'its groups have learning rates of their own, and a record has one',
    ko: '묶음마다 학습률이 다른데, 기록에는 학습률이 하나뿐입니다.',
  },
  variant: { en: 'it uses amsgrad or maximize', ko: 'amsgrad나 maximize를 씁니다.' },
  noMoments: {
    en: 'the optimizer keeps no first moments as Adam’s are, so no gradient follows from its states',
    ko: '최적화 알고리즘이 Adam과 같은 1차 모멘트를 남기지 않아, 상태에서 기울기를 얻을 수 없습니다.',
  },
  notAdamw: { en: 'the optimizer is not AdamW', ko: '최적화 알고리즘이 AdamW가 아닙니다.' },
  nothing: {
    en: 'there is no usable recipe and transcript',
    ko: '레시피나 학습 기록을 쓸 수 없습니다.',
  },
  noStep: { en: 'no step was checked', ko: '점검한 스텝이 없습니다.' },
  noOptions: {
    en: 'a group of the optimizer has no betas, eps and weight_decay that are numbers',
    ko: '최적화 알고리즘의 묶음 가운데 betas, eps, weight_decay가 수로 적혀 있지 않은 것이 있습니다.',
  },
  notChecked: {
    en: 'the optimizer’s steps were not checked',
    ko: '최적화 알고리즘의 스텝을 점검하지 않았습니다.',
  },
  notInBoth: {
    en: 'this parameter is not in both states, in one type and shape',
    ko: '두 상태에 같은 자료형과 모양으로 들어 있지 않은 매개변수입니다.',
  },
  oddType: (dtype: string) => ({
    en: `is ${dtype}, which no optimizer moves`,
    ko: `최적화 알고리즘이 움직이지 않는 자료형입니다: ${dtype}`,
  }),
  oddMoments: {
    en: 'its moments are not of one type and of its shape',
    ko: '모멘트의 자료형이 서로 다르거나 모양이 매개변수와 다릅니다.',
  },
  oddSteps: { en: 'its number of steps is not one number', ko: '스텝 수가 수 하나가 아닙니다.' },
  counts: (before: number, after: number) => ({
    en: `the optimizer counts ${before} steps of it before and ${after} after`,
    ko: `최적화 알고리즘이 센 스텝 수가 앞 상태에서는 ${before}, 뒤 상태에서는 ${after}입니다.`,
  }),
  changed: {
    en: 'changed, though the optimizer made no step of it',
    ko: '최적화 알고리즘이 스텝을 밟지 않았는데 바뀌었습니다.',
  },
  element: (element: number, what: Quantity) => ({
    en: `element ${element}: its ${QUANTITIES[what].en} does not follow from the state before by one step of the optimizer`,
    ko: `${element}번 원소의 ${QUANTITIES[what].ko} 앞 상태에서 최적화 알고리즘의 한 스텝으로 나올 수 없습니다.`,
  }),
  notCounted: {
    en: 'what the optimizer keeps changed, though no parameter has one step more than before',
    ko: '최적화 알고리즘이 보관하는 것이 바뀌었는데, 스텝 수가 늘어난 매개변수가 없습니다.',
  },
  noStepMade: {
    en: 'the optimizer made no step, as where a scaler skips one: only training this step again to the bit shows that the code makes none',
    ko: '기울기 스케일러가 건너뛸 때처럼 최적화 알고리즘이 스텝을 밟지 않았습니다. 코드가 정말 밟지 않는지는 이 스텝을 다시 학습해 비트까지 같아야만 알 수 있습니다.',
  },
  skipped: (steps: number) => ({
    en: `In ${count(steps)} paired steps the optimizer made no step: nothing follows from their states.`,
    ko: `쌍을 이룬 스텝 가운데 ${count(steps)}스텝에서는 최적화 알고리즘이 스텝을 밟지 않아, 상태에서 얻을 수 있는 것이 없습니다.`,
  }),
  whole: (steps: number, name: string) => ({
    en: `${count(steps)} steps are those of ${name}, element by element, whatever the gradient was`,
    ko: `기울기가 무엇이었든 ${count(steps)}스텝은 원소마다 다음 최적화 알고리즘의 스텝과 맞습니다: ${name}`,
  }),
  refuted: (paired: number, refuted: number, name: string) => ({
    en: `of ${count(paired)} paired steps ${count(refuted)} are not those of ${name}`,
    ko: `쌍을 이룬 ${count(paired)}스텝 가운데 ${count(refuted)}스텝이 다음 최적화 알고리즘의 스텝이 아닙니다: ${name}`,
  }),
  unread: (paired: number, unread: number) => ({
    en: `of ${count(paired)} paired steps ${count(unread)} could not be compared`,
    ko: `쌍을 이룬 ${count(paired)}스텝 가운데 ${count(unread)}스텝을 비교할 수 없었습니다.`,
  }),
  refutedAndUnread: (paired: number, refuted: number, unread: number, name: string) => ({
    en: `of ${count(paired)} paired steps ${count(refuted)} are not those of ${name}, ${count(unread)} could not be compared`,
    ko: `쌍을 이룬 ${count(paired)}스텝 가운데 ${count(unread)}스텝은 비교할 수 없었고, ${count(refuted)}스텝은 다음 최적화 알고리즘의 스텝이 아닙니다: ${name}`,
  }),
  excused: (steps: number, name: string) => ({
    en: `${count(steps)} steps are not those of ${name} with the options of recipe.json, and training again gave them to the bit: the code changes the options from step to step.`,
    ko: `recipe.json의 설정으로는 나올 수 없는 ${count(steps)}스텝을 다시 학습하니 비트까지 같았습니다. 코드가 스텝마다 설정을 바꿉니다. 최적화 알고리즘: ${name}`,
  }),
  onlyAgain: (steps: number, name: string) => ({
    en: `none of the ${count(steps)} paired steps is one of ${name} with the options of recipe.json, and training again gave them as they are: the code changes the options, or makes no step`,
    ko: `쌍을 이룬 ${count(steps)}스텝 가운데 recipe.json의 설정으로 나올 수 있는 것이 없으나, 다시 학습하니 모두 그대로 나왔습니다. 코드가 설정을 바꾸거나 스텝을 밟지 않습니다. 최적화 알고리즘: ${name}`,
  }),
  beside: (name: string) => ({
    en: `no paired step is one of ${name} alone, and all lie in segments that training again gives within rounding: the code does something beside its optimizer`,
    ko: `쌍을 이룬 스텝 가운데 ${name}만으로 나올 수 있는 것이 없는데, 모두 다시 학습하면 반올림 범위 안에 드는 구간에 있습니다. 코드가 최적화 알고리즘 말고 다른 것도 합니다.`,
  }),
  still: (still: number, compared: number) => ({
    en: `${count(still)} of ${count(compared)} parameters had no gradient in a paired step.`,
    ko: `쌍을 이룬 스텝에서 매개변수 ${count(compared)}개 가운데 ${count(still)}개에 기울기가 없었습니다.`,
  }),
  unnamed: (steps: number) => ({
    en: `${count(steps)} steps follow only if fused or compiled code made them, and the optimizer’s options do not say that`,
    ko: `${count(steps)}스텝은 합치거나 컴파일한 코드로 계산했어야만 나올 수 있는데, 최적화 알고리즘의 설정에는 그런 말이 없습니다.`,
  }),
  room: (share: string) => ({
    en: `Between the roundings the weights of a paired step could have been moved by up to ${share} of its length, and this check not see it.`,
    ko: `반올림 사이에서는 쌍을 이룬 스텝의 가중치를 옮겨도 이 점검에 드러나지 않을 수 있습니다. 스텝 길이에 대한 최대 비율: ${share}`,
  }),
  noPairs: { en: 'there are no two consecutive states', ko: '이어진 두 상태가 없습니다.' },
} satisfies Sentences;

/** Names or steps in a sentence; more are counted. */
const MAX_FEW = 3;
const few = (all: readonly (string | number)[]): Both => {
  const shown = all.slice(0, MAX_FEW).join(', ');
  const more = all.length - MAX_FEW;
  return more > 0
    ? { en: `${shown} and ${count(more)} more`, ko: `${shown} 외 ${count(more)}개` }
    : { en: shown, ko: shown };
};

export const UNGROUPED = {
  again: (names: readonly string[]) => ({
    en: `Tensors in no group of the optimizer changed, and training again changed them in the same way: ${few(names).en}.`,
    ko: `최적화 알고리즘의 어느 묶음에도 없는 텐서가 바뀌었고, 다시 학습해도 똑같이 바뀌었습니다: ${few(names).ko}`,
  }),
  near: (names: readonly string[]) => ({
    en: `Tensors that the run declares changed, and training again changed them in the same way but for rounding: ${few(names).en}.`,
    ko: `학습하면서 바뀐다고 미리 밝힌 텐서가 바뀌었고, 다시 학습해도 반올림 범위 안에서 똑같이 바뀌었습니다: ${few(names).ko}`,
  }),
  blurred: (names: readonly string[]) => ({
    en: `Tensors that the run declares changed, and rounding blurs them here: training again took them to within a quarter of their way of what is recorded, and nothing nearer is shown: ${few(names).en}.`,
    ko: `학습하면서 바뀐다고 미리 밝힌 텐서가 바뀌었으나 여기서는 반올림이 큽니다. 다시 학습한 것과 기록의 차이가 움직인 거리의 4분의 1 안이라는 것만 알 수 있습니다: ${few(names).ko}`,
  }),
  inside: (names: readonly string[]) => ({
    en: `Tensors that the run declares changed in states that lie inside segments or in segments that are not told, where nothing was compared with them: ${few(names).en}.`,
    ko: `학습하면서 바뀐다고 미리 밝힌 텐서가 구간 안쪽의 상태나 판단할 수 없는 구간에서 바뀌었으며, 거기서는 비교한 것이 없습니다: ${few(names).ko}`,
  }),
  changed: (names: readonly string[], steps: readonly number[]) => ({
    en: `${count(names.length)} tensors in no group of the optimizer changed (${few(names).en}), in the states of steps ${few(steps).en}: buffers may change, frozen parameters may not, and the record does not tell them apart; only training these steps again shows it`,
    ko: `최적화 알고리즘의 어느 묶음에도 없는 텐서 ${count(names.length)}개가 바뀌었습니다(${few(names).ko}). 버퍼는 바뀔 수 있고 고정된 매개변수는 바뀔 수 없으나, 기록으로는 둘을 가릴 수 없으며 그 스텝을 다시 학습해야만 알 수 있습니다. 스텝: ${few(steps).ko}`,
  }),
} satisfies Sentences;

export const MUON = {
  odd: {
    en: 'the optimizer is a Muon with other options than PyTorch’s: it is not checked',
    ko: 'PyTorch의 Muon과 다른 설정을 가진 Muon이라 점검하지 않았습니다.',
  },
  notAlong: (along: string, beside: string) => ({
    en: `its weights went ${along} times as far along the orthogonalised momentum as the learning rate says, and ${beside} of their way beside it`,
    ko: `가중치가 직교화한 모멘텀을 따라 움직인 거리는 학습률에 따른 거리의 ${along}배이고, 그 방향에서 벗어난 비율은 ${beside}입니다.`,
  }),
  left: (times: number) => ({
    en: `${count(times)} times a matrix was not compared: it is too large for that, not float32 or float64, no matrix, or of so low a rank that its update is rounding alone.`,
    ko: `너무 크거나 float32나 float64가 아니거나 행렬이 아니거나, 계수가 낮아 갱신이 반올림뿐이라서 비교하지 못한 경우가 ${count(times)}번 있습니다.`,
  }),
  room: (limit: { along: string; beside: string }, most: { along: string; beside: string }) => ({
    en: `What orthogonalising rounds hides up to ${limit.along} of a step's length and ${limit.beside} beside its direction; found were ${most.along} and ${most.beside} at most.`,
    ko: `직교화할 때의 반올림 때문에 스텝 길이의 ${limit.along}, 방향에서 벗어난 ${limit.beside}까지는 드러나지 않습니다. 여기서 나온 값은 최대 ${most.along}, ${most.beside}입니다.`,
  }),
} satisfies Sentences;

export const MOTION = {
  tooFar: (element: number, what: Quantity, from: number, steps: number) => ({
    en: `element ${element}: its ${QUANTITIES[what].en} cannot come from the state of step ${from} by ${steps} steps of AdamW`,
    ko: `${element}번 원소의 ${QUANTITIES[what].ko} ${from}스텝의 상태에서 AdamW ${steps}스텝으로는 나올 수 없습니다.`,
  }),
  left: (times: number) => ({
    en: `${count(times)} times a parameter was not compared: it is not float32, or the optimizer skipped it in some steps.`,
    ko: `매개변수를 비교하지 못한 경우가 ${count(times)}번 있습니다. float32가 아니거나, 최적화 알고리즘이 건너뛴 스텝이 있습니다.`,
  }),
  none: {
    en: 'no two states that lie further apart than one step could be compared',
    ko: '한 스텝보다 멀리 떨어진 두 상태 가운데 비교할 수 있는 것이 없습니다.',
  },
  nothingLeft: {
    en: 'nothing was left to bound: training again gave all other states to the bit',
    ko: '한계를 따져 볼 것이 남지 않았습니다. 다른 상태는 모두 다시 학습해 비트까지 같았습니다.',
  },
  within: (times: number) => ({
    en: `${count(times)} times a parameter moved no further between two states than AdamW can move it`,
    ko: `두 상태 사이에서 매개변수의 이동을 ${count(times)}번 확인했고, 모두 AdamW가 움직일 수 있는 한계 안이었습니다.`,
  }),
  tooFarTimes: (times: number) => ({
    en: `${count(times)} times a parameter moved further between two states than AdamW can move it`,
    ko: `두 상태 사이에서 매개변수가 AdamW가 움직일 수 있는 한계를 ${count(times)}번 넘었습니다.`,
  }),
  notAll: (times: number) => ({
    en: `not all states could be compared; ${count(times)} times a parameter moved no further between two states than AdamW can move it`,
    ko: `모든 상태를 비교하지는 못했습니다. 두 상태 사이에서 매개변수의 이동을 ${count(times)}번 확인했고, 모두 AdamW가 움직일 수 있는 한계 안이었습니다.`,
  }),
} satisfies Sentences;
