// What the checks of a witnessed run that need the auditor's Python say, in both languages: schedule, origin, replay, gradient. Text only.

import { type Both, count, type Sentence, type Sentences } from '../../../base/index.ts';
import { REPLAY } from '../../sentences/training.ts';

/** Steps of a segment, the first and the last one. */
interface Span {
  segment: number;
  first: number;
  last: number;
}

/** That a segment came out different, and in which tensor first. */
const differing = ({ segment, first, last }: Span, why: Both, tensor: string | undefined): Both => {
  const name = tensor === undefined ? undefined : JSON.stringify(tensor.slice(0, 200));
  return {
    en: `segment ${segment}: steps ${first} to ${last}: ${why.en}${name === undefined ? '' : `, first in ${name}`}.`,
    ko: `${segment}번 구간(${first}~${last}스텝): ${why.ko}${name === undefined ? '' : ` 처음으로 다른 텐서: ${name}.`}`,
  };
};

export const RETRAINING = {
  noCode: {
    en: 'no training code was given: --code and --python',
    ko: '학습 코드가 주어지지 않았습니다(--code, --python).',
  },
  ranks: (ranks: number) => ({
    en: `the run has ${count(ranks)} ranks, each of which takes a process: --ranks ${ranks} allows that`,
    ko: `이 학습의 랭크는 ${count(ranks)}개이며, 랭크마다 프로세스가 필요합니다(--ranks ${ranks} 옵션으로 허용).`,
  }),
  python: ({ en, ko }: Sentence, python: string) => ({
    en: `${en} (--python ${python}: it needs PyTorch)`,
    ko: ko && `${ko} (--python ${python} 옵션의 Python에 PyTorch가 필요합니다.)`,
  }),
  gave: (gave: number, asked: number) => ({
    en: `gave ${gave} of ${asked} steps`,
    ko: `${asked}스텝 가운데 ${gave}스텝만 답했습니다.`,
  }),
  noStartState: (step: number) => ({
    en: `the state of step ${step} is not there or broken: the steps after it were not trained again`,
    ko: `${step}스텝의 상태가 없거나 깨져 있어, 그 뒤의 스텝을 다시 학습하지 않았습니다.`,
  }),
  noState: { en: 'no state was given', ko: '다시 학습한 상태가 주어지지 않았습니다.' },
  otherState: { en: 'is not the state that training gives', ko: '다시 학습해 얻은 상태와 다릅니다.' },
  otherBatch: REPLAY.otherBatch,
  otherRate: REPLAY.otherRate,
  otherLoss: REPLAY.otherLoss,
  otherGradNorm: REPLAY.otherGradNorm,
  noGradient: { en: 'gave an array that is not a gradient', ko: '기울기가 아닌 것을 답했습니다.' },
  doesNotRepeat: {
    en: 'this machine is what the run declares, and no segment is the same to the bit: such a training does not repeat, or the run was not made so',
    ko: '이 기기가 학습에 적힌 환경과 같은데도 비트까지 같은 구간이 없습니다. 되풀이되지 않는 학습이거나, 그렇게 만든 학습이 아닙니다.',
  },
  differs: ({ segment, first, last }: Span, why: Both) => ({
    en: `segment ${segment}: steps ${first} to ${last}: ${why.en}, while other segments are the same to the bit here`,
    ko: `${segment}번 구간(${first}~${last}스텝): ${why.ko} 다른 구간은 여기서 비트까지 같았습니다.`,
  }),
  allDiffer: (span: Span, why: Both, tensor: string | undefined) => {
    const { en, ko } = differing(span, why, tensor);
    return {
      en: `${en} No segment is the same to the bit here, so this shows another environment, or a forgery.`,
      ko: `${ko} 여기서는 비트까지 같은 구간이 없으므로, 환경이 다르거나 위조된 것입니다.`,
    };
  },
  /** Elsewhere, where others are the same by chance. */
  differsHere: (span: Span, why: Both, tensor: string | undefined) => {
    const { en, ko } = differing(span, why, tensor);
    return {
      en: `${en} This is another environment than the run declares, or a forgery.`,
      ko: `${ko} 학습에 적힌 것과 환경이 다르거나, 위조된 것입니다.`,
    };
  },
  someSame: (held: number, segments: number, first: Both) => ({
    en: `${held} of ${segments} segments are the same to the bit, as short ones may be by chance in another environment: ${first.en}`,
    ko: `학습 구간 ${segments}개 가운데 ${held}개만 비트까지 같습니다. 짧은 구간은 다른 환경에서도 우연히 같을 수 있습니다. ${first.ko}`,
  }),
  none: (segments: number) => ({
    en: `no segment is the same to the bit, of ${segments} that were trained again`,
    ko: `다시 학습한 구간 ${segments}개 가운데 비트까지 같은 구간이 없습니다.`,
  }),
  noneSame: (segments: number, first: Both) => ({
    en: `no segment is the same to the bit, of ${segments} that were trained again: ${first.en}`,
    ko: `다시 학습한 구간 ${segments}개 가운데 비트까지 같은 구간이 없습니다. ${first.ko}`,
  }),
  nothing: { en: 'nothing was trained again', ko: '다시 학습한 것이 없습니다.' },
} satisfies Sentences;

export const SCHEDULE = {
  nothing: {
    en: 'learning rates and batches were not computed again',
    ko: '학습률과 배치를 다시 계산하지 않았습니다.',
  },
  otherBatch: {
    en: 'the batch is not the one that the training code gives',
    ko: '배치가 학습 코드에서 나오는 것과 다릅니다.',
  },
  otherRate: {
    en: 'the learning rate is not the one that the training code gives',
    ko: '학습률이 학습 코드에서 나오는 것과 다릅니다.',
  },
  holds: (steps: number) => ({
    en: `learning rate and batch of ${count(steps)} steps are those of the training code`,
    ko: `${count(steps)}스텝의 학습률과 배치가 학습 코드에서 나오는 것과 같습니다.`,
  }),
  rates: (steps: number, batches: number) => ({
    en: `the learning rate of ${count(steps)} steps and the batch of ${count(batches)} are those of the training code`,
    ko: `학습률은 ${count(steps)}스텝, 배치는 ${count(batches)}스텝이 학습 코드에서 나오는 것과 같습니다.`,
  }),
  floats: (steps: number) => ({
    en: `The batches of ${count(steps)} steps have other digests: they hold floating-point numbers, which another environment may compute otherwise. What was learned from them shows in losses, and in segments that lie within rounding.`,
    ko: `${count(steps)}스텝의 배치는 해시값이 다릅니다. 배치에 부동소수점 수가 들어 있어 다른 환경에서는 달리 계산될 수 있습니다. 무엇으로 학습했는지는 손실과, 반올림 범위 안에 있는 구간에서만 드러납니다.`,
  }),
  openFloats: (steps: number) => ({
    en: `the batches of ${count(steps)} steps have other digests: they hold floating-point numbers, which another environment may compute otherwise, and no segment was trained again that would show it`,
    ko: `${count(steps)}스텝의 배치는 해시값이 다릅니다. 배치에 부동소수점 수가 들어 있어 다른 환경에서는 달리 계산될 수 있으며, 다시 학습해 확인한 구간이 없습니다.`,
  }),
  rounded: (steps: number) => ({
    en: `The learning rates of ${count(steps)} steps differ from those of the training code here by rounding: by 2^-21 of the largest one at most.`,
    ko: `${count(steps)}스텝의 학습률은 여기서 학습 코드로 계산한 것과 반올림만큼 다릅니다. 차이는 가장 큰 학습률의 2^-21 이하입니다.`,
  }),
  drawn: (steps: number) => ({
    en: `The batches of ${count(steps)} steps were not compared by themselves: the code draws them from PyTorch's own generator, whose state before these steps is not recorded. They show only where these steps were trained again.`,
    ko: `${count(steps)}스텝의 배치는 따로 대조하지 않았습니다. 학습 코드가 PyTorch의 난수 발생기에서 배치를 뽑는데, 이 스텝들 앞의 난수 발생기 상태가 기록에 없습니다. 다시 학습한 스텝에서만 드러납니다.`,
  }),
  openDrawn: (steps: number) => ({
    en: `the batches of ${count(steps)} steps cannot be compared by themselves: the code draws them from PyTorch's own generator, whose state before these steps is not recorded, and no segment was trained again that would show them`,
    ko: `${count(steps)}스텝의 배치는 따로 대조할 수 없습니다. 학습 코드가 PyTorch의 난수 발생기에서 배치를 뽑는데, 이 스텝들 앞의 난수 발생기 상태가 기록에 없고, 다시 학습해 확인한 구간도 없습니다.`,
  }),
  again: (steps: number) => ({
    en: `learning rate and batch of ${count(steps)} steps were computed again`,
    ko: `${count(steps)}스텝의 학습률과 배치를 다시 계산했습니다.`,
  }),
} satisfies Sentences;

export const ORIGIN = {
  notBuilt: {
    en: 'origin not shown: S_0 was not built again',
    ko: 'S_0을 다시 만들지 않아 출발점이 밝혀지지 않았습니다.',
  },
  otherOptimizer: {
    en: 'the optimizer is not the one that the training code makes',
    ko: '최적화 알고리즘이 학습 코드에서 나오는 것과 다릅니다.',
  },
  same: {
    en: 'S_0 is the one that the training code makes of the seed, bit for bit',
    ko: 'S_0이 학습 코드가 시드로 만드는 것과 비트까지 같습니다.',
  },
  rounded: (furthest: string) => ({
    en: `S_0 is the one that the training code makes of the seed, but for rounding (${furthest} of a number at most)`,
    ko: `S_0이 반올림을 빼면 학습 코드가 시드로 만드는 것과 같습니다. 수의 크기에 대한 최대 차이: ${furthest}`,
  }),
  noState: {
    en: 'the state of step 0 is not there to compare with',
    ko: '비교할 0스텝의 상태가 없습니다.',
  },
  uneven: (typical: string) => ({
    en: `a tensor has few elements that are huge beside the rest, and rounding of their size could hide another start: a number differs by ${typical} of what is usual there`,
    ko: `일부 원소가 나머지보다 훨씬 큰 텐서가 있어, 그 크기의 반올림에 다른 출발점이 숨을 수 있습니다. 보통 크기에 대한 차이: ${typical}`,
  }),
  other: (furthest: string) => ({
    en: `is not what the training code makes of the seed: a number differs by ${furthest} of its size`,
    ko: `학습 코드가 시드로 만드는 것과 다릅니다. 수의 크기에 대한 차이: ${furthest}`,
  }),
  otherStart: {
    en: 'origin not shown: the training code makes another S_0 of the seed',
    ko: '학습 코드가 시드로 만드는 S_0이 달라 출발점이 밝혀지지 않았습니다.',
  },
} satisfies Sentences;

const CALIBRATIONS = {
  unasked: {
    en: 'taken to be 5%: this machine could not be asked in another setting',
    ko: '반올림은 5%로 보았습니다. 이 기기를 다른 설정으로 계산하게 할 수 없었습니다.',
  },
  measured: {
    en: 'measured by another setting of this machine',
    ko: '반올림은 이 기기의 다른 설정으로 쟀습니다.',
  },
  few: {
    en: 'taken to be 5%: fewer than six steps come out otherwise in another setting of this machine',
    ko: '반올림은 5%로 보았습니다. 이 기기의 다른 설정에서 결과가 달라지는 스텝이 여섯 개가 안 됩니다.',
  },
};
/** How rounding is known. */
export type Calibration = keyof typeof CALIBRATIONS;
/** In English, for the result of an audit. */
export const calibrationText = (how: Calibration): string => CALIBRATIONS[how].en;

export const GRADIENT = {
  oneWay: (of: { steps: number; cosine: string; deviations: string; rounding: string }) => ({
    en: `the differences of ${of.steps} gradients point one way: their mean cosine is ${of.cosine}, ${of.deviations} standard deviations above none, that of rounding here is ${of.rounding}`,
    ko: `기울기 ${of.steps}개의 차이가 한 방향을 가리킵니다. 코사인의 평균은 ${of.cosine}, 방향이 없을 때보다 표준 편차의 ${of.deviations}배만큼 큽니다. 여기서 반올림의 코사인 평균은 ${of.rounding}입니다.`,
  }),
  differs: (difference: string, rounding: string) => ({
    en: `the gradient that follows from the states is not that of the training code: they differ by ${difference} of it, rounding by ${rounding}`,
    ko: `상태에서 나오는 기울기가 학습 코드의 것과 다릅니다. 차이의 비율은 ${difference}, 반올림의 비율은 ${rounding}입니다.`,
  }),
  otherLoss: (recorded: number, code: number) => ({
    en: `the loss is recorded as ${recorded}, the training code gives ${code}`,
    ko: `기록된 손실은 ${recorded}, 학습 코드에서 나오는 손실은 ${code}입니다.`,
  }),
  otherGradNorm: (recorded: number, code: number) => ({
    en: `the gradient norm is recorded as ${recorded}, the training code gives ${code}`,
    ko: `기록된 기울기 노름은 ${recorded}, 학습 코드에서 나오는 기울기 노름은 ${code}입니다.`,
  }),
  figures: (steps: number, { loss, gradNorm }: { loss: string; gradNorm: string }, isKnown: boolean) => ({
    en: `Recorded losses and gradient norms of ${count(steps)} steps were compared within ${loss} and ${gradNorm} of themselves at most${isKnown ? ', what rounding can do here' : ': too few show rounding here, so its size is not known'}. A maker could have changed them by so much.`,
    ko: `${count(steps)}스텝에 기록된 손실과 기울기 노름을 비교했습니다. 허용한 차이의 비율은 손실 최대 ${loss}, 노름 최대 ${gradNorm}입니다. ${isKnown ? '여기서 반올림으로 생길 수 있는 정도입니다.' : '반올림이 드러난 스텝이 적어 그 크기는 알 수 없습니다.'} 제작자가 이만큼은 바꿀 수 있었습니다.`,
  }),
  excused: (steps: number) => ({
    en: `In ${count(steps)} steps the moments do not show the gradient of the training code, which training again gave to the bit: its optimizer takes it in another way than AdamW with the options of recipe.json.`,
    ko: `${count(steps)}스텝에서 모멘트가 학습 코드의 기울기와 맞지 않으나, 다시 학습하니 비트까지 같았습니다. 최적화 알고리즘이 recipe.json에 적힌 설정의 AdamW와 다르게 기울기를 씁니다.`,
  }),
  blind: {
    en: 'rounding here changes each of these gradients by more than 6%: they tell nothing',
    ko: '여기서는 반올림만으로 이 기울기가 모두 6% 넘게 달라져, 아무것도 알 수 없습니다.',
  },
  someBlind: (steps: number) => ({
    en: `${count(steps)} of these steps tell nothing: rounding changes their gradients by more than 6%.`,
    ko: `${count(steps)}스텝에서는 반올림만으로 기울기가 6% 넘게 달라져, 아무것도 알 수 없습니다.`,
  }),
  steered: (share: string) => ({
    en: `A step in a pair could have been steered by up to ${share} of its gradient and not be seen by itself.`,
    ko: `쌍을 이룬 스텝 하나를 조금 틀어도 그 스텝만으로는 드러나지 않을 수 있습니다. 기울기에 대한 최대 비율: ${share}`,
  }),
  nothing: { en: 'no gradient was compared', ko: '비교한 기울기가 없습니다.' },
  whole: (steps: number, difference: string, rounding: string, how: Calibration) => ({
    en: `the gradients of ${count(steps)} paired steps differ from those computed here by up to ${difference}; rounding is up to ${rounding} (${CALIBRATIONS[how].en})`,
    ko: `쌍을 이룬 ${count(steps)}스텝의 기울기는 여기서 계산한 것과 최대 ${difference}, 반올림은 최대 ${rounding}만큼 차이가 납니다. ${CALIBRATIONS[how].ko}`,
  }),
} satisfies Sentences;

/** A file that the run committed to, as the auditor has it. */
interface Named {
  kind: 'code' | 'data';
  name: string;
  /** The folder of the auditor's data. */
  folder: string;
}
const named = ({ kind, name, folder }: Named) =>
  kind === 'code'
    ? { en: `the training code ${JSON.stringify(name)}`, ko: `학습 코드 ${JSON.stringify(name)}` }
    : {
        en: `the data file ${JSON.stringify(name)} in ${folder}`,
        ko: `${folder} 폴더의 데이터 파일 ${JSON.stringify(name)}`,
      };

export const WORKSPACE = {
  missing: (of: Named) => ({
    en: `${named(of).en} is not there: the run committed to it`,
    ko: `학습이 사전에 약속한 파일이 없습니다: ${named(of).ko}`,
  }),
  tooLarge: (of: Named) => ({
    en: `${named(of).en} is larger than training code can be`,
    ko: `학습 코드가 가질 수 있는 크기보다 큽니다: ${named(of).ko}`,
  }),
  differs: (of: Named, found: string, committed: string) => ({
    en: `${named(of).en} has the SHA-256 ${found}, the run committed to ${committed}`,
    ko: `파일이 학습이 사전에 약속한 것과 다릅니다. 파일의 SHA-256은 ${found}, 약속한 것은 ${committed}입니다. 파일: ${named(of).ko}`,
  }),
  noLists: {
    en: 'code.json or data.json cannot be used',
    ko: 'code.json이나 data.json을 쓸 수 없습니다.',
  },
  oddName: (name: string) => ({
    en: `${name} is not a name within a folder`,
    ko: `폴더 안의 이름이 될 수 없습니다: ${name}`,
  }),
  twice: {
    en: 'code.json and data.json name a file twice',
    ko: 'code.json과 data.json에 같은 파일이 두 번 적혀 있습니다.',
  },
} satisfies Sentences;
