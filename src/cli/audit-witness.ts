// `jikji audit RUN --code FILE`: checks a run that another program trained, with the auditor's own Python.

import { totalmem } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { GivenRegister, ReplayerOptions } from '../audit/index.ts';
import { JikjiError } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { signerOf } from './key.ts';
import { LiveLine } from './live-block.ts';
import { wholeNumber } from './option-values.ts';
import { type Output, requireHolds } from './output.ts';
import { statOf, writeReportFile } from './report-file.ts';
import { audit as auditRoom } from './rooms.ts';
import { percentColumn } from './text.ts';

export interface WitnessOptions {
  code?: string;
  python?: string;
  data?: string;
  answerSeconds?: number;
  ranks?: number;
}

interface WitnessCall extends WitnessOptions {
  replay?: number | 'all' | undefined;
  segments?: { from: number; to: number } | undefined;
  challenge?: string | undefined;
  maker?: string | undefined;
  office?: string | undefined;
  register?: GivenRegister | undefined;
  /** Undefined: as many as the run declares. */
  threads?: number | undefined;
  report?: string | undefined;
  lang: 'ko' | 'en';
  sign?: string | undefined;
  key?: string | undefined;
}

/** The options of `audit` that a witnessed run takes. */
const OF_WITNESSED =
  'code python data answerSeconds ranks replay segments challenge maker office register registerHead threads report lang sign key json'.split(
    ' ',
  );
const DEFAULT_SECONDS = 600;
const DEFAULT_RANKS = 4;

export const addWitnessOptions = (audit: Command): Command =>
  audit
    .option('--code <file>', 'for a run of PyTorch: its training code, from where you trust it; it will be run')
    .option('--python <command>', 'for that: the Python that has PyTorch (default: python3)')
    .option('--data <dir>', 'for that: the folder with its data, by the names of data.json (default: this one)')
    .option(
      '--answer-seconds <n>',
      `for that: the longest time of one answer (default: ${DEFAULT_SECONDS})`,
      wholeNumber('--answer-seconds', 1),
    )
    .option(
      '--ranks <n>',
      `for that: the most processes that its ranks may take (default: ${DEFAULT_RANKS})`,
      wholeNumber('--ranks', 1),
    );

/** Whether it is a witnessed run or its bundle; what cannot be read is not, and the audit of our own runs names the fault. */
async function isWitnessedTarget(target: string): Promise<boolean> {
  const { isWitnessed, isWitnessedBundle } = await auditRoom();
  const stat = statOf(target);
  if (!stat?.isFile()) return stat?.isDirectory() === true && isWitnessed(target);
  try {
    return await isWitnessedBundle(target);
  } catch (error) {
    if (error instanceof JikjiError) return false;
    throw error;
  }
}

/** Whether a call is about a witnessed run. @throws JikjiError `usage` for options that do not go together */
export async function isWitnessCall(command: Command, target: string, options: WitnessOptions): Promise<boolean> {
  const isOne = await isWitnessedTarget(target);
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  const own = ['code', 'python', 'data', 'answerSeconds', 'ranks'];
  if (statOf(target) === undefined) return false; // the audit of our own runs says so
  const wrong = given.find((option) =>
    isOne ? !OF_WITNESSED.includes(option.attributeName()) : own.includes(option.attributeName()),
  );
  if (wrong)
    throw new JikjiError(
      'usage',
      isOne ? 'an audit of a run of PyTorch does not take this' : 'this belongs to the audit of a run of PyTorch',
      wrong.long ?? '',
      'see docs/witness.md, or leave it out',
    );
  if (
    isOne &&
    options.code === undefined &&
    own.some((name) => name !== 'code' && options[name as keyof WitnessOptions] !== undefined)
  )
    throw new JikjiError(
      'usage',
      'without the training code nothing is trained again',
      '--python',
      'give it with --code FILE',
    );
  return isOne;
}

function replayerOf({
  code,
  python = 'python3',
  data = '.',
  answerSeconds = DEFAULT_SECONDS,
  ranks = DEFAULT_RANKS,
  threads,
}: WitnessCall): ReplayerOptions | undefined {
  if (code === undefined) return undefined;
  if (!statOf(code)?.isFile())
    throw new JikjiError('usage', 'there is no such file', `--code ${code}`, 'name the file with the training code');
  if (!statOf(data)?.isDirectory())
    throw new JikjiError(
      'usage',
      '--data takes a folder',
      `--data ${data}`,
      'name the folder that has the data by the names of data.json',
    );
  return { python, code, data, threads, ranks, seconds: answerSeconds, bytes: totalmem() };
}

export async function auditWitnessRun(output: Output, target: string, call: WitnessCall): Promise<void> {
  const { report, lang, sign, key, ...work } = call;
  const { auditWitness, claimOfWitness, signWitnessAudit, witnessHtml, witnessLines, withRun } = await auditRoom();
  const replayer = replayerOf(call);
  // Before the work: the key may be missing.
  const signer = sign === undefined ? undefined : await signerOf(key, output);
  const live = new LiveLine(output.progress);
  const onProgress = ({ check, detail, fraction }: { check: string; detail: string; fraction: number }) =>
    live.show(`${check.padEnd(9)} ${percentColumn(fraction)}  ${detail}`, `checking ${check} ...`);
  const audit = await interruptible((signal) =>
    withRun(target, (folder) => auditWitness({ ...work, folder, replayer, signal, onProgress }), signal),
  ).finally(() => live.clear());
  const name = basename(resolve(target)).replace(/\.tar$/, '');
  if (report !== undefined) writeReportFile(report, await witnessHtml(audit, name, lang), '--report');
  if (sign !== undefined && signer) writeReportFile(sign, signWitnessAudit(audit, name, signer), '--sign');
  const { roots: _, ...shown } = audit;
  output.result({ ...shown, claim: claimOfWitness(audit, 'en') }, () => {
    const width = Math.min(120, output.progress.columns ?? 100);
    output.lines(witnessLines(audit, { width, style: (style, text) => output.style(style, text), name }));
    if (!replayer)
      output.line(`Nothing was trained again: ${calledAs()} audit RUN --code FILE --python COMMAND --data DIR does`);
    if (report !== undefined) output.line(`Report: ${report}`);
    if (sign !== undefined) output.line(`Signed: ${sign}`);
  });
  requireHolds(audit.verdict);
}
