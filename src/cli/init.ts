// `jikji init DIR`: a recipe for the texts in a folder, sized to them, to this machine and to a time.

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { JikjiError, writeFileAtomic } from '../base/index.ts';
import { calledAs, shellWord } from './called-as.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { bytes, count, duration, short } from './text.ts';
import { defaultThreads, number } from './values.ts';

interface Options {
  minutes: number;
  licence: string;
}

export function addInit(program: Command, output: Output): void {
  program
    .command('init')
    .summary('write a recipe for the texts in a folder')
    .description('Writes DIR/recipe.yaml for the texts in DIR, sized to them and to this machine.')
    .argument('<dir>', 'a folder with .txt, .md, .json, .jsonl or .jsonl.gz files')
    .option('--minutes <n>', 'how long the training may take', number('--minutes', 0.1, 1_000_000), 10)
    .option('--licence <name>', 'the licence of the texts', 'unknown')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} init texts --minutes 30 --licence CC-BY-4.0`)
    .action(async (dir: string, { minutes, licence }: Options) => {
      const file = join(dir, 'recipe.yaml');
      const exists = new JikjiError(
        'file-exists',
        'there is a recipe already',
        file,
        'move it away, or make it as it is',
      );
      if (existsSync(file)) throw exists;
      const { benchShape, parseRecipe, sizeFor, surveyFolder } = await foundry();
      const sources = surveyFolder(dir);
      const textBytes = sources.reduce((sum, source) => sum + source.bytes, 0);
      const documents = sources.reduce((sum, source) => sum + source.count, 0);
      if (!output.json) output.line('Measuring how fast this machine trains ...');
      const flopsPerSecond = benchShape({ shape: 's', threads: defaultThreads(), steps: 2 }).gflops * 1e9;
      const sizing = sizeFor({ textBytes, flopsPerSecond, seconds: minutes * 60 });
      const records = sources.some((source) => source.read !== 'text' && source.read !== 'markdown');
      // Few documents: a hundredth of them may be none.
      const validation = records ? 0.01 : Math.min(0.2, Math.max(0.01, Number((20 / documents).toPrecision(1))));

      const text = `# Written by jikji init: ${count(documents)} files, about ${bytes(textBytes)} of text, ${short(sizing.parameters)} parameters,
# about ${duration(sizing.seconds)} of training at ${short(flopsPerSecond)}FLOP/s. Change what you like; every key that is not here has a default.
${stringify(
  {
    name: nameFor(dir),
    corpus: {
      sources: sources.map(({ files, read, field, language }) => ({
        files,
        read,
        ...(field !== undefined && { field }),
        language,
        licence,
      })),
      validation,
    },
    tokenizer: { vocabSize: sizing.vocabSize },
    model: {
      hiddenSize: sizing.hiddenSize,
      intermediateSize: sizing.intermediateSize,
      numHiddenLayers: sizing.numHiddenLayers,
      numAttentionHeads: sizing.numAttentionHeads,
      numKeyValueHeads: sizing.numKeyValueHeads,
    },
    train: {
      steps: sizing.steps,
      batchSize: sizing.batchSize,
      sequenceLength: sizing.sequenceLength,
      learningRate: sizing.learningRate,
      warmupSteps: sizing.warmupSteps,
      validateEvery: sizing.validateEvery,
      checkpointEvery: sizing.checkpointEvery,
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
      if (!records && documents < 20)
        notes.push(`only ${documents} documents: validation takes whole ones, so its figure will be rough`);
      const next = `${calledAs()} make ${shellWord(file)}`;
      const { steps, parameters, trainingTokens, seconds } = sizing;
      output.result(
        {
          recipe: file,
          name: recipe.name,
          sources,
          textBytes,
          steps,
          parameters,
          trainingTokens,
          seconds,
          notes,
          next,
        },
        () => {
          for (const source of sources) {
            output.line(
              `  ${source.files}  ${count(source.count)} ${source.count === 1 ? 'file' : 'files'}, about ${bytes(source.bytes)}, ${source.read}, ${source.language}`,
            );
          }
          output.line(
            `Wrote ${file}: ${short(parameters)} parameters, ${count(steps)} steps, ${short(trainingTokens)} tokens (${(trainingTokens / sizing.corpusTokens).toFixed(1)} times the text)`,
          );
          output.line(`Training will take about ${duration(seconds)}.`);
          for (const note of notes) output.line(`  note: ${note}`);
          output.line(`Next:\n  ${next}`);
        },
      );
    });
}

function nameFor(dir: string): string {
  const name = basename(resolve(dir))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '');
  return name.slice(0, 100) || 'texts';
}
