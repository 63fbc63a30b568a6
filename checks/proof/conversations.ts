// A training on conversations and text, and its figures of what is held out, for the Python that follows docs/arithmetic.md to do again.

import { scoreHeldOut } from '../../src/foundry/index.ts';
import type { ModelConfig } from '../../src/foundry/model/index.ts';
import { Batches, Trainer } from '../../src/foundry/train/index.ts';
import { randomTalks, talkFiles } from '../../src/foundry/train/testing/conversations.ts';
import { randomTokens, reader, smallModel, smallTraining } from '../../src/foundry/train/testing/small.ts';
import { bits64 } from '../../src/ledger/index.ts';

const SEED = 1377;
const VALIDATION_TOKENS = 150;

/** Windows of more than one block of queries, groups that a micro-batch does not divide. */
const TRAIN = smallTraining({
  ...{ steps: 4, batchSize: 6, microBatchSize: 2, gradientGroups: 2, sequenceLength: 61, gradClip: 0.5 },
});

const read = (
  files: Pick<ReturnType<typeof talkFiles>, 'tokens'> & { marks?: ReturnType<typeof talkFiles>['marks'] },
) => ({
  ids: [...files.tokens.read(0, files.tokens.length)],
  marks: files.marks ? [...files.marks.read(0, files.marks.length)] : null,
});

/** What is given to both, and what comes of it here. */
export function trainOnConversations(architecture: string) {
  const model: ModelConfig = smallModel({
    ...{ architecture, vocabSize: 71, hiddenSize: 24, intermediateSize: 37, numAttentionHeads: 4, numKeyValueHeads: 2 },
    tieWordEmbeddings: architecture !== 'qwen2',
  });
  const talks = (count: number, seed: number) => talkFiles(randomTalks(count, 62, model.vocabSize, seed));
  const sources = [
    { ...talks(20, 1), weight: 1 },
    { tokens: reader(randomTokens(400, model.vocabSize, 2)), weight: 0.4 },
    { ...talks(9, 3), weight: 1.5 },
  ];
  const heldOut = [talks(5, 4), { tokens: reader(randomTokens(150, model.vocabSize, 5)) }, talks(4, 6)];
  const trainer = new Trainer(model, TRAIN, { threads: 2 });
  try {
    trainer.initialise(SEED);
    const batches = new Batches(sources, SEED, TRAIN.sequenceLength);
    const steps = Array.from({ length: TRAIN.steps }, () => {
      const { batch, loss, gradNorm } = trainer.next(batches);
      return [batch, bits64(loss), bits64(gradNorm), trainer.stateRoot()];
    });
    const bytesOf = new Uint32Array(model.vocabSize).fill(1);
    const { bitsPerByte, bySource } = scoreHeldOut(trainer, heldOut, bytesOf, VALIDATION_TOKENS);
    const given = {
      ...{ model, train: TRAIN, vocabulary: model.vocabSize, seed: SEED, validationTokens: VALIDATION_TOKENS },
      sources: sources.map((source) => ({ ...read(source), weight: source.weight })),
      heldOut: heldOut.map(read),
    };
    return { given, found: { steps, figures: [bitsPerByte, ...bySource] } };
  } finally {
    trainer.close();
  }
}
