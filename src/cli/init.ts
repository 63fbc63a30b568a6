// `jikji init DIR`: a recipe for the texts in a folder, sized to them, to this machine, to a time and to a disk.

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { JikjiError, quantity, shellWord, writeFileAtomic } from '../base/index.ts';
import type { Checkpoints, Expected, FoundTexts } from '../foundry/recipe/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { writeChatRecipe } from './init-chat.ts';
import { chatCall, overTimeNote, runName, SEED_REMARK, sayDisk, sharedNotes } from './init-shared.ts';
import { type MachineSizing, sayTime, sizeForMachine } from './machine-sizing.ts';
import { defaultThreads, number } from './option-values.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { bytes, short } from './text.ts';

interface Options {
  chat?: string;
  from?: string;
  leaveOutLong?: boolean;
  minutes: number;
  disk: number;
  licence: string;
}

/** Bytes of held-out text for a useful validation figure. The share stays between a hundredth and a tenth of the text. */
const USEFUL_HELD_OUT_BYTES = 50e3;

/** The share of text to hold out, rounded to two digits. */
const shareFor = (textBytes: number): number =>
  Math.min(0.1, Math.max(0.01, Number((USEFUL_HELD_OUT_BYTES / Math.max(1, textBytes)).toPrecision(2))));

export function addInit(program: Command, output: Output): void {
  program
    .command('init')
    .description(
      'Writes DIR/recipe.yaml for the texts in DIR, sized to them and to this machine; with --chat one beside FILE that tunes a model on its conversations.',
    )
    .argument('[dir]', 'a folder with .txt, .md, .json, .jsonl or .jsonl.gz files')
    .option('--minutes <n>', 'how long the training may take', number('--minutes', 0.1, 1_000_000), 10)
    .option(
      '--disk <GB>',
      'disk for the states that stay: many make audits fine and cheap',
      number('--disk', 0.01, 1e6),
      2,
    )
    .option('--licence <name>', 'the licence of the texts', 'unknown')
    .option(
      '--chat <file>',
      'conversations to tune a model on, instead of a folder: .jsonl, .json, .parquet, .csv or .tsv',
    )
    .option('--from <run>', 'with --chat: the run to tune')
    .option('--leave-out-long', 'with --chat: tune on the conversations that fit into its context')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} init texts --minutes 30 --licence CC-BY-4.0\n  $ ${calledAs()} init --chat talks.jsonl --from runs/hello`,
    )
    .action((dir: string | undefined, { chat, from, leaveOutLong, ...options }: Options) => {
      if (chat !== undefined && dir === undefined)
        return writeChatRecipe({ chat, from, leaveOutLong, ...options }, output);
      if (dir !== undefined && chat === undefined && from === undefined) return writeRecipe(dir, options, output);
      const hint = 'init DIR, or init --chat FILE --from RUN';
      throw new JikjiError('usage', 'init takes a folder, or --chat with a file', dir ?? from ?? 'init', hint);
    });
}

/** A recipe and the estimates of its run. */
interface Plan {
  seed: number;
  found: FoundTexts;
  /** Bytes of the files, unpacked, and of what their readers keep of them. */
  fileBytes: number;
  textBytes: number;
  /** Share of the text that is held out, and its bytes. */
  validation: number;
  heldOutBytes: number;
  sizing: MachineSizing;
  checkpoints: Checkpoints;
  /** Disk space of the run. */
  diskBytes: number;
  expected: Expected;
}

async function writeRecipe(dir: string, options: Options, output: Output): Promise<void> {
  const { minutes, disk, licence } = options;
  const file = join(dir, RECIPE);
  const exists = new JikjiError('file-exists', 'there is a recipe already', file, 'move it away, or make it as it is');
  if (existsSync(file)) throw exists;
  const room = await foundry();
  const { checkEncodings, chooseCheckpoints, parseRecipe, runBytes, sayExpected, surveyText } = room;
  const { found, talks } = await survey(dir);
  const fileBytes = found.sources.reduce((sum, source) => sum + source.bytes, 0);
  if (!output.json) output.line('Reading the texts ...');
  const recipeSources = found.sources.map(({ files, read, field, language }) => ({
    files,
    read,
    ...(field !== undefined && { field }),
    language,
    licence,
  }));
  const weighted = recipeSources.map((source) => ({ ...source, weight: 1 }));
  const inPart = await checkEncodings(weighted, dir);
  const { difficulty, bytes: textBytes } = await surveyText(weighted, dir, fileBytes);
  const validation = shareFor(textBytes);
  const heldOutBytes = Math.round(validation * textBytes);
  if (textBytes < room.LEAST_TEXT_BYTES) {
    const message = `about ${quantity(textBytes, 'byte')} of text are less than one step of a training reads`;
    const add = `add texts: ${room.LEAST_TEXT_BYTES} bytes at the least, a million for a model that writes words`;
    throw new JikjiError('corpus-too-small', message, dir, [add, ...talks].join('; '));
  }
  if (!output.json) output.line('Measuring how fast this machine trains ...');
  const sizing = await sizeForMachine(textBytes, minutes * 60, defaultThreads());
  const { steps, stateBytes, corpusTokens, secondsPerStep } = sizing;
  const checkpoints = chooseCheckpoints({
    steps,
    stateBytes,
    secondsPerStep: secondsPerStep.clock,
    diskBytes: disk * 1e9,
  });
  const diskBytes = runBytes(checkpoints, { steps, textBytes, corpusTokens });
  const expected = await expectationOf(sizing, difficulty, 1 - validation);
  const plan = {
    seed: room.drawSeed(),
    found,
    fileBytes,
    textBytes,
    validation,
    heldOutBytes,
    sizing,
    checkpoints,
    diskBytes,
    expected,
  };

  const named = runName({ words: [basename(resolve(dir))], otherwise: 'texts', dir });
  const text = recipeText(named.name, recipeSources, plan);
  const recipe = parseRecipe(text, { file }); // checks that the file is readable, whatever the licence's name
  if (existsSync(file)) throw exists;
  writeFileAtomic(file, text);

  const otherFiles = room.sayOtherFiles(found.otherFiles);
  const notes = [...named.notes, ...talks, ...notesOn(plan, { dir, licence, minutes, disk, inPart, otherFiles })];
  const next = `${calledAs()} make ${shellWord(file)}`;
  output.result(
    {
      recipe: file,
      name: recipe.name,
      seed: plan.seed,
      ...found,
      textBytes,
      trainingBytes: textBytes - heldOutBytes,
      heldOutBytes,
      steps,
      parameters: sizing.parameters,
      trainingTokens: sizing.trainingTokens,
      expected,
      seconds: sizing.seconds,
      secondsNow: sizing.secondsNow,
      secondsPerStep: secondsPerStep.idle,
      diskBytes,
      states: checkpoints.kept,
      notes,
      next,
    },
    () => {
      output.lines(planLines(file, plan));
      output.line(sayExpected(expected));
      for (const note of notes) output.line(`  note: ${note}`);
      output.line(`Next:\n  ${next}`);
    },
  );
}

/** The texts of a folder; `talks`: what to call instead, if one of its files holds conversations. */
async function survey(dir: string): Promise<{ found: FoundTexts; talks: string[] }> {
  const { surveyFolder } = await foundry();
  try {
    const found = surveyFolder(dir);
    const talks = await chatCall(dir);
    return { found, talks: talks?.isSure ? [talks.words] : [] };
  } catch (error) {
    const talks = error instanceof JikjiError && error.code === 'no-texts' ? await chatCall(dir) : undefined;
    throw talks ? (error as JikjiError).reworded({ hint: `${(error as JikjiError).hint}; ${talks.words}` }) : error;
  }
}

/** What the training will reach. `share` is the part of the text to train on. */
async function expectationOf(sizing: MachineSizing, difficulty: number | undefined, share: number): Promise<Expected> {
  const { expectedBitsPerByte, flopsPerToken } = await foundry();
  const { corpusTokens, trainingTokens: tokens, vocabSize, sequenceLength, hiddenSize } = sizing;
  const flops = tokens * flopsPerToken({ model: sizing.model, tokenizer: { vocabSize } }, sequenceLength);
  return expectedBitsPerByte({
    difficulty: () => difficulty,
    corpusTokens: share * corpusTokens,
    tokens,
    flops,
    hiddenSize,
    train: sizing,
  });
}

/** The recipe as it stands in the file. `sources` are its sources as a recipe names them. */
function recipeText(name: string, sources: readonly object[], plan: Plan): string {
  const { sizing, textBytes, diskBytes } = plan;
  const { vocabSize, hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads } = sizing;
  const { steps, batchSize, sequenceLength, optimizer, momentum, learningRate, warmupSteps, validateEvery } = sizing;
  const { architecture } = sizing.model;
  const { checkpointEvery, keepEvery } = plan.checkpoints;
  const training = { steps, batchSize, sequenceLength, optimizer, momentum, learningRate, warmupSteps, validateEvery };
  const files = plan.found.sources.reduce((sum, source) => sum + source.count, 0);
  const recipe = {
    name,
    seed: plan.seed,
    corpus: { sources, validation: plan.validation },
    tokenizer: { vocabSize },
    model: { architecture, hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads },
    train: { ...training, checkpointEvery, keepEvery },
  };
  return `# Written by jikji init: ${quantity(files, 'file')}, about ${bytes(textBytes)} of text, ${short(sizing.parameters)} parameters,
# ${sayTime(sizing)} of training, ${bytes(diskBytes)} of disk. Change what you like; every key that is not here has a default.
${SEED_REMARK}
${stringify(recipe, { lineWidth: 0 })}`;
}

/** Warnings and advice. `inPart`: how many files were checked at their start only; `otherFiles`: those that no reader takes, in words. */
function notesOn(
  { found: { sources }, heldOutBytes, sizing: { seconds }, diskBytes, checkpoints }: Plan,
  {
    dir,
    inPart,
    otherFiles,
    ...asked
  }: { dir: string; inPart: number; otherFiles: string } & Omit<Options, 'chat' | 'from' | 'leaveOutLong'>,
): string[] {
  const languages = sources.map(({ language }) => language);
  const notes = sharedNotes({ what: 'texts', dir, languages, seconds, checkpoints, diskBytes, ...asked });
  notes.push(...overTimeNote({ seconds, ...asked }, 'fewer steps would teach next to nothing'));
  if (otherFiles !== '') notes.push(`not read: ${otherFiles}`);
  if (heldOutBytes < USEFUL_HELD_OUT_BYTES / 5)
    notes.push(`only about ${bytes(heldOutBytes)} of text will be held out: the validation figure will be rough`);
  if (inPart > 0) notes.push(`of ${quantity(inPart, 'long file')} only the start was checked to be UTF-8`);
  return notes;
}

/** The plan for people. */
function planLines(file: string, plan: Plan): string[] {
  const { found, fileBytes, textBytes, heldOutBytes, sizing, diskBytes } = plan;
  const { steps, parameters, trainingTokens, corpusTokens } = sizing;
  const heldOut = Number((100 * plan.validation).toPrecision(2));
  return [
    ...found.sources.map(
      ({ files, count, bytes: size, read, language }) =>
        `  ${files}  ${quantity(count, 'file')}, about ${bytes(size)}, ${read}, ${language}`,
    ),
    `Wrote ${file}: ${short(parameters)} parameters, ${quantity(steps, 'step')}, ${short(trainingTokens)} tokens (${(trainingTokens / corpusTokens).toFixed(1)} times the text)`,
    ...(textBytes < 0.95 * fileBytes
      ? [`Of the files ${bytes(textBytes)} are text; the rest is code, markup and what stands around it.`]
      : []),
    `About ${bytes(textBytes - heldOutBytes)} to train on, ${bytes(heldOutBytes)} held out (${heldOut}%), duplicates counted.`,
    `Training will take ${sayTime(sizing)}.`,
    sayDisk(steps, plan.checkpoints, diskBytes),
  ];
}
