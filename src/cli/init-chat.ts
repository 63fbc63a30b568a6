// `jikji init --chat FILE`: a recipe that tunes a model on the conversations of a file.

import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { JikjiError, quantity, shellWord, writeFileAtomic } from '../base/index.ts';
import type { FoundConversations } from '../foundry/corpus/index.ts';
import type { Checkpoints, Recipe } from '../foundry/recipe/index.ts';
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
  /** Tune on the conversations that fit into its context. */
  leaveOutLong?: boolean | undefined;
  minutes: number;
  disk: number;
  licence: string;
}

/**
 * Passes over the conversations, in at least ENOUGH_STEPS where there are as many windows. On 200 questions and answers, with five passes: of 20 steps of 16
 * windows no answer was learned, nor any to end; of 80 steps of 4, 36 of 40 and 39 of 40. With three passes, 14 of 40 (docs/first-model.md).
 */
const EPOCHS = 5;
const ENOUGH_STEPS = 80;
const MIN_STEPS = 20;
/** States that are kept at most. */
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

const ENDING = /\.(gz|jsonl|ndjson|json|parquet|csv|tsv)(\.gz)?$/i;

/** What is tuned on: the file, or beside it one of the conversations that fit. */
async function conversationsFor(
  { chat, from, leaveOutLong = false }: ChatInitOptions,
  context: number,
): Promise<{ file: string; found: FoundConversations; all: number; leftOut: number }> {
  const room = await foundry();
  const parent = from === undefined ? undefined : room.openModel(from);
  try {
    const found = await room.surveyConversations(chat, parent?.tokenizer);
    const { count, tokens = [] } = found;
    if (count === 0)
      throw new JikjiError('source-empty', 'there are no conversations in it', chat, 'name a file that has some');
    const longest = tokens.reduce((most, one) => Math.max(most, one), 0);
    const leftOut = tokens.filter((one) => one > context + 1).length;
    if (!parent || leftOut === 0) return { file: chat, found, all: count, leftOut: 0 };
    if (!leaveOutLong || leftOut === count) {
      const message = `${leftOut} of ${quantity(count, 'conversation')} have more than the ${context + 1} tokens that the context of the model to tune holds, the longest ${longest}`;
      const others = leftOut < count ? '--leave-out-long tunes on the others; or ' : '';
      const hint = `${others}train a model with --set train.sequenceLength=${64 * Math.ceil(longest / 64)}, and tune that`;
      throw new JikjiError('conversation-long', message, chat, hint);
    }
    const file = chat.replace(ENDING, '.fitting.jsonl');
    if (existsSync(file)) throw new JikjiError('file-exists', 'this file exists already', file, 'move it away');
    writeFileAtomic(file, await room.fittingConversations(chat, parent.tokenizer, context + 1));
    return { file, found: await room.surveyConversations(file, parent.tokenizer), all: count, leftOut };
  } finally {
    parent?.close();
  }
}

/** Steps and windows for conversations of which the longest has about `longest` tokens, what is held out of them, and how often the rest is read. */
function sizesFor({ bytes: said }: FoundConversations, longest: number, context: number) {
  const sequenceLength = Math.min(context, Math.max(LENGTH, 64 * Math.ceil(longest / 64)));
  const validation = Math.min(0.1, Math.max(0.01, Number((USEFUL_HELD_OUT_BYTES / said).toPrecision(2))));
  const windows = ((1 - validation) * said) / TOKEN_BYTES / sequenceLength;
  const most = Math.min(BATCH, windows, (EPOCHS * windows) / ENOUGH_STEPS);
  const batchSize = Math.max(1, Math.floor(most));
  const steps = Math.max(MIN_STEPS, Math.ceil((EPOCHS * windows) / batchSize));
  return { train: { steps, batchSize, sequenceLength }, validation, reads: Math.round((steps * batchSize) / windows) };
}

/** The states that are kept: a tuning is short, and an audit trains all of it again in little time. */
async function keptStates(
  whole: Recipe,
  { step, found, disk }: { step: { clock: number }; found: FoundConversations; disk: number },
): Promise<{ checkpoints: Checkpoints; diskBytes: number }> {
  const room = await foundry();
  const { steps } = whole.train;
  const stateBytes = room.stateBytes(whole);
  const disks = Math.min(disk * 1e9, MOST_STATES * stateBytes);
  const checkpoints = room.chooseCheckpoints({ steps, stateBytes, secondsPerStep: step.clock, diskBytes: disks });
  const texts = { steps, textBytes: found.bytes, corpusTokens: Math.round(found.bytes / TOKEN_BYTES) };
  return { checkpoints, diskBytes: room.runBytes(checkpoints, texts) };
}

/** What is said of conversations that are longer than `length` tokens. */
function lengthNotes(of: { chat: string; all: number; leftOut: number; longest: number; length: number }): string[] {
  const { chat, all, leftOut, longest, length } = of;
  if (leftOut > 0)
    return [
      `${leftOut} of ${quantity(all, 'conversation')} are longer than the context and left out: ${chat} has the others`,
    ];
  if (longest <= length + 1) return [];
  return [
    `the longest conversation may have ${longest} tokens, and ${length} fit: make refuses it then, with its place`,
  ];
}

/** Writes the recipe into the file's folder. @throws JikjiError for faults of the file and the run; `file-exists` */
export async function writeChatRecipe(options: ChatInitOptions, output: Output): Promise<void> {
  const { chat: given, from, leaveOutLong: _, ...asked } = options;
  const room = await foundry();
  const dir = dirname(resolve(given));
  const file = join(dirname(given), RECIPE);
  const exists = new JikjiError('file-exists', 'there is a recipe already', file, 'move it away, or make it as it is');
  if (existsSync(file)) throw exists;
  const run = from === undefined ? undefined : { run: relative(dir, resolve(from)) || '.' };
  const shapeOf = room.parentShape(dir);
  const shape = run && shapeOf(run).model;
  const context = shape?.maxPositionEmbeddings ?? room.MAX_CONTEXT;
  const { file: chat, found, all, leftOut } = await conversationsFor(options, context);
  const longest = found.tokens
    ? found.tokens.reduce((most, tokens) => Math.max(most, tokens), 0)
    : Math.ceil((LONGER * found.longestBytes) / TOKEN_BYTES);
  const sized = sizesFor(found, longest, context);
  const {
    validation,
    reads,
    train: { steps, sequenceLength: length },
  } = sized;
  const source = { files: basename(chat), read: 'conversations', language: found.language, licence: asked.licence };
  const seed = room.drawSeed();
  const words = [basename(given).replace(ENDING, ''), basename(dir)];
  const named = runName({ words, otherwise: 'talks', dir });
  const recipe = {
    name: named.name,
    seed,
    ...(run && { from: run }),
    corpus: { sources: [source], validation },
    train: {
      ...sized.train,
      ...{ optimizer: 'muon', learningRate: room.tuningRate(shape?.hiddenSize ?? WIDTH) },
      ...{ warmupSteps: Math.min(20, Math.ceil(steps / 10)), validateEvery: Math.ceil(steps / 5) },
    },
  };
  // All keys that are not written have their defaults: the training that is measured is the one that will be made.
  const whole = room.parseRecipe(stringify(recipe), { file, ...(run && { shapeOf }) });
  if (!output.json) output.line('Measuring how fast this machine trains ...');
  const step = await timeStep({ ...whole.tokenizer, model: whole.model, train: whole.train }, defaultThreads());
  const time = { seconds: (steps * step.idle) / room.STEPS_SHARE, secondsNow: (steps * step.clock) / room.STEPS_SHARE };
  const { checkpoints, diskBytes } = await keptStates(whole, { step, found, disk: asked.disk });
  const { checkpointEvery, keepEvery } = checkpoints;
  const open = '# from: { run: RUN } # the model to tune: without it the training begins with random weights\n';
  const text = `# Written by jikji init --chat: ${quantity(found.count, 'conversation')}, ${bytes(found.bytes)} of what is said, about ${reads} times read,
# ${sayTime(time)} of training, ${bytes(diskBytes)} of disk. Change what you like; every key that is not here has a default.
${SEED_REMARK}
${run ? '' : open}${stringify({ ...recipe, train: { ...recipe.train, checkpointEvery, keepEvery } }, { lineWidth: 0 })}`;
  const { name } = room.parseRecipe(text, { file, ...(run && { shapeOf }) });
  if (existsSync(file)) throw exists;
  writeFileAtomic(file, text);
  const about = { what: 'conversations' as const, dir, languages: [found.language] };
  const noteInput = { ...about, ...time, checkpoints, diskBytes, ...asked };
  const notes = [
    ...named.notes,
    ...sharedNotes(noteInput),
    ...overTimeNote(
      noteInput,
      `train.steps ${steps} read every conversation about ${quantity(reads, 'time')}, fewer learn less`,
    ),
    ...lengthNotes({ chat, all, leftOut, longest, length }),
    ...(run ? [] : ['no model to tune is named: write from: { run: RUN } into the recipe, or give --from RUN']),
  ];
  const expected = { unknown: room.reasonOfKind(whole) ?? '' };
  const next = `${calledAs()} make ${shellWord(file)}`;
  const training = { steps, parameters: room.parameterCount(whole), ...time, secondsPerStep: step.idle };
  const { tokens: __, ...survey } = found;
  const result = {
    recipe: file,
    name,
    seed,
    ...survey,
    leftOut,
    ...training,
    diskBytes,
    states: checkpoints.kept,
    expected,
  };
  output.result({ ...result, notes, next }, () => {
    const size = `${bytes(found.bytes)}, ${short(training.parameters)} parameters, ${quantity(steps, 'step')}`;
    output.line(`Wrote ${file}: ${quantity(found.count, 'conversation')}, ${size}.`);
    output.line(`Training will take ${sayTime(time)}.`);
    output.line(sayDisk(steps, checkpoints, diskBytes));
    output.line(room.sayExpected(expected));
    for (const note of notes) output.line(`  note: ${note}`);
    output.line(`Next:\n  ${next}`);
  });
}
