// `jikji init DIR`: a recipe for the texts in a folder, sized to them, to this machine, to a time and to a disk.

import { existsSync, statfsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { counted, JikjiError, shellWord, writeFileAtomic } from '../base/index.ts';
import type { Checkpoints, Expected, FoundSource } from '../foundry/recipe/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { SEED_REMARK, writeChatRecipe } from './init-chat.ts';
import { type MachineSizing, sizeForMachine } from './machine-sizing.ts';
import { defaultThreads, number } from './option-values.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { bytes, duration, short } from './text.ts';

interface Options {
  chat?: string;
  from?: string;
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
    .option('--chat <file>', 'conversations to tune a model on, instead of a folder: .jsonl, .json or .parquet')
    .option('--from <run>', 'with --chat: the run to tune')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} init texts --minutes 30 --licence CC-BY-4.0\n  $ ${calledAs()} init --chat talks.jsonl --from runs/hello`,
    )
    .action((dir: string | undefined, { chat, from, ...options }: Options) => {
      if (chat !== undefined && dir === undefined) return writeChatRecipe({ chat, from, ...options }, output);
      if (dir !== undefined && chat === undefined && from === undefined) return writeRecipe(dir, options, output);
      const hint = 'init DIR, or init --chat FILE --from RUN';
      throw new JikjiError('usage', 'init takes a folder, or --chat with a file', dir ?? from ?? 'init', hint);
    });
}

/** A recipe and the estimates of its run. */
interface Plan {
  seed: number;
  sources: FoundSource[];
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
  const { checkEncodings, chooseCheckpoints, filesDifficulty, parseRecipe, runBytes, sayExpected, surveyFolder } = room;
  const sources = surveyFolder(dir);
  const textBytes = sources.reduce((sum, source) => sum + source.bytes, 0);
  if (!output.json) output.line('Reading the texts ...');
  const recipeSources = sources.map(({ files, read, field, language }) => ({
    files,
    read,
    ...(field !== undefined && { field }),
    language,
    licence,
  }));
  const weighted = recipeSources.map((source) => ({ ...source, weight: 1 }));
  const inPart = await checkEncodings(weighted, dir);
  const difficulty = await filesDifficulty(weighted, dir, textBytes);
  if (!output.json) output.line('Measuring how fast this machine trains ...');
  const sizing = await sizeForMachine(textBytes, minutes * 60, defaultThreads());
  const { steps, stateBytes, corpusTokens, secondsPerStep } = sizing;
  const checkpoints = chooseCheckpoints({ steps, stateBytes, secondsPerStep, diskBytes: disk * 1e9 });
  const diskBytes = runBytes(checkpoints, { steps, textBytes, corpusTokens });
  const validation = shareFor(textBytes);
  const heldOutBytes = Math.round(validation * textBytes);
  const expected = await expectationOf(sizing, difficulty, 1 - validation);
  const seed = room.drawSeed();
  const plan = { seed, sources, textBytes, validation, heldOutBytes, sizing, checkpoints, diskBytes, expected };

  const text = recipeText(nameFor(dir), recipeSources, plan);
  const recipe = parseRecipe(text, { file }); // checks that the file is readable, whatever the licence's name
  if (existsSync(file)) throw exists;
  writeFileAtomic(file, text);

  const notes = notesOn(plan, { dir, licence, disk, inPart });
  const next = `${calledAs()} make ${shellWord(file)}`;
  output.result(
    {
      recipe: file,
      name: recipe.name,
      seed,
      sources,
      textBytes,
      trainingBytes: textBytes - heldOutBytes,
      heldOutBytes,
      steps,
      parameters: sizing.parameters,
      trainingTokens: sizing.trainingTokens,
      expected,
      seconds: sizing.seconds,
      secondsPerStep,
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
  const files = plan.sources.reduce((sum, source) => sum + source.count, 0);
  const recipe = {
    name,
    seed: plan.seed,
    corpus: { sources, validation: plan.validation },
    tokenizer: { vocabSize },
    model: { architecture, hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads },
    train: { ...training, checkpointEvery, keepEvery },
  };
  return `# Written by jikji init: ${counted(files, 'file')}, about ${bytes(textBytes)} of text, ${short(sizing.parameters)} parameters,
# about ${duration(sizing.seconds)} of training, ${bytes(diskBytes)} of disk. Change what you like; every key that is not here has a default.
${SEED_REMARK}
${stringify(recipe, { lineWidth: 0 })}`;
}

/** Warnings and advice. `inPart`: how many files were checked at their start only. */
function notesOn(
  { sources, heldOutBytes, diskBytes, checkpoints: { stateBytes } }: Plan,
  { dir, licence, disk, inPart }: { dir: string; licence: string; disk: number; inPart: number },
): string[] {
  const notes: string[] = [];
  if (licence === 'unknown')
    notes.push('the licence of the texts is not stated: write it into the recipe, or --licence NAME');
  if (sources.some((source) => source.language === 'und'))
    notes.push('language und means not known: write it into the recipe');
  if (heldOutBytes < USEFUL_HELD_OUT_BYTES / 5)
    notes.push(`only about ${bytes(heldOutBytes)} of text will be held out: the validation figure will be rough`);
  if (inPart > 0) notes.push(`of ${counted(inPart, 'long file')} only the start was checked to be UTF-8`);
  if (stateBytes > disk * 1e9)
    notes.push(`one state takes ${bytes(stateBytes)}, more than --disk ${disk}: the last one stays all the same`);
  const free = freeBytes(dir);
  if (free !== undefined && free < diskBytes + stateBytes)
    notes.push(`only ${bytes(free)} are free in ${dir}: make the run on another disk with --out, or lower --disk`);
  return notes;
}

/** The plan for people. */
function planLines(file: string, plan: Plan): string[] {
  const { sources, textBytes, heldOutBytes, sizing, diskBytes } = plan;
  const { steps, parameters, trainingTokens, corpusTokens } = sizing;
  const { checkpointEvery, keepEvery, kept, stateBytes } = plan.checkpoints;
  const heldOut = Number((100 * plan.validation).toPrecision(2));
  const between = counted(Math.min(steps, checkpointEvery * keepEvery), 'step');
  return [
    ...sources.map(
      ({ files, count, bytes: size, read, language }) =>
        `  ${files}  ${counted(count, 'file')}, about ${bytes(size)}, ${read}, ${language}`,
    ),
    `Wrote ${file}: ${short(parameters)} parameters, ${counted(steps, 'step')}, ${short(trainingTokens)} tokens (${(trainingTokens / corpusTokens).toFixed(1)} times the text)`,
    `About ${bytes(textBytes - heldOutBytes)} to train on, ${bytes(heldOutBytes)} held out (${heldOut}%).`,
    `Training will take about ${duration(sizing.seconds)} on an idle machine: the fastest of ${sizing.measured} steps counted.`,
    `The run will take about ${bytes(diskBytes)} of disk: ${counted(kept, 'state')} of ${bytes(stateBytes)} ${kept === 1 ? 'stays' : 'stay'}, one for every ${between}.`,
  ];
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function nameFor(dir: string): string {
  const name = basename(resolve(dir))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '');
  return name.slice(0, 100) || 'texts';
}
