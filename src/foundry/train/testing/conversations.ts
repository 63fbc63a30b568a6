// Conversations of random tokens, as the files of a source have them.

import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import type { ModelConfig } from '../../model/index.ts';
import type { TokenSource } from '../batches.ts';
import type { TrainConfig } from '../index.ts';
import { reader, smallText } from './small.ts';

/** The ids of a conversation, and which of them are learned: never the first, at least one. */
export interface Talk {
  ids: number[];
  isLearned: boolean[];
}

/** Conversations of 2 to `longest` ids. */
export function randomTalks(count: number, longest: number, vocabSize: number, seed: number): Talk[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const length = 2 + wholeBelow(random, longest - 1);
    const ids = Array.from({ length }, () => wholeBelow(random, vocabSize));
    const always = 1 + wholeBelow(random, length - 1);
    return { ids, isLearned: ids.map((_, i) => i === always || (i > 0 && random() < 0.4)) };
  });
}

/** Pairs: every second conversation is rejected, and each has about so many nats by the reference as random ones have. */
export function pairFiles(talks: readonly Talk[], seed = 1) {
  const random = randomNumbers(seed);
  const marks = talks.flatMap(({ isLearned }, n) =>
    isLearned.map((is, i) => (is ? 1 : 0) + (i === 0 ? 2 + 4 * (n % 2) : 0)),
  );
  const references = Float64Array.from(talks, ({ isLearned }) => isLearned.filter(Boolean).length * (5 + random()));
  return { tokens: talkFiles(talks).tokens, marks: marksReader(marks), references };
}

/** About a dozen windows of random pairs. */
export const smallPairs = (model: ModelConfig, train: TrainConfig): TokenSource[] => [
  { ...pairFiles(randomTalks(48, Math.floor(train.sequenceLength / 2) + 1, model.vocabSize, 2)), weight: 1 },
];

/** A file of marks in memory. */
export const marksReader = (marks: readonly number[]) => ({
  length: marks.length,
  read: (start: number, count: number) => Uint8Array.from(marks.slice(start, start + count)),
});

/** The token file and the file of marks. */
export const talkFiles = (talks: readonly Talk[]) => ({
  tokens: reader(Uint32Array.from(talks.flatMap(({ ids }) => ids))),
  marks: marksReader(talks.flatMap(({ isLearned }) => isLearned.map((is, i) => (is ? 1 : 0) + (i === 0 ? 2 : 0)))),
});

/** About a dozen windows of random conversations, and three of text. */
export const smallTalks = (model: ModelConfig, train: TrainConfig): TokenSource[] => [
  { ...talkFiles(randomTalks(24, train.sequenceLength + 1, model.vocabSize, 1)), weight: 1 },
  { ...smallText(model, train), weight: 0.25 },
];
