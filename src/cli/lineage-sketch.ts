// `jikji lineage sketch MODEL --out FILE`: keeps of a model what a comparison reads, so that an office need not keep the model.

import type { Command } from 'commander';

import { calledAs } from './called-as.ts';
import { LiveLine } from './live-block.ts';
import { parseRows, rowsOption } from './option-values.ts';
import type { Output } from './output.ts';
import { lineage } from './rooms.ts';
import { bytes } from './text.ts';

interface Options {
  out: string;
  rows: number;
  like?: string;
}

async function runSketch(output: Output, model: string, { out, rows, like }: Options): Promise<void> {
  const { makeSketch } = await lineage();
  const live = new LiveLine(output.progress);
  let about: ReturnType<typeof makeSketch>;
  try {
    about = makeSketch(model, { out, rows, like, onPart: (part) => live.show(part, `sketching ${model} ...`) });
  } finally {
    live.clear();
  }
  output.result({ sketch: out, ...about }, () => {
    output.line(`Wrote ${out}: a sketch of ${about.name}, ${bytes(about.bytes)}.`);
    output.line(`Model  ${about.digest}`);
    output.line('Who has this file knows which rows are compared: keep it to yourself.');
  });
}

export function addLineageSketch(parent: Command, output: Output): void {
  parent
    .command('sketch')
    .summary('keep of a model what a comparison reads')
    .description(
      'Draws rows of a model and writes them into a file, which can stand for the model in later comparisons.\nTwo sketches can be compared with each other where one was drawn like the other.',
    )
    .argument('<model>', 'a run folder, a Hugging Face model folder or a GGUF file')
    .requiredOption('--out <file>', 'the file to write; call it NAME.sketch')
    .option(rowsOption[0], rowsOption[1], parseRows, 256)
    .option('--like <sketch>', 'draw the same rows as an earlier sketch, so that the two can be compared')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} lineage sketch known-model --out known-model.sketch`)
    .action((model: string, options: Options) => runSketch(output, model, options));
}
