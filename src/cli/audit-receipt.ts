// `jikji audit RECEIPT --model MODEL`: checks an answer against the model that is said to have given it; without one, what takes no model.

import type { Command } from 'commander';
import type { ReceiptAudit, ReceiptCheck } from '../audit/index.ts';
import { JikjiError } from '../base/index.ts';
import { showKey } from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { LiveLine } from './live-block.ts';
import { type Output, plain, requireHolds } from './output.ts';
import { statOf } from './report-file.ts';
import { audit as auditRoom } from './rooms.ts';

export interface ReceiptOptions {
  model?: string;
  request?: string;
  response?: string;
  key?: string;
  threads: number;
}

/** The options of `audit` that a receipt takes; those of a run it does not. */
const OF_RECEIPTS = ['model', 'request', 'response', 'key', 'threads', 'json'];

export const addReceiptOptions = (audit: Command): Command =>
  audit
    .option(
      '--model <model>',
      'for a receipt: the model that is said to have answered; without it only form, signature, seed and digests are checked',
    )
    .option('--request <file>', "for a receipt: the request's body, as the client sent it")
    .option('--response <file>', 'for a receipt: the answer, its body or its stream as it was saved');

const COLOURS = { holds: 'green', refuted: 'red', incomplete: 'yellow', 'not-told': 'yellow' } as const;
const SIGNS = {
  holds: ['green', 'holds'],
  refuted: ['red', 'refuted'],
  'not-checked': ['yellow', 'not checked'],
} as const;

async function isReceipt(target: string): Promise<boolean> {
  if (statOf(target)?.isFile() !== true) return false;
  const { isReceiptFile } = await auditRoom();
  return isReceiptFile(target);
}

/** Whether a call is about a receipt. @throws JikjiError `usage` for options that do not go together */
export async function isReceiptCall(
  command: Command,
  target: string,
  { model, request, response }: Partial<ReceiptOptions>,
): Promise<boolean> {
  const isNamed = [model, request, response].some((option) => option !== undefined);
  if (!isNamed && !(await isReceipt(target))) return false;
  const other = command.options.find(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === 'cli' && !OF_RECEIPTS.includes(option.attributeName()),
  );
  if (other) {
    const hint = isNamed ? 'leave it out, or --model, --request and --response' : 'leave it out';
    throw new JikjiError(
      'usage',
      'this belongs to the audit of a run, not to that of a receipt',
      other.long ?? '',
      hint,
    );
  }
  return true;
}

/** A fingerprint of 64 hex digits, or the name of a key on this machine. */
const fingerprintOf = (key: string): string => {
  const hex = key.replace(/[\s:]/g, '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? hex : showKey(key).fingerprint;
};

function lineOf(output: Output, { name, verdict, detail }: ReceiptCheck): string {
  const [style, word] = SIGNS[verdict];
  return `  ${name.padEnd(11)} ${output.style(style, word.padEnd(11))}  ${plain(detail)}`;
}

function describe(output: Output, { verdict, checks, claim, chain }: ReceiptAudit): void {
  const [first, ...more] = claim.en.map(plain);
  output.line(output.style('bold', output.style(COLOURS[verdict], `${verdict.replace('-', ' ')}. ${first}`)));
  for (const line of more) output.line(`  ${line}`);
  output.line('');
  for (const check of checks) output.line(lineOf(output, check));
  if (chain.length === 0) return;
  output.line('');
  output.line('It hangs on');
  for (const { what, digest, text } of chain)
    output.line(`  ${what.padEnd(9)} ${digest ?? ''}${digest ? '  ' : ''}${plain(text)}`);
}

/** Audits a receipt and prints what was found. */
export async function auditReceiptFile(output: Output, file: string, options: ReceiptOptions): Promise<void> {
  const { auditReceipt } = await auditRoom();
  const live = new LiveLine(output.progress);
  const { model, request, response, key, threads } = options;
  const audit = await interruptible((signal) =>
    auditReceipt(file, {
      ...{ model, request, response, threads, signal },
      key: key === undefined ? undefined : fingerprintOf(key),
      onProgress: (text) => live.show(text, 'checking the receipt ...'),
      jikji: calledAs(),
    }),
  ).finally(() => live.clear());
  output.result(audit, () => describe(output, audit));
  requireHolds(audit.verdict);
}
