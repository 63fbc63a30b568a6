// What both verifiers must agree on of a receipt: the verdict, each check's, and the first token of each answer that is not the model's.

import type { ReceiptAudit } from '../../src/audit/index.ts';
import type { ReceiptCase } from './receipt-server.ts';

/** The output of receipt.py. */
export interface TheirReceipt {
  verdict: ReceiptAudit['verdict'] | 'not-judged';
  /** Why it was not judged. */
  why?: string;
  checks: { name: string; verdict: string; why: string }[];
  differences: { answer: number; position: number; given: number | null; chosen: number | null }[];
}

const namesOf = (checks: readonly { name: string; verdict: string }[], verdict: string): string =>
  checks.flatMap((one) => (one.verdict === verdict ? [one.name] : [])).join(', ');

/** Where they differ from each other, or from what a case expects; and what they found, in words. */
export function compareReceipts(
  { refuted = [], verdict }: ReceiptCase,
  found: ReceiptAudit,
  other: TheirReceipt,
): { differ: string[]; what: string } {
  const differ = namesOf(found.checks, 'refuted') === refuted.join(', ') ? [] : ['what is expected'];
  if (verdict === 'not-judged') {
    // What the program's own code decides: the verifier in Python must say so, and refute nothing.
    const open = other.checks.filter(({ name, verdict }) => name === 'replay' && verdict === 'not-checked');
    const isSaid = other.verdict === 'not-judged' || (other.verdict === 'incomplete' && open.length > 0);
    if (!isSaid) differ.push('that it is not judged');
    return { differ, what: `${found.verdict}; not judged there: ${other.why ?? open[0]?.why}` };
  }
  const wanted = verdict ?? (refuted.length > 0 ? 'refuted' : 'holds');
  if (found.verdict !== wanted) differ.push('the verdict that is expected');
  const checksOf = (checks: readonly { name: string; verdict: string }[]): string =>
    checks.map((one) => `${one.name} ${one.verdict}`).join();
  const mine = found.differences.map(({ answer, position, given, chosen }) => ({
    ...{ answer, position, given: given?.id ?? null, chosen: chosen?.id ?? null },
  }));
  if (found.verdict !== other.verdict) differ.push('verdict');
  if (checksOf(found.checks) !== checksOf(other.checks)) differ.push('checks');
  if (JSON.stringify(mine) !== JSON.stringify(other.differences)) differ.push("the tokens that are not the model's");
  const at = mine.map(({ answer, position }) => `answer ${answer + 1} at token ${position + 1}`).join(', ');
  const by = refuted.length > 0 ? ` by ${refuted.join(', ')}` : '';
  return { differ, what: `${other.verdict}${by}${at ? `, ${at}` : ''}` };
}
