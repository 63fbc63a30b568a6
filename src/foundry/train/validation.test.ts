// Held-out conversations: the nats and bytes of their learned targets, whatever windows they share.

import { afterAll, expect, test } from 'vitest';
import { score, Trainer } from './index.ts';
import { randomTalks, type Talk, talkFiles } from './testing/conversations.ts';
import { smallModel, smallTraining } from './testing/small.ts';

const model = smallModel();
const T = 24;
const trainer = new Trainer(model, smallTraining({ sequenceLength: T, microBatchSize: 2, batchSize: 2 }), {
  threads: 2,
});
trainer.initialise(1);
afterAll(() => trainer.close());

/** A token has as many bytes as its id mod 3: some have none. */
const bytesOf = Uint32Array.from({ length: model.vocabSize }, (_, id) => id % 3);

/** Each conversation in a pass of its own, as one sequence whose length is its own. */
function alone(talks: readonly Talk[]) {
  const total = { nats: 0, bytes: 0 };
  for (const { ids, isLearned } of talks) {
    const tokens = Int32Array.from(ids.slice(0, -1));
    const targets = Int32Array.from(ids.slice(1));
    const nats = trainer.losses({ tokens, targets }, tokens.length);
    for (const [i, lost] of nats.entries()) {
      if (!isLearned[i + 1]) continue;
      total.nats += lost;
      total.bytes += ids[i + 1] % 3;
    }
  }
  return total;
}

test('packed in the order of the file: the sums over the learned targets of each alone', () => {
  const talks = randomTalks(31, T + 1, model.vocabSize, 1);
  const files = talkFiles(talks);
  const all = files.tokens.length;
  expect(score(trainer, files, bytesOf, all)).toEqual(alone(talks));
  expect(score(trainer, files, bytesOf, all + 100)).toEqual(alone(talks));
});

test('of a part those that begin in it are scored, and whole', () => {
  const talks = randomTalks(12, T + 1, model.vocabSize, 2);
  const files = talkFiles(talks);
  let start = 0;
  for (const [i, { ids }] of talks.entries()) {
    expect(score(trainer, files, bytesOf, start)).toEqual(alone(talks.slice(0, i)));
    for (const below of [start + 1, start + ids.length])
      expect(score(trainer, files, bytesOf, below)).toEqual(alone(talks.slice(0, i + 1)));
    start += ids.length;
  }
  expect(score(trainer, talkFiles([]), bytesOf, 0)).toEqual({ nats: 0, bytes: 0 });
});
