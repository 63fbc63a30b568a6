// Holds a receipt against the auditor's model: its files, and the seal of the run that made it.

import { JikjiError, type Sentence } from '../../base/index.ts';
import { type ServedModel, sealOf } from '../../foundry/requests/index.ts';
import type { ReadReceipt } from '../../ledger/index.ts';
import { sentenceOf } from '../findings.ts';
import { receiptCheck } from './receipt-check.ts';
import { MODEL, RUN } from './sentences/request.ts';
import type { ReceiptCheck } from './types.ts';

export function checkModel({ receipt, model: digest }: ReadReceipt, model: ServedModel | undefined): ReceiptCheck {
  if (!model) return receiptCheck('model', 'not-checked', MODEL.notGiven(digest));
  if (digest === model.digest) return receiptCheck('model', 'holds', MODEL.same(digest));
  const named = new Map(receipt.model.files.map((file) => [file.name, file.digest]));
  const others = model.files.filter((file) => named.get(file.name) !== file.digest).map((file) => file.name);
  const missing = [...named.keys()].filter((one) => !model.files.some((file) => file.name === one));
  const what = [...new Set([...others, ...missing])].slice(0, 5).join(', ');
  return receiptCheck('model', 'refuted', what ? MODEL.otherFiles(what) : MODEL.otherOrder);
}

/** The seal's digest where it holds, and the fingerprint of the maker who signed it. */
export interface SealFound {
  check: ReceiptCheck;
  seal?: { digest: string; maker: string; state: string };
}

export function checkRun({ receipt: { run } }: ReadReceipt, model: ServedModel | undefined): SealFound {
  const found = (verdict: ReceiptCheck['verdict'], detail: Sentence): ReceiptCheck =>
    receiptCheck('run', verdict, detail);
  if (!model) return { check: found('not-checked', run ? RUN.notGiven(run.seal) : RUN.none) };
  let seal: ReturnType<typeof sealOf>;
  try {
    seal = sealOf(model);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return { check: found(run ? 'refuted' : 'not-checked', RUN.broken(error.input, sentenceOf(error))) };
  }
  if (!run) return { check: found('not-checked', seal ? RUN.noneOfSealed : RUN.none) };
  if (!seal) return { check: found('not-checked', RUN.notGiven(run.seal)) };
  const state = seal.subjects.get('state');
  if (seal.digest !== run.seal) return { check: found('refuted', RUN.other(run.seal, seal.digest)) };
  if (state === undefined || state !== run.state)
    return { check: found('refuted', RUN.otherState(run.state, state ?? '-')) };
  return {
    check: found('holds', RUN.holds(seal.digest)),
    seal: { digest: seal.digest, maker: seal.keyid, state },
  };
}
