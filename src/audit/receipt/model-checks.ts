// Holds a receipt against the auditor's model: its files, and the seal of the run that made it.

import { JikjiError } from '../../base/index.ts';
import { type ServedModel, sealOf } from '../../foundry/requests/index.ts';
import type { ReadReceipt } from '../../ledger/index.ts';
import type { ReceiptCheck } from './types.ts';

export function checkModel({ receipt, model: digest }: ReadReceipt, model: ServedModel): ReceiptCheck {
  const name = 'model';
  if (digest === model.digest) return { name, verdict: 'holds', detail: `${digest}: config, tokenizer and weights` };
  const named = new Map(receipt.model.files.map((file) => [file.name, file.digest]));
  const others = model.files.filter((file) => named.get(file.name) !== file.digest).map((file) => file.name);
  const missing = [...named.keys()].filter((one) => !model.files.some((file) => file.name === one));
  const what = [...new Set([...others, ...missing])].slice(0, 5).join(', ') || 'the order of its files';
  return { name, verdict: 'refuted', detail: `this is another model than the receipt's: ${what}` };
}

/** The seal's digest where it holds, and the fingerprint of the maker who signed it. */
export interface SealFound {
  check: ReceiptCheck;
  seal?: { digest: string; maker: string; state: string };
}

export function checkRun({ receipt: { run } }: ReadReceipt, model: ServedModel): SealFound {
  const name = 'run';
  let seal: ReturnType<typeof sealOf>;
  try {
    seal = sealOf(model);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return {
      check: { name, verdict: run ? 'refuted' : 'not-checked', detail: `seal.json: ${error.input} ${error.message}` },
    };
  }
  if (!run) {
    const detail = seal ? 'the receipt names no run; this model has a seal' : 'the receipt names no run';
    return { check: { name, verdict: 'not-checked', detail } };
  }
  if (!seal)
    return {
      check: { name, verdict: 'not-checked', detail: `seal ${run.seal}: no sealed run was given, not checked` },
    };
  const state = seal.subjects.get('state');
  if (seal.digest !== run.seal || state !== run.state)
    return {
      check: {
        name,
        verdict: 'refuted',
        detail: `the receipt names the seal ${run.seal}, this run has ${seal.digest}`,
      },
    };
  return {
    check: { name, verdict: 'holds', detail: `seal ${seal.digest}: its signature holds, and it names these weights` },
    seal: { digest: seal.digest, maker: seal.keyid, state },
  };
}
