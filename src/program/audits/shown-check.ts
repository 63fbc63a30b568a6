// A check of an audit with one text, for the log and for pages.

import type { Audit, WitnessAudit } from '../../audit/index.ts';

/** A check with its detail, findings and notes as one text: a line each, without NUL, cut to `maxLength` characters. */
export function shownCheck(check: (Audit | WitnessAudit)['checks'][number], maxLength: number) {
  const { name, verdict, detail, findings, notes } = check;
  const lines = findings.map(({ file, step, tensor, text }) => {
    const where = [file, step === undefined ? '' : `step ${step}`, tensor ?? ''].filter(Boolean).join(', ');
    return `${where}: ${text}`;
  });
  const text = [detail, ...lines, ...notes].join('\n').replace(/\0/g, '').toWellFormed();
  const isShort = text.length <= maxLength;
  return { name, verdict, detail: isShort ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…` };
}
