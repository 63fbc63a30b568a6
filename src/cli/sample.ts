// `jikji sample MODEL --prompt TEXT`: continues a text with a model, printing it as it arrives.

import type { Command } from 'commander';
import { calledAs } from './called-as.ts';
import { defaultThreads, number, parseThreads, threadsOption, wholeNumber } from './option-values.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { stripControls } from './text.ts';

interface Options {
  prompt: string;
  maxTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  threads: number;
}

export function addSample(program: Command, output: Output): void {
  program
    .command('sample')
    .summary('continue a text with a model')
    .description('Continues a text. The same model, prompt, options and seed give the same text.')
    .argument('<model>', 'a run folder or a Hugging Face model folder')
    .requiredOption('--prompt <text>', 'the text to continue')
    .option('--max-tokens <n>', 'tokens to add at most', wholeNumber('--max-tokens', 1, 1_000_000), 100)
    .option('--temperature <x>', '0 always takes the likeliest token', number('--temperature', 0, 100), 0.8)
    .option('--top-k <n>', 'choose among the n likeliest tokens; 0: all', wholeNumber('--top-k', 0), 0)
    .option('--top-p <x>', 'choose among the likeliest tokens of this total probability', number('--top-p', 0, 1), 0.95)
    .option('--seed <n>', 'seed of the choice', wholeNumber('--seed', 0), 1377)
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} sample runs/hello --prompt "The people of" --max-tokens 60`)
    .action(async (model: string, options: Options) => {
      const { sampleModel } = await foundry();
      let begun = false;
      const result = await sampleModel({
        ...options,
        model,
        onNote: (note) => process.stderr.write(`${note}\n`),
        onText: (text) => {
          // The prompt is printed with the first piece, so that an error does not follow half an answer.
          if (!output.json)
            output.write(begun ? stripControls(text) : output.style('bold', options.prompt) + stripControls(text));
          begun = true;
        },
      });
      output.result(result, () =>
        output.write(begun ? '\n' : `${output.style('bold', options.prompt)}${result.text}\n`),
      );
    });
}
