// The text of a check of an audit, for the log and for pages.

import type { Audit } from '../../audit/index.ts';

/** Detail, findings and notes of a check, one line each, without NUL, cut to `maxLength` characters. */
export function checkText({ detail, findings, notes }: Audit['checks'][number], maxLength: number): string {
  const lines = findings.map(({ file, step, tensor, text }) => {
    const where = [file, step === undefined ? '' : `step ${step}`, tensor ?? ''].filter(Boolean).join(', ');
    return `${where}: ${text}`;
  });
  const text = [detail, ...lines, ...notes].join('\n').replace(/\0/g, '').toWellFormed();
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…`;
}
