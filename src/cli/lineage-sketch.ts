// `jikji lineage sketch MODEL --out FILE`: keeps of a model what a comparison reads, so that an office need not keep the model.

import type { Command } from 'commander';
import { JikjiError } from '../base/index.ts';
import { readSmallFile } from '../formats/index.ts';
import { signModel } from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import { signerOf } from './key.ts';
import { LiveLine } from './live-block.ts';
import { parseRows, rowsOption } from './option-values.ts';
import type { Output } from './output.ts';
import { checkReportFile, isSameFile, liesIn, writeReportFile } from './report-file.ts';
import { lineage } from './rooms.ts';
import { bytes } from './text.ts';

/** The limit of a file of digests, in bytes. */
const MAX_SUMS = 8 << 20;

interface Options {
  out: string;
  rows: number;
  like?: string;
  digests?: string;
  sign?: string;
  key?: string;
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

/** A statement overwrites neither the model nor its sketch. @throws JikjiError `usage` */
function checkStatementFile(sign: string, taken: readonly string[]): void {
  checkReportFile(sign, '--sign', 'model');
  if (!taken.some((path) => isSameFile(sign, path) || liesIn(sign, path))) return;
  const hint = 'choose another file with --sign';
  throw new JikjiError('usage', 'this file is the model or its sketch', `--sign ${sign}`, hint);
}

async function runSketch(output: Output, model: string, options: Options): Promise<void> {
  const { out, rows, like, digests: sums, sign, key } = options;
  if (sign !== undefined) checkStatementFile(sign, [model, out]);
  // Before the work: the key may be missing.
  const signer = sign === undefined ? undefined : await signerOf(key, output);
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
  if (sign !== undefined && signer) {
    const { digest: model, sha256: sketch, given } = about;
    writeReportFile(sign, signModel({ model, sketch, digestFrom: given ? 'given' : 'files' }, signer), '--sign');
  }
  output.result({ sketch: out, ...about, ...(sign !== undefined && { signed: sign }) }, () => {
    output.line(`Wrote ${out}: a sketch of ${about.name}, ${bytes(about.bytes)}.`);
    output.line(`Model  ${about.digest}${about.given ? ' (of given digests: the files were not read whole)' : ''}`);
    output.line(`Sketch ${about.sha256} (SHA-256 of ${out})`);
    if (sign !== undefined) output.line(`Signed ${sign}: an office can date it with ${calledAs()} lodge`);
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
    .option('--sign <file>', 'write the digests of model and sketch as a signed statement, which an office can date')
    .option('--key <name>', 'the key to sign with (default: yours)')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} lineage sketch known-model --out known-model.sketch`)
    // The verb above takes the options that both have, wherever they stand.
    .action((model: string, _: object, command: Command) =>
      runSketch(output, model, command.optsWithGlobals<Options>()),
    );
}
