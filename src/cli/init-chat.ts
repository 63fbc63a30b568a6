// `jikji init --chat FILE`: a recipe that tunes a model on the conversations of a file.

import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { counted, JikjiError, shellWord, writeFileAtomic } from '../base/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { bytes } from './text.ts';

export interface ChatInitOptions {
  /** The file of conversations. */
  chat: string;
  /** The run to tune. */
  from?: string | undefined;
  licence: string;
}

/** Why a seed stands in a recipe that nobody has made yet. */
export const SEED_REMARK =
  '# The seed was drawn for this recipe: with it the recipe makes the same run again. Without one each run draws its own.';

/** Passes over the conversations, where they are not so few that even the least number of steps makes more. */
const EPOCHS = 3;
const MIN_STEPS = 20;
/** At most; few conversations have fewer windows. */
const BATCH = 16;
const LENGTH = 256;
/** The width that a recipe has if it names none and no model to tune. */
const WIDTH = 192;
/** Bytes of what is said that make a token, the tokens around messages counted too. */
const TOKEN_BYTES = 3;
/** Bytes of held-out text for a useful figure. */
const USEFUL_HELD_OUT_BYTES = 50e3;

/** Writes the recipe into the file's folder. @throws JikjiError for faults of the file and the run; `file-exists` */
export async function writeChatRecipe({ chat, from, licence }: ChatInitOptions, output: Output): Promise<void> {
  const { drawSeed, parentShape, parseRecipe, surveyConversations, tuningRate } = await foundry();
  const dir = dirname(resolve(chat));
  const file = join(dirname(chat), RECIPE);
  const exists = new JikjiError('file-exists', 'there is a recipe already', file, 'move it away, or make it as it is');
  if (existsSync(file)) throw exists;
  const found = await surveyConversations(chat);
  if (found.count === 0)
    throw new JikjiError('source-empty', 'there are no conversations in it', chat, 'name a file that has some');
  const run = from === undefined ? undefined : { run: relative(dir, resolve(from)) || '.' };
  const shape = run && parentShape(dir)(run).model;
  const length = shape ? Math.min(LENGTH, shape.maxPositionEmbeddings) : LENGTH;
  const validation = Math.min(0.1, Math.max(0.01, Number((USEFUL_HELD_OUT_BYTES / found.bytes).toPrecision(2))));
  const windows = ((1 - validation) * found.bytes) / TOKEN_BYTES / length;
  const batch = Math.max(1, Math.min(BATCH, Math.floor(windows)));
  const steps = Math.max(MIN_STEPS, Math.ceil((EPOCHS * windows) / batch));
  const source = { files: basename(chat), read: 'conversations', language: found.language, licence };
  const seed = drawSeed();
  const recipe = {
    seed,
    ...(run && { from: run }),
    corpus: { sources: [source], validation },
    train: {
      ...{ steps, batchSize: batch, sequenceLength: length },
      ...{ optimizer: 'muon', learningRate: tuningRate(shape?.hiddenSize ?? WIDTH) },
      ...{ warmupSteps: Math.min(20, Math.ceil(steps / 10)), validateEvery: Math.ceil(steps / 5) },
      checkpointEvery: Math.ceil(steps / 10),
    },
  };
  const open = '# from: { run: RUN } # the model to tune: without it the training begins with random weights\n';
  const text = `# Written by jikji init --chat: ${counted(found.count, 'conversation')}, ${bytes(found.bytes)} of what is said, about ${Math.round((steps * batch) / windows)} times read.
${SEED_REMARK}
${run ? '' : open}${stringify(recipe, { lineWidth: 0 })}`;
  const { name } = parseRecipe(text, { file, ...(run && { shapeOf: parentShape(dir) }) });
  if (existsSync(file)) throw exists;
  writeFileAtomic(file, text);
  const notes = [
    ...(licence === 'unknown' ? ['the licence of the conversations is not stated: write it into the recipe'] : []),
    ...(found.language === 'und' ? ['language und means not known: write it into the recipe'] : []),
    ...(run ? [] : ['no model to tune is named: write from: { run: RUN } into the recipe, or give --from RUN']),
  ];
  const next = `${calledAs()} make ${shellWord(file)}`;
  output.result({ recipe: file, name, seed, ...found, steps, notes, next }, () => {
    output.line(
      `Wrote ${file}: ${counted(found.count, 'conversation')}, ${bytes(found.bytes)}, ${counted(steps, 'step')}.`,
    );
    for (const note of notes) output.line(`  note: ${note}`);
    output.line(`Next:\n  ${next}`);
  });
}
