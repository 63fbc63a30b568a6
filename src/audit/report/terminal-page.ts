// The page of a report for a terminal: a margin with names, wrapped texts beside it, a check with its findings and notes. Knows no streams.

import { textWidth, wrap } from '../../base/index.ts';
import { formatFor, plain, reportMark } from '../../page-kit/text/index.ts';
import type { Check, Finding, Verdict } from '../types.ts';

export type TerminalStyle = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan', text: string) => string;

export const COLOUR = { holds: 'green', refuted: 'red', incomplete: 'yellow' } as const;
const MAX_FINDINGS = 5;
const MAX_NOTES = 7;
/** Mark, name and the space after it. */
const INDENT = 14;

const format = formatFor('en');

function placeOf({ file, step, tensor }: Finding): string {
  return [
    plain(file, 200),
    step === undefined ? '' : `step ${format.count(step)}`,
    tensor === undefined ? '' : plain(tensor, 200),
  ]
    .filter(Boolean)
    .join(', ');
}

export type Paint = (line: string) => string;

/** A page that is being written: its lines so far, and its width. */
export class Page {
  readonly lines: string[] = [];
  readonly width: number;
  /** Columns beside the margin. */
  readonly body: number;

  constructor(width: number) {
    this.width = width;
    this.body = width - INDENT;
  }

  line(text: string): void {
    this.lines.push(text);
  }

  /** Adds a name in the margin and a wrapped text beside it. `shown` is `margin` with its styles. */
  entry(margin: string, shown: string, text: string, paint: Paint = (line) => line): void {
    wrap(text, this.body).forEach((line, i) => {
      const space = ' '.repeat(Math.max(1, INDENT - (i === 0 ? textWidth(margin) : 0)));
      this.line(((i === 0 ? shown : '') + space + paint(line)).trimEnd());
    });
  }

  /** Adds a text beside an empty margin. */
  under(text: string, paint?: Paint): void {
    this.entry('', '', text, paint);
  }
}

/**
 * Adds a check with its findings and notes; `check` is null if it was not run. `between` adds what stands between the two.
 */
export function addCheck(
  page: Page,
  name: string,
  check: (Pick<Check, 'detail' | 'findings' | 'notes'> & { verdict: Verdict }) | null,
  style: TerminalStyle,
  between: (dim: Paint) => void = () => {},
): void {
  const dim: Paint = (line) => style('dim', line);
  const mark = reportMark(check?.verdict ?? null).sign;
  const margin = `  ${mark} ${name}`;
  const shown = check ? `  ${style(COLOUR[check.verdict], mark)} ${style('bold', name)}` : dim(margin);
  page.entry(margin, shown, check ? plain(check.detail, 400) || '–' : 'not run', check ? undefined : dim);
  for (const finding of check?.findings.slice(0, MAX_FINDINGS) ?? []) {
    const colour = COLOUR[finding.verdict];
    page.under(`${reportMark(finding.verdict).sign} ${placeOf(finding)}: ${plain(finding.text, 400)}`, (l) =>
      style(colour, l),
    );
  }
  between(dim);
  const moreFindings = (check?.findings.length ?? 0) - MAX_FINDINGS;
  if (moreFindings > 0) page.under(`and ${format.count(moreFindings)} more`, dim);
  for (const note of check?.notes.slice(0, MAX_NOTES) ?? []) page.under(`note: ${plain(note, 300)}`, dim);
  const moreNotes = (check?.notes.length ?? 0) - MAX_NOTES;
  if (moreNotes > 0) page.under(`and ${format.count(moreNotes)} more notes: --report shows them`, dim);
}
