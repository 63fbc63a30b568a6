// A check of an audit with one text in each language, for the log and for pages.

import type { Audit, WitnessAudit } from '../../audit/index.ts';

type Checked = (Audit | WitnessAudit)['checks'][number];

/** A text in one line, as somebody else may have written it: without NUL, and no line more. */
const line = (text: string): string =>
  text
    .replace(/\0/g, '')
    .replace(/\s*\n\s*/g, ' ')
    .toWellFormed();

const cut = (text: string, maxLength: number): string =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…`;

/**
 * A check with its detail, findings and notes as one text: a line each, cut to `maxLength` characters. `ko` has a line for each of these in
 * Korean, which is empty where there is none; it is absent from a check without Korean.
 */
export function shownCheck({ name, verdict, detail, findings, notes, ko }: Checked, maxLength: number) {
  const placed = ({ file, step, tensor }: Checked['findings'][number], steps: (step: number) => string): string =>
    [file, step === undefined ? '' : steps(step), tensor ?? ''].filter(Boolean).join(', ');
  const english = findings.map((one) => `${placed(one, (step) => `step ${step}`)}: ${one.text}`);
  const korean = findings.map((one) => one.ko && `${placed(one, (step) => `${step}스텝`)}: ${one.ko}`);
  const textOf = (lines: readonly (string | undefined)[]): string =>
    cut(lines.map((one) => line(one ?? '')).join('\n'), maxLength);
  return {
    name,
    verdict,
    detail: textOf([detail, ...english, ...notes]),
    ...(ko && { ko: textOf([ko.detail, ...korean, ...ko.notes]) }),
  };
}
