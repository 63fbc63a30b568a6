// `jikji init DIR`: a recipe for the texts in a folder, sized to them, to this machine, to a time and to a disk.

import { existsSync, statfsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { JikjiError, writeFileAtomic } from '../base/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { calledAs, shellWord } from './called-as.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { sizeHere } from './size-here.ts';
import { bytes, counted, duration, short } from './text.ts';
import { defaultThreads, number } from './values.ts';

interface Options {
  minutes: number;
  disk: number;
  licence: string;
}

/** Held-out text that gives a figure worth reading, in bytes; a hundredth of the text where that is more, at most a tenth. */
const WORTH_MEASURING = 50e3;

/** A share of two digits. */
const shareFor = (textBytes: number): number =>
  Math.min(0.1, Math.max(0.01, Number((WORTH_MEASURING / Math.max(1, textBytes)).toPrecision(2))));

export function addInit(program: Command, output: Output): void {
  program
    .command('init')
    .summary('write a recipe for the texts in a folder')
    .description('Writes DIR/recipe.yaml for the texts in DIR, sized to them and to this machine.')
    .argument('<dir>', 'a folder with .txt, .md, .json, .jsonl or .jsonl.gz files')
    .option('--minutes <n>', 'how long the training may take', number('--minutes', 0.1, 1_000_000), 10)
    .option(
      '--disk <GB>',
      'disk for the states that stay: many make audits fine and cheap',
      number('--disk', 0.01, 1e6),
      2,
    )
    .option('--licence <name>', 'the licence of the texts', 'unknown')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} init texts --minutes 30 --licence CC-BY-4.0`)
    .action(async (dir: string, { minutes, disk, licence }: Options) => {
      const file = join(dir, RECIPE);
      const exists = new JikjiError(
        'file-exists',
        'there is a recipe already',
        file,
        'move it away, or make it as it is',
      );
      if (existsSync(file)) throw exists;
      const { checkEncodings, chooseCheckpoints, parseRecipe, runBytes, surveyFolder } = await foundry();
      const sources = surveyFolder(dir);
      const textBytes = sources.reduce((sum, source) => sum + source.bytes, 0);
      const files = sources.reduce((sum, source) => sum + source.count, 0);
      if (!output.json) output.line('Reading the texts ...');
      const named = sources.map(({ files, read, field, language }) => ({
        files,
        read,
        ...(field !== undefined && { field }),
        language,
        licence,
      }));
      const inPart = await checkEncodings(
        named.map((source) => ({ ...source, weight: 1 })),
        dir,
      );
      if (!output.json) output.line('Measuring how fast this machine trains ...');
      const sizing = await sizeHere(textBytes, minutes * 60, defaultThreads());
      const { steps, parameters, trainingTokens, corpusTokens, secondsPerStep, seconds } = sizing;
      const checkpoints = chooseCheckpoints({ steps, parameters, secondsPerStep, diskBytes: disk * 1e9 });
      const { checkpointEvery, keepEvery, kept, stateBytes } = checkpoints;
      const diskBytes = runBytes(checkpoints, { steps, textBytes, corpusTokens });
      const validation = shareFor(textBytes);
      const heldOutBytes = Math.round(validation * textBytes);

      const text = `# Written by jikji init: ${counted(files, 'file')}, about ${bytes(textBytes)} of text, ${short(parameters)} parameters,
# about ${duration(seconds)} of training, ${bytes(diskBytes)} of disk. Change what you like; every key that is not here has a default.
${stringify(
  {
    name: nameFor(dir),
    corpus: { sources: named, validation },
    tokenizer: { vocabSize: sizing.vocabSize },
    model: {
      hiddenSize: sizing.hiddenSize,
      intermediateSize: sizing.intermediateSize,
      numHiddenLayers: sizing.numHiddenLayers,
      numAttentionHeads: sizing.numAttentionHeads,
      numKeyValueHeads: sizing.numKeyValueHeads,
    },
    train: {
      steps,
      batchSize: sizing.batchSize,
      sequenceLength: sizing.sequenceLength,
      learningRate: sizing.learningRate,
      warmupSteps: sizing.warmupSteps,
      validateEvery: sizing.validateEvery,
      checkpointEvery,
      keepEvery,
    },
  },
  { lineWidth: 0 },
)}`;
      const recipe = parseRecipe(text, { file }); // what we write must be readable, whatever the licence's name
      if (existsSync(file)) throw exists;
      writeFileAtomic(file, text);

      const notes: string[] = [];
      if (licence === 'unknown')
        notes.push('the licence of the texts is not stated: write it into the recipe, or --licence NAME');
      if (sources.some((source) => source.language === 'und'))
        notes.push('language und means not known: write it into the recipe');
      if (heldOutBytes < WORTH_MEASURING / 5)
        notes.push(`only about ${bytes(heldOutBytes)} of text will be held out: the validation figure will be rough`);
      if (inPart > 0) notes.push(`of ${counted(inPart, 'long file')} only the start was checked to be UTF-8`);
      if (stateBytes > disk * 1e9)
        notes.push(`one state takes ${bytes(stateBytes)}, more than --disk ${disk}: the last one stays all the same`);
      const free = freeBytes(dir);
      if (free !== undefined && free < diskBytes + stateBytes)
        notes.push(`only ${bytes(free)} are free in ${dir}: make the run on another disk with --out, or lower --disk`);
      const next = `${calledAs()} make ${shellWord(file)}`;
      output.result(
        {
          recipe: file,
          name: recipe.name,
          sources,
          textBytes,
          trainingBytes: textBytes - heldOutBytes,
          heldOutBytes,
          steps,
          parameters,
          trainingTokens,
          seconds,
          secondsPerStep,
          diskBytes,
          states: kept,
          notes,
          next,
        },
        () => {
          for (const source of sources) {
            output.line(
              `  ${source.files}  ${counted(source.count, 'file')}, about ${bytes(source.bytes)}, ${source.read}, ${source.language}`,
            );
          }
          output.line(
            `Wrote ${file}: ${short(parameters)} parameters, ${counted(steps, 'step')}, ${short(trainingTokens)} tokens (${(trainingTokens / corpusTokens).toFixed(1)} times the text)`,
          );
          output.line(
            `About ${bytes(textBytes - heldOutBytes)} to train on, ${bytes(heldOutBytes)} held out (${Number((100 * validation).toPrecision(2))}%).`,
          );
          output.line(
            `Training will take about ${duration(seconds)} on an idle machine: the fastest of ${sizing.measured} steps counted.`,
          );
          output.line(
            `The run will take about ${bytes(diskBytes)} of disk: ${counted(kept, 'state')} of ${bytes(stateBytes)} ${kept === 1 ? 'stays' : 'stay'}, one for every ${counted(Math.min(steps, checkpointEvery * keepEvery), 'step')}.`,
          );
          for (const note of notes) output.line(`  note: ${note}`);
          output.line(`Next:\n  ${next}`);
        },
      );
    });
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
