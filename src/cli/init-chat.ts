// `jikji init --chat FILE`: a recipe that tunes a model on the conversations of a file.

import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { counted, JikjiError, shellWord, writeFileAtomic } from '../base/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { overTimeNote, runName, SEED_REMARK, sayDisk, sharedNotes } from './init-shared.ts';
import { sayTime, timeStep } from './machine-sizing.ts';
import { defaultThreads } from './option-values.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { bytes, short } from './text.ts';

export interface ChatInitOptions {
  /** The file of conversations. */
  chat: string;
  /** The run to tune. */
  from?: string | undefined;
  minutes: number;
  disk: number;
  licence: string;
}

/** Passes over the conversations, where they are not so few that even the least number of steps makes more. */
const EPOCHS = 3;
const MIN_STEPS = 20;
/** States that are kept: a tuning is short, and an audit trains all of it again in little time. */
const MOST_STATES = 10;
/** At most; few conversations have fewer windows. */
const BATCH = 16;
const LENGTH = 256;
/** Tokens that the longest conversation may have, as a multiple of what its bytes come to: texts unlike a tokenizer's own make more of them. */
const LONGER = 1.5;
/** The width that a recipe has if it names none and no model to tune. */
const WIDTH = 192;
/** Bytes of what is said that make a token, the tokens around messages counted too. */
const TOKEN_BYTES = 3;
/** Bytes of held-out text for a useful figure. */
const USEFUL_HELD_OUT_BYTES = 50e3;

/** Writes the recipe into the file's folder. @throws JikjiError for faults of the file and the run; `file-exists` */
export async function writeChatRecipe({ chat, from, ...asked }: ChatInitOptions, output: Output): Promise<void> {
  const room = await foundry();
  const dir = dirname(resolve(chat));
  const file = join(dirname(chat), RECIPE);
  const exists = new JikjiError('file-exists', 'there is a recipe already', file, 'move it away, or make it as it is');
  if (existsSync(file)) throw exists;
  const found = await room.surveyConversations(chat);
  if (found.count === 0)
    throw new JikjiError('source-empty', 'there are no conversations in it', chat, 'name a file that has some');
  const run = from === undefined ? undefined : { run: relative(dir, resolve(from)) || '.' };
  const shapeOf = room.parentShape(dir);
  const shape = run && shapeOf(run).model;
  const longest = Math.ceil((LONGER * found.longestBytes) / TOKEN_BYTES);
  const context = shape?.maxPositionEmbeddings ?? room.MAX_CONTEXT;
  const length = Math.min(context, Math.max(LENGTH, 64 * Math.ceil(longest / 64)));
  const validation = Math.min(0.1, Math.max(0.01, Number((USEFUL_HELD_OUT_BYTES / found.bytes).toPrecision(2))));
  const windows = ((1 - validation) * found.bytes) / TOKEN_BYTES / length;
  const batch = Math.max(1, Math.min(BATCH, Math.floor(windows)));
  const steps = Math.max(MIN_STEPS, Math.ceil((EPOCHS * windows) / batch));
  const source = { files: basename(chat), read: 'conversations', language: found.language, licence: asked.licence };
  const seed = room.drawSeed();
  const base = basename(chat).replace(/\.(gz|jsonl|ndjson|json|parquet|csv|tsv)(\.gz)?$/i, '');
  const named = runName({ words: [base, basename(dir)], otherwise: 'talks', dir });
  const recipe = {
    name: named.name,
    seed,
    ...(run && { from: run }),
    corpus: { sources: [source], validation },
    train: {
      ...{ steps, batchSize: batch, sequenceLength: length },
      ...{ optimizer: 'muon', learningRate: room.tuningRate(shape?.hiddenSize ?? WIDTH) },
      ...{ warmupSteps: Math.min(20, Math.ceil(steps / 10)), validateEvery: Math.ceil(steps / 5) },
    },
  };
  // All keys that are not written have their defaults: the training that is measured is the one that will be made.
  const whole = room.parseRecipe(stringify(recipe), { file, ...(run && { shapeOf }) });
  if (!output.json) output.line('Measuring how fast this machine trains ...');
  const { vocabSize } = whole.tokenizer;
  const step = await timeStep({ model: whole.model, vocabSize, train: whole.train }, defaultThreads());
  const time = { seconds: (steps * step.idle) / room.STEPS_SHARE, secondsNow: (steps * step.clock) / room.STEPS_SHARE };
  const stateBytes = room.stateBytes(whole);
  const diskForStates = Math.min(asked.disk * 1e9, MOST_STATES * stateBytes);
  const checkpoints = room.chooseCheckpoints({
    steps,
    stateBytes,
    secondsPerStep: step.clock,
    diskBytes: diskForStates,
  });
  const { checkpointEvery, keepEvery } = checkpoints;
  const corpusTokens = Math.round(found.bytes / TOKEN_BYTES);
  const diskBytes = room.runBytes(checkpoints, { steps, textBytes: found.bytes, corpusTokens });
  const reads = Math.round((steps * batch) / windows);
  const open = '# from: { run: RUN } # the model to tune: without it the training begins with random weights\n';
  const text = `# Written by jikji init --chat: ${counted(found.count, 'conversation')}, ${bytes(found.bytes)} of what is said, about ${reads} times read,
# ${sayTime(time)} of training, ${bytes(diskBytes)} of disk. Change what you like; every key that is not here has a default.
${SEED_REMARK}
${run ? '' : open}${stringify({ ...recipe, train: { ...recipe.train, checkpointEvery, keepEvery } }, { lineWidth: 0 })}`;
  const { name } = room.parseRecipe(text, { file, ...(run && { shapeOf }) });
  if (existsSync(file)) throw exists;
  writeFileAtomic(file, text);
  const languages = [found.language];
  const noteInput = { what: 'conversations' as const, dir, languages, ...time, checkpoints, diskBytes, ...asked };
  const notes = [
    ...named.notes,
    ...sharedNotes(noteInput),
    ...overTimeNote(
      noteInput,
      `train.steps ${steps} read every conversation about ${counted(reads, 'time')}, fewer learn less`,
    ),
    ...(longest > length
      ? [`the longest conversation may have ${longest} tokens, and ${length} fit: make refuses it then, with its place`]
      : []),
    ...(run ? [] : ['no model to tune is named: write from: { run: RUN } into the recipe, or give --from RUN']),
  ];
  const expected = { unknown: room.reasonOfKind(whole) ?? '' };
  const next = `${calledAs()} make ${shellWord(file)}`;
  const training = { steps, parameters: room.parameterCount(whole), ...time, secondsPerStep: step.idle };
  const result = { recipe: file, name, seed, ...found, ...training, diskBytes, states: checkpoints.kept, expected };
  output.result({ ...result, notes, next }, () => {
    const size = `${bytes(found.bytes)}, ${short(training.parameters)} parameters, ${counted(steps, 'step')}`;
    output.line(`Wrote ${file}: ${counted(found.count, 'conversation')}, ${size}.`);
    output.line(`Training will take ${sayTime(time)}.`);
    output.line(sayDisk(steps, checkpoints, diskBytes));
    output.line(room.sayExpected(expected));
    for (const note of notes) output.line(`  note: ${note}`);
    output.line(`Next:\n  ${next}`);
  });
}
