// `jikji sample MODEL --prompt TEXT`: continues a text with a model, printing it as it arrives.

import type { Command } from 'commander';
import { calledAs } from './called-as.ts';
import { addSamplingOptions, type SamplingOptions } from './option-values.ts';
import { note, type Output } from './output.ts';
import { foundry } from './rooms.ts';
import { stripControls } from './text.ts';

interface Options extends SamplingOptions {
  prompt: string;
}

export function addSample(program: Command, output: Output): void {
  const verb = program
    .command('sample')
    .summary('continue a text with a model')
    .description('Continues a text. The same model, prompt, options and seed give the same text.')
    .argument('<model>', 'a run folder or a Hugging Face model folder')
    .requiredOption('--prompt <text>', 'the text to continue');
  addSamplingOptions(verb, 'tokens to add at most', 100)
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} sample runs/hello --prompt "The people of" --max-tokens 60`)
    .action(async (model: string, options: Options) => {
      const { sampleModel } = await foundry();
      let begun = false;
      const result = await sampleModel({
        ...options,
        model,
        onNote: note,
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
