// `jikji lineage SUSPECT --against MODEL...`: whether models share weights, part by part. Prints what was found, writes the page.

import type { Command } from 'commander';
import { JikjiError, shellWord } from '../base/index.ts';
import { Register } from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import { signerOf } from './key.ts';
import { addLineageSketch } from './lineage-sketch.ts';
import { LiveLine } from './live-block.ts';
import { isUrl } from './office-address.ts';
import {
  defaultThreads,
  hexDigits,
  parseRows,
  parseThreads,
  rowsOption,
  threadsOption,
  wholeNumber,
} from './option-values.ts';
import { CheckFailed, type Output } from './output.ts';
import { registerFrom } from './register-source.ts';
import { checkReportFile, isSameFile, liesIn, parseLang, writeReportFile } from './report-file.ts';
import { lineage } from './rooms.ts';

interface Options {
  against?: string[];
  rows: number;
  challenge?: string;
  alpha: number;
  tried?: number;
  threads: number;
  register?: string;
  report?: string;
  sign?: string;
  key?: string;
  lang: 'ko' | 'en';
}

function parseAlpha(text: string): number {
  const alpha = Number(text);
  if (text.trim() !== '' && alpha > 0 && alpha <= 0.01) return alpha;
  const hint = 'it is the chance of a wrong finding that you accept: at most 0.01, for example 1e-9';
  throw new JikjiError('usage', '--alpha takes a small number', `--alpha ${text}`, hint);
}

/** A comparison never overwrites what it compares. @throws JikjiError `usage` */
function checkFiles({ report, sign }: Options, compared: readonly string[]): void {
  for (const [option, path] of [
    ['--report', report],
    ['--sign', sign],
  ] as const) {
    if (path === undefined || !compared.some((model) => isSameFile(path, model) || liesIn(path, model))) continue;
    const hint = `choose another file with ${option}`;
    throw new JikjiError('usage', 'this file belongs to a model that is compared', `${option} ${path}`, hint);
  }
  if (report !== undefined) checkReportFile(report, '--report');
  if (sign !== undefined) checkReportFile(sign, '--sign', 'lineage');
  if (report === undefined || sign === undefined || !isSameFile(report, sign)) return;
  const hint = 'choose another file with --sign';
  throw new JikjiError('usage', '--report and --sign name one file', `--sign ${sign}`, hint);
}

/** A register from the folder of a model dates nothing: whoever made the model may have written it. */
async function readRegister(source: string, compared: readonly string[]): Promise<Register> {
  if (!isUrl(source) && compared.some((model) => liesIn(source, model))) {
    const hint = 'take the register from the office';
    throw new JikjiError('usage', 'this register lies in a model that is compared', `--register ${source}`, hint);
  }
  const { text, where } = await registerFrom(source, undefined);
  return Register.read(text, where);
}

async function runLineage(output: Output, suspect: string, options: Options): Promise<void> {
  const { sign, report, key, lang, against, register: source, ...work } = options;
  if (!against) {
    const hint = `for example ${calledAs()} lineage ${shellWord(suspect)} --against KNOWN-MODEL`;
    throw new JikjiError('usage', 'lineage needs something to compare with', '--against', hint);
  }
  checkFiles(options, [suspect, ...against]);
  // Before the work: the key may be missing.
  const signer = sign === undefined ? undefined : await signerOf(key, output);
  const register = source === undefined ? undefined : await readRegister(source, [suspect, ...against]);
  const { compareModels, lineageHtml, lineageLines, outcomeOf, signLineage } = await lineage();
  const live = new LiveLine(output.progress);
  let found: ReturnType<typeof compareModels>;
  try {
    found = compareModels(suspect, {
      ...work,
      against,
      register,
      onProgress: ({ model, part }) => live.show(`${model}: ${part}`, `comparing with ${model} ...`),
    });
  } finally {
    live.clear();
  }
  if (report !== undefined) writeReportFile(report, await lineageHtml(found, lang), '--report');
  if (sign !== undefined && signer) writeReportFile(sign, signLineage(found, signer), '--sign');
  if (output.json) output.result(found, () => {});
  else {
    const width = Math.min(120, output.progress.columns ?? 100);
    output.lines(lineageLines(found, { width, style: (style, text) => output.style(style, text), jikji: calledAs() }));
    if (report !== undefined) output.line(`Report: ${report}`);
    if (sign !== undefined) output.line(`Signed: ${sign}`);
  }
  const outcome = outcomeOf(found);
  if (outcome === 'shares') throw new CheckFailed('shares weights');
  if (outcome === 'weaker') throw new CheckFailed('a trace, or an unusual likeness', 'weaker');
  if (outcome === 'not-shown') throw new CheckFailed('too little could be tested', 'notShown');
}

export function addLineage(program: Command, output: Output): void {
  const verb = program
    .command('lineage')
    .description(
      'Compares the weights of a model with those of references, part by part, and says how likely independent models look so.\nExit code 0: no part shares weights; 1: one does; 3: too little could be tested; 4: a trace, or an unusual likeness; 2: the call is wrong.',
    )
    .argument('<suspect>', 'a run folder, a Hugging Face model folder, a GGUF file or a sketch')
    .option('--against <model...>', 'what it is compared with: one or more such models; needed')
    .option(rowsOption[0], rowsOption[1], parseRows, 256)
    .option(
      '--challenge <hex>',
      'draws the units: 64 hex digits that nobody knew before both models were fixed',
      hexDigits('--challenge'),
    )
    .option('--alpha <p>', 'the chance of a wrong finding that you accept', parseAlpha, 1e-9)
    .option(
      '--tried <n>',
      'references that this model was ever compared with, these included',
      wholeNumber('--tried', 1, 1e6),
    )
    .option('--register <file or url>', "an office's register: when the digests of the models were fixed")
    .option('--report <file>', 'write a page for a panel or the public')
    .option('--lang <lang>', 'language of the page: en or ko', parseLang, 'en')
    .option('--sign <file>', 'write the result as a signed statement')
    .option('--key <name>', 'the key to sign with (default: yours)')
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} lineage their-model --against known-model another.gguf --report lineage.html`,
    )
    .action((suspect: string, options: Options) => runLineage(output, suspect, options));
  addLineageSketch(verb, output);
}
