// The sentences about an audited receipt, and what a holding answer hangs on. No sentence claims more than was checked.

import { counted, shellWord } from '../../base/index.ts';
import { OWN_ENDS, type ReadReceipt, type Receipt } from '../../ledger/index.ts';
import type { SealFound } from './model-checks.ts';
import type { ReceiptAudit, ReceiptCheck, ReceiptLink } from './types.ts';

type Holding = (name: ReceiptCheck['name']) => boolean;

/** Who chose the seed, as far as that was checked. */
function seedSentence({ seedFrom, request }: Receipt, holds: Holding): string {
  if (request.parameters.temperature === 0) return 'Its temperature is 0: the seed decides nothing.';
  if (seedFrom === 'server')
    return 'The seed was chosen by the server: it may have tried several, and given the answer that it liked.';
  if (seedFrom === 'client')
    return holds('seed') ? 'The client chose the seed.' : 'The client chose the seed, says the receipt.';
  return holds('parameters')
    ? "The seed follows from the client's nonce: nobody chose it."
    : "The seed follows from the nonce in the receipt; whether that is the client's was not checked.";
}

/** What a receipt never shows. */
const LIMITS = 'It does not show that no other answer was given to the same question, nor when it was given.';

function headlineOf(
  verdict: ReceiptAudit['verdict'],
  { receipt }: ReadReceipt,
  checks: readonly ReceiptCheck[],
): string {
  const tokens = receipt.answers.reduce((sum, answer) => sum + answer.tokens, 0);
  const answers = counted(receipt.answers.length, 'answer');
  const refuted = checks.filter((one) => one.verdict === 'refuted').map(({ name }) => name);
  if (verdict === 'refuted')
    return `Receipt, model and what was given beside them do not agree: ${refuted.join(', ')}.`;
  if (verdict === 'incomplete') return 'Nothing that was checked is wrong, but not every answer was replayed.';
  return `This model gives what the receipt was signed for: ${answers} of ${counted(tokens, 'token')}, each token the one that it chooses.`;
}

/** The verdict in sentences. `isKeyKnown`: the auditor said whose key it must be. */
export function claimOf(
  verdict: ReceiptAudit['verdict'],
  read: ReadReceipt,
  { checks, isKeyKnown }: { checks: readonly ReceiptCheck[]; isKeyKnown: boolean },
): string[] {
  const headline = headlineOf(verdict, read, checks);
  if (verdict === 'refuted') return [headline];
  const { receipt, keyid } = read;
  const holds: Holding = (wanted) => checks.some(({ name, verdict: found }) => name === wanted && found === 'holds');
  const brokenOff = receipt.answers.filter(({ ended }) => !OWN_ENDS.includes(ended)).length;
  const open = checks.filter((one) => one.verdict === 'not-checked').map(({ name }) => name);
  return [
    headline,
    seedSentence(receipt, holds),
    ...(brokenOff > 0
      ? [`${counted(brokenOff, 'answer')} broken off: that it was, and why, is the server's word.`]
      : []),
    ...(isKeyKnown ? [] : [`It is signed by ${keyid}; nobody told whose key that is.`]),
    ...(open.length > 0 ? [`Not checked: ${open.join(', ')}.`] : []),
    LIMITS,
  ];
}

/** What a holding answer hangs on, from the answer down to what this audit leaves to others. `run`: the folder of the model's run. */
export function chainOf(
  read: ReadReceipt,
  { seal, run, jikji }: { seal: SealFound['seal']; run: string | undefined; jikji: string },
): ReceiptLink[] {
  const tokens = read.receipt.answers.reduce((sum, answer) => sum + answer.tokens, 0);
  const answer = {
    what: 'answer' as const,
    digest: read.digest,
    isChecked: true,
    text: `${counted(tokens, 'token')} replayed`,
  };
  const model = { what: 'model' as const, digest: read.model, isChecked: true, text: 'config, tokenizer and weights' };
  if (!seal || run === undefined) return [answer, model];
  const sealed = `the seal of maker ${seal.maker} names these weights; last state ${seal.state}`;
  return [
    answer,
    model,
    { what: 'run', digest: seal.digest, isChecked: true, text: sealed },
    {
      what: 'training',
      digest: null,
      isChecked: false,
      text: `the training was not replayed here: ${jikji} audit ${shellWord(run)}`,
    },
  ];
}
