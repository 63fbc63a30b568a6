// `jikji audit RUN or BUNDLE`: checks the evidence of a run, prints what was found, and writes the report. Receipts are audit-receipt.ts's.

import { statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Audit, AuditProgress, AuditWork } from '../audit/index.ts';
import { JikjiError, shellWord } from '../base/index.ts';
import { addAuditMerge } from './audit-merge.ts';
import { addReceiptOptions, auditReceiptFile, isReceiptCall, type ReceiptOptions } from './audit-receipt.ts';
import { addAuditWeights } from './audit-weights.ts';
import { addWitnessOptions, auditWitnessRun, isWitnessCall, type WitnessOptions } from './audit-witness.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { signerOf } from './key.ts';
import { LiveLine } from './live-block.ts';
import { isUrl } from './office-address.ts';
import { auditThreads, defaultThreads, hexDigits, parseThreads, threadsOption, wholeNumber } from './option-values.ts';
import { type Output, requireHolds } from './output.ts';
import { registerFrom } from './register-source.ts';
import { checkReportFile, isSameFile, liesIn, parseLang, statOf, writeReportFile } from './report-file.ts';
import { audit as auditRoom, formats } from './rooms.ts';
import { refuseOtherAudit } from './signed-audit-file.ts';
import { percentColumn } from './text.ts';

interface Options extends Omit<AuditWork, 'folder' | 'register' | 'parents'>, ReceiptOptions, WitnessOptions {
  parent?: string[];
  parentMaker?: string[];
  sign?: string;
  register?: string;
  registerHead?: string;
  report?: string;
  lang: 'ko' | 'en';
}

const wholeFrom1 = wholeNumber('--replay', 1);
const parseReplay = (text: string): number | 'all' => (text === 'all' ? 'all' : wholeFrom1(text));

/** `12-20`, or one number. */
function parseSegments(text: string): { from: number; to: number } {
  const [, from, to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  if (from !== undefined && Number(from) >= 1 && Number(to) >= Number(from))
    return { from: Number(from), to: Number(to) };
  throw new JikjiError('usage', '--segments takes a part such as 12-20', text, 'segments are counted from 1');
}

/** Audits a run folder or a bundle and shows the progress. Also for `npm start`. */
export async function auditWithProgress(
  output: Output,
  target: string,
  options: Omit<AuditWork, 'folder'>,
): Promise<Audit> {
  const { auditTarget } = await auditRoom();
  const live = new LiveLine(output.progress);
  const onProgress = ({ check, detail, fraction }: AuditProgress) =>
    live.show(`${check.padEnd(9)} ${percentColumn(fraction)}  ${detail}`, `checking ${check} ...`);
  try {
    return await interruptible((signal) => auditTarget(target, { ...options, signal, onProgress, jikji: calledAs() }));
  } finally {
    live.clear();
  }
}

/** The options that decide what an audit checks, as a shell reads them: its last lines are commands that must check as much. */
function checkingOptions(options: Partial<Options>): string[] {
  const { replay, segments, parent = [], parentMaker = [], validation, fetch } = options;
  const { challenge, maker, office, register, registerHead, sources } = options;
  const values: [name: string, value: string | number | undefined][] = [
    ['replay', replay],
    ['segments', segments && `${segments.from}-${segments.to}`],
    ['challenge', challenge],
    ['maker', maker],
    ['office', office],
    ['register', register],
    ['register-head', registerHead],
    ['sources', sources],
    ...parentMaker.map((key): [string, string] => ['parent-maker', key]),
    ...parent.map((path): [string, string] => ['parent', path]),
  ];
  return [
    ...values.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${shellWord(`${value}`)}`])),
    ...(validation ? ['--validation'] : []),
    ...(fetch ? ['--fetch'] : []),
  ];
}

/** Prints the report's table; with the comparison with the sources of the texts, if the options ask for it. */
export async function describeAudit(
  output: Output,
  target: string,
  audit: Audit,
  options: Partial<Options>,
): Promise<void> {
  const { reportLines } = await auditRoom();
  const lines = reportLines(audit, {
    width: Math.min(120, output.progress.columns ?? 100),
    style: (style, text) => output.style(style, text),
    jikji: calledAs(),
    target: shellWord(target),
    options: checkingOptions(options),
    sources: options.sources !== undefined || options.fetch === true,
  });
  output.lines(lines);
}

/** What --json prints: the audit without its curve and its movements, what was found of each run of the chain, and the claim. */
async function summary(audit: Audit) {
  const { claimOf, linkFacts, standingOf } = await auditRoom();
  const { run, movements: _, ...rest } = audit;
  const { curve: __, roots: ___, segments, ...facts } = run;
  return {
    ...rest,
    links: linkFacts(audit),
    claim: claimOf(standingOf(audit), 'en'),
    run: { ...facts, segments: segments.length },
  };
}

/** The maker of a run wrote everything in its folder, so a register from there does not prove what an office answered. */
function refuseOwnRegister(register: string, target: string): void {
  if (isUrl(register) || !liesIn(register, target)) return;
  throw new JikjiError(
    'usage',
    'this register lies in the run: whoever made the run wrote it',
    `--register ${register}`,
    'take the register from the office',
  );
}

/** An audit never overwrites its inputs (run, bundle, parents, register), and --report and --sign name different files. @throws JikjiError `usage` */
function checkOutputPaths(target: string, { report, sign, register, parent = [] }: Options): void {
  const isRun = statOf(target)?.isDirectory() ?? false;
  for (const [option, path] of [
    ['--report', report],
    ['--sign', sign],
  ] as const) {
    if (path === undefined) continue;
    const refuse = (what: string) =>
      new JikjiError('usage', what, `${option} ${path}`, `choose another file with ${option}`);
    if (isRun && liesIn(path, target)) throw refuse('this file lies in the run: an audit writes nothing there');
    if (!isRun && isSameFile(path, target)) throw refuse('this file is the bundle: an audit does not overwrite it');
    if (parent.some((one) => isSameFile(path, one) || (statOf(one)?.isDirectory() && liesIn(path, one))))
      throw refuse('this file belongs to a parent: an audit writes nothing there');
    if (register !== undefined && !isUrl(register) && isSameFile(path, register))
      throw refuse('this file is the register: an audit does not overwrite it');
    checkReportFile(path, option, option === '--report' ? 'page' : 'audit');
  }
  if (isRun && sign !== undefined) refuseOtherAudit(sign, target);
  if (report !== undefined && sign !== undefined && isSameFile(report, sign))
    throw new JikjiError(
      'usage',
      '--report and --sign name one file, and one would overwrite the other',
      `--sign ${sign}`,
      'choose another file with --sign',
    );
}

/** @throws JikjiError `usage` for what can be no parent */
async function checkParent(path: string): Promise<void> {
  const stat = statOf(path);
  if (stat?.isDirectory() || (stat?.isFile() && (/\.gguf$/i.test(path) || (await isArchive(path))))) return;
  const what = stat ? 'is neither a folder nor a bundle nor a GGUF file' : 'there is no such run or model';
  const hint = 'name a run folder, a bundle, a model folder or a GGUF file';
  throw new JikjiError('usage', what, `--parent ${path}`, hint);
}

/** Whether a file begins as a bundle does, or as one that was compressed, of which opening it says more. */
async function isArchive(path: string): Promise<boolean> {
  const start = (await formats()).readStart(path, 262).toString('latin1');
  return start.startsWith('\x1f\x8b') || start.endsWith('ustar');
}

/** Audits a run or a bundle, writes what was asked for, and prints what was found. */
async function auditRun(output: Output, target: string, options: Options): Promise<void> {
  const { report, lang, sign, key, parent: parents, parentMaker: parentMakers } = options;
  const { replay, segments, validation, challenge, maker, office, sources, fetch, threads } = options;
  const work = { replay, segments, validation, challenge, maker, office, parentMakers, sources, fetch, threads };
  if (sources !== undefined && !statSync(sources, { throwIfNoEntry: false })?.isDirectory()) {
    const hint = 'name the folder in which the recipe lay, or one with the tarballs';
    throw new JikjiError('usage', '--sources takes a folder', `--sources ${sources}`, hint);
  }
  for (const path of parents ?? []) await checkParent(path);
  if (parentMakers && !parents)
    throw new JikjiError('usage', '--parent-maker belongs to --parent', '--parent-maker', 'name the parent');
  checkOutputPaths(target, options);
  // Before the work: the key may be missing.
  const signer = sign === undefined ? undefined : await signerOf(key, output);
  const register = await givenRegister(target, options);
  const audit = await auditWithProgress(output, target, { ...work, parents, register });
  const { reportHtml, signAudit, signableOf } = await auditRoom();
  if (report !== undefined) writeReportFile(report, await reportHtml(audit, lang), '--report');
  if (sign !== undefined && signer) writeReportFile(sign, signAudit(signableOf(audit), signer), '--sign');
  if (output.json) output.result(await summary(audit), () => {});
  else {
    await describeAudit(output, target, audit, options);
    if (report !== undefined) output.line(`Report: ${report}`);
    if (sign !== undefined) output.line(`Signed: ${sign}`);
  }
  requireHolds(audit.verdict);
}

/** The register that was named, from elsewhere than the run. */
async function givenRegister(target: string, { register, registerHead }: Options) {
  if (registerHead !== undefined && register === undefined)
    throw new JikjiError('usage', '--register-head belongs to --register', '--register-head', 'name the register');
  if (register === undefined) return undefined;
  refuseOwnRegister(register, target);
  return registerFrom(register, registerHead);
}

async function auditWitnessed(output: Output, target: string, options: Options, command: Command): Promise<void> {
  const threads = command.getOptionValueSource('threads') === 'cli' ? options.threads : undefined;
  checkOutputPaths(target, options);
  await auditWitnessRun(output, target, { ...options, threads, register: await givenRegister(target, options) });
}

export function addAudit(program: Command, output: Output): void {
  const audit = program
    .command('audit')
    .description(
      'Checks whether these weights were made by this recipe, from random numbers or the weights of a parent, on this data.\nOf a receipt: whether the model of --model gave the answer; without --model what takes no model.\nExit code 0: it holds; 1: refuted, or evidence is not there; 3: consistent only, or not told (runs of PyTorch, receipts without --model); 2: the call is wrong.',
    )
    .argument('<run>', 'a run folder, a bundle or a receipt')
    .option(
      '--replay <n>',
      'segments to draw at random for replay, or all (default: one in twenty, two at least)',
      parseReplay,
    )
    .option('--segments <a-b>', 'train these segments again and no others, so that audits add up', parseSegments)
    .option('--validation', 'compute the validation figure again, whatever that costs')
    .option(
      '--challenge <hex>',
      '32 bytes, drawn by you or an office after the seal was made',
      hexDigits('--challenge'),
    )
    .option('--maker <fingerprint>', "the maker's key, known from elsewhere", hexDigits('--maker'))
    .option(
      '--parent-maker <fingerprint>',
      'a key that what the run was built on may be signed with, known from elsewhere (several times)',
      (hex: string, before: string[] = []) => [...before, hexDigits('--parent-maker')(hex)],
    )
    .option('--office <fingerprint>', "the office's key, known from elsewhere", hexDigits('--office'))
    .option('--sign <file>', 'write what was found as a signed statement, for `audit merge` and for programmes')
    .option(
      '--key <name>',
      'the key that signs it (default: your own, made on first use); of a receipt: the key that must have signed it, by name or fingerprint',
    )
    .option(
      '--register <file or url>',
      "the office's register, from where you trust it (jikji lodge keeps one; a programme's address): what was asked twice shows",
    )
    .option('--register-head <hex>', 'a head of that register, known from elsewhere', hexDigits('--register-head'))
    .option(
      '--sources <dir>',
      "build the corpus again from the recipe's files and NAME-VERSION.tgz tarballs in a folder",
    )
    .option(
      '--parent <path>',
      'a run, its bundle, or a model that this run was built on; checked too (several times for a chain)',
      (path: string, before: string[] = []) => [...before, path],
    )
    .option('--fetch', 'fetch pinned npm tarballs for that, by your own npm')
    .option('--report <file>', 'write the report as one HTML page')
    .option('--lang <ko|en>', 'language of the report', parseLang, 'en')
    .option(threadsOption[0], auditThreads, parseThreads, defaultThreads())
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} audit runs/hello --report report.html --lang ko\n  $ ${calledAs()} audit hello.tar --replay all --maker FINGERPRINT\n  $ ${calledAs()} audit runs/mine --sources texts   (builds the corpus again from the texts)\n  $ ${calledAs()} audit receipt.json --model runs/hello --request request.json --response answer.json`,
    )
    .action(async (target: string, options: Options, command: Command) => {
      if (options.segments && options.replay !== undefined) {
        const hint = 'leave one of them out';
        throw new JikjiError('usage', '--segments and --replay exclude each other', '--segments', hint);
      }
      if (await isReceiptCall(command, target, options)) await auditReceiptFile(output, target, options);
      else if (await isWitnessCall(command, target, options)) await auditWitnessed(output, target, options, command);
      else await auditRun(output, target, options);
    });
  addReceiptOptions(audit);
  addWitnessOptions(audit);
  addAuditMerge(audit, output);
  addAuditWeights(audit, output);
}
