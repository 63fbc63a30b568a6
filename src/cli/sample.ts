// `jikji sample MODEL --prompt TEXT`: continues a text with a model, printing it as it arrives.

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { calledAs } from './called-as.ts';
import { addSamplingOptions, type SamplingOptions, wholeNumber } from './option-values.ts';
import { note, type Output } from './output.ts';
import { foundry } from './rooms.ts';
import { choiceOf, speedLine } from './sampling.ts';
import { stripControls } from './text.ts';

interface Options extends SamplingOptions {
  prompt: string;
  number: number;
}

/**
 * Node replaces bytes of arguments that are not UTF-8; Linux keeps them.
 * @throws JikjiError `source-not-utf8`
 */
async function requireUtf8(prompt: string): Promise<void> {
  if (!prompt.includes('\ufffd') || process.platform !== 'linux') return;
  const { utf8Lines } = await foundry();
  const typed = readFileSync('/proc/self/cmdline', 'latin1').split('\0');
  const bytes = typed
    .map((argument) => Buffer.from(argument.replace(/^--prompt=/, ''), 'latin1'))
    .find((argument) => argument.toString() === prompt);
  for await (const _ of utf8Lines(bytes ? [bytes] : [], '--prompt'));
}

export function addSample(program: Command, output: Output): void {
  const verb = program
    .command('sample')
    .description('Continues a text. The same model, prompt, options and seed give the same text.')
    .argument('<model>', 'a run folder, a Hugging Face model folder or a GGUF file')
    .requiredOption('--prompt <text>', 'the text to continue')
    .option('-n, --number <n>', 'continuations, with this seed and the next ones', wholeNumber('--number', 1, 64), 1);
  addSamplingOptions(verb, 'tokens to add at most', 100)
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} sample runs/hello --prompt "The people of" --max-tokens 60`)
    .action(async (model: string, options: Options) => {
      const { sampleModel } = await foundry();
      const { prompt, number: count, ...sampling } = options;
      await requireUtf8(prompt);
      const inBold = output.style('bold', prompt);
      let begun = false;
      let seconds = 0;
      const { samples, ...first } = await sampleModel({
        ...choiceOf(sampling),
        model,
        prompt,
        count,
        onNote: note,
        onSeconds: (all) => {
          seconds = all;
        },
        onText: (text) => {
          // The prompt is printed with the first piece, so that an error does not follow half an answer.
          if (!output.json && count === 1) output.write(begun ? stripControls(text) : inBold + stripControls(text));
          begun = true;
        },
      });
      output.result({ ...first, ...(count > 1 && { samples }) }, () => {
        if (count > 1) for (const { text } of samples) output.write(`${inBold}${stripControls(text)}\n\n`);
        else output.write(begun ? '\n' : `${inBold}\n`);
        note(
          speedLine(
            samples.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0),
            seconds,
          ),
        );
      });
    });
}
