// `jikji export MODEL --to hf|gguf --out DIR|FILE`: writes a model that others can load.

import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { JikjiError, shellWord } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { note, type Output } from './output.ts';
import { foundry } from './rooms.ts';
import { bytes } from './text.ts';

interface Options {
  to: 'hf' | 'gguf';
  out: string;
  type?: 'f32' | 'f16' | 'q8_0';
}

/** Milliseconds between two lines of progress; small models finish before the first. */
const PROGRESS_MS = 3000;

export function addExport(program: Command, output: Output): void {
  program
    .command('export')
    .description(
      'Writes a model as a Hugging Face folder (float32, with a model card) or as a GGUF file for llama.cpp. Nothing that is there is overwritten.',
    )
    .argument('<model>', 'a run folder, a Hugging Face model folder or a GGUF file')
    .addOption(new Option('--to <format>', 'hf: a folder; gguf: a file').choices(['hf', 'gguf']).makeOptionMandatory())
    .requiredOption('--out <path>', 'the folder or file to write')
    .addOption(
      new Option('--type <type>', "numbers of a GGUF's matrices (default: f16)").choices(['f32', 'f16', 'q8_0']),
    )
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} export runs/hello --to hf --out hello-hf\n  $ ${calledAs()} export runs/hello --to gguf --type q8_0 --out hello.gguf`,
    )
    .action(async (model: string, options: Options) => {
      const { to, out, type = 'f16' } = options;
      if (to === 'hf' && options.type !== undefined) {
        throw new JikjiError('usage', '--type is for --to gguf', `--type ${type}`, 'a Hugging Face folder is float32');
      }
      const { exportModel } = await foundry();
      let printedAt = performance.now();
      const result = await interruptible((signal) =>
        exportModel({
          model,
          to,
          out,
          type,
          signal,
          onNote: note,
          onProgress: (done, total) => {
            if (performance.now() - printedAt < PROGRESS_MS) return;
            printedAt = performance.now();
            note(`${bytes(done)} of ${bytes(total)} written`);
          },
        }),
      );
      output.result(result, () => {
        for (const { path, sha256 } of result.files) output.line(`${sha256}  ${path}`);
        const talks = result.files.some(({ path }) => basename(path) === 'chat_template.jinja');
        const next = talks ? `chat ${shellWord(out)}` : `sample ${shellWord(out)} --prompt "The people of"`;
        if (to === 'hf') output.line(`Next:\n  ${calledAs()} ${next}`);
      });
    });
}
