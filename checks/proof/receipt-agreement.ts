// What both verifiers must agree on of a receipt: the verdict, each check's, and the first token of each answer that is not the model's.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { auditReceipt, type ReceiptAudit } from '../../src/audit/index.ts';
import { JikjiError } from '../../src/base/index.ts';
import type { AuditorFiles, ReceiptCase } from './receipt-server.ts';

const execute = promisify(execFile);

/** The output of receipt.py. */
interface TheirReceipt {
  verdict: ReceiptAudit['verdict'] | 'not-judged';
  /** Why it was not judged. */
  why?: string;
  checks: { name: string; verdict: string; why: string }[];
  differences: { answer: number; position: number; given: number | null; chosen: number | null }[];
}

/** Checks that need each token's choice. */
const OF_TOKENS = ['replay', 'ending', 'response'];

const namesOf = (checks: readonly { name: string; verdict: string }[], verdict: string) =>
  checks.flatMap((one) => (one.verdict === verdict ? [one.name] : [])).join(', ');

/** Both verifiers on a receipt; null where a file is not what it should be. */
export async function judgedByBoth(
  { receipt, model, ...files }: AuditorFiles,
  python: string,
): Promise<[ReceiptAudit | null, TheirReceipt | null]> {
  const options = Object.entries(files).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  const args = [join(import.meta.dirname, 'receipt.py'), receipt, '--model', model, ...options];
  return Promise.all([
    auditReceipt(receipt, { model, threads: 1, ...files }).catch((error) => {
      if (error instanceof JikjiError && error.code === 'not-a-receipt') return null;
      throw error;
    }),
    execute(python, args, { maxBuffer: 1 << 28 })
      .catch((error) => {
        // What does not hold has exit code 1, and is said all the same.
        if (error.code === 1 && error.stdout) return error;
        if (error.code === 2) return { stdout: 'null' };
        throw error;
      })
      .then(({ stdout }) => JSON.parse(stdout)),
  ]);
}

/** Where they differ from each other, or from what a case expects; and what they found, in words. */
export function compareReceipts(
  { refuted = [], verdict }: ReceiptCase,
  [found, other]: Awaited<ReturnType<typeof judgedByBoth>>,
): { differ: string[]; what: string } {
  if (!found || !other || verdict === 'broken') {
    return { differ: found || other ? ['whether its files are usable'] : [], what: 'a file is not what it should be' };
  }
  const by = namesOf(found.checks, 'refuted');
  const differ = refuted === 'any' || by === refuted.join(', ') ? [] : ['what is expected'];
  if (verdict === 'not-judged') {
    // What the program's own code decides: the verifier in Python must say so, and refute nothing.
    const open = other.checks.filter(({ name, verdict }) => name === 'replay' && verdict === 'not-checked');
    const isSaid = other.verdict === 'not-judged' || (other.verdict === 'incomplete' && open.length > 0);
    if (!isSaid) differ.push('that it is not judged');
    // What does not hang on it is compared all the same.
    for (const { name, verdict } of other.checks.filter(({ name }) => !OF_TOKENS.includes(name)))
      if (found.checks.find((one) => one.name === name)?.verdict !== verdict) differ.push(name);
    return { differ, what: `${found.verdict}; not judged there: ${other.why ?? open[0]?.why}` };
  }
  const wanted = verdict ?? (refuted.length > 0 ? 'refuted' : 'holds');
  if (refuted !== 'any' && found.verdict !== wanted) differ.push('the verdict that is expected');
  const checksOf = (checks: readonly { name: string; verdict: string }[]) =>
    checks.map((one) => `${one.name} ${one.verdict}`).join();
  const mine = found.differences.map(({ answer, position, given, chosen }) => ({
    ...{ answer, position, given: given?.id ?? null, chosen: chosen?.id ?? null },
  }));
  if (found.verdict !== other.verdict) differ.push('verdict');
  if (checksOf(found.checks) !== checksOf(other.checks)) differ.push('checks');
  if (JSON.stringify(mine) !== JSON.stringify(other.differences)) differ.push("the tokens that are not the model's");
  const at = mine.map(({ answer, position }) => `answer ${answer + 1} at token ${position + 1}`).join(', ');
  return { differ, what: `${other.verdict}${by ? ` by ${by}` : ''}${at ? `, ${at}` : ''}` };
}
