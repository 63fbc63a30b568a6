// `jikji lineage sketch MODEL --out FILE`: keeps of a model what a comparison reads, so that an office need not keep the model.

import type { Command } from 'commander';
import { JikjiError } from '../base/index.ts';
import { readSmallFile } from '../formats/index.ts';
import { calledAs } from './called-as.ts';
import { LiveLine } from './live-block.ts';
import { parseRows, rowsOption } from './option-values.ts';
import type { Output } from './output.ts';
import { lineage } from './rooms.ts';
import { bytes } from './text.ts';

/** The limit of a file of digests, in bytes. */
const MAX_SUMS = 8 << 20;

interface Options {
  out: string;
  rows: number;
  like?: string;
  digests?: string;
}

/** Lines as sha256sum prints them. */
function readDigests(path: string): Map<string, string> {
  const lines = readSmallFile(path, MAX_SUMS).split('\n').filter(Boolean);
  return new Map(
    lines.map((line, i) => {
      const [, digest, name] = /^([0-9a-f]{64}) [ *](?:\.\/)?([^/]+)$/.exec(line) ?? [];
      if (digest !== undefined && name !== undefined) return [name, digest];
      const hint = 'write lines as sha256sum prints them: 64 hex digits, two spaces, the file';
      throw new JikjiError('usage', `line ${i + 1} is no digest of a file`, `--digests ${path}`, hint);
    }),
  );
}

async function runSketch(output: Output, model: string, { out, rows, like, digests: sums }: Options): Promise<void> {
  const { makeSketch } = await lineage();
  const digests = sums === undefined ? undefined : readDigests(sums);
  const live = new LiveLine(output.progress);
  let about: ReturnType<typeof makeSketch>;
  try {
    about = makeSketch(model, {
      out,
      rows,
      like,
      digests,
      onPart: (part) => live.show(part, `sketching ${model} ...`),
    });
  } finally {
    live.clear();
  }
  output.result({ sketch: out, ...about }, () => {
    output.line(`Wrote ${out}: a sketch of ${about.name}, ${bytes(about.bytes)}.`);
    output.line(`Model  ${about.digest}${about.given ? ' (of given digests: the files were not read whole)' : ''}`);
    output.line(`Sketch ${about.sha256} (SHA-256 of ${out})`);
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
    .option(
      '--digests <file>',
      'digests of the weight files as sha256sum prints them, so that the files are not read whole',
    )
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} lineage sketch known-model --out known-model.sketch`)
    .action((model: string, options: Options) => runSketch(output, model, options));
}
