// The source of a figure: its options, its citation, and its text.

import type { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import type { Citation } from '../../program/index.ts';

export interface Source {
  publisher?: string;
  item?: string;
  date?: string;
  url?: string;
}

export const sourceOptions = (verb: Command): Command =>
  verb
    .option('--publisher <name>', 'who measured or published it')
    .option('--item <text>', 'where in it')
    .option('--date <text>', 'when it was published')
    .option('--url <url>', 'where it can be read');

/** The citation that the options name. @throws JikjiError `usage` without a publisher */
export function sourceOf({ publisher, item, date, url }: Source, input: string): Citation | 'not recorded' {
  const hint = 'give it with --publisher, or write "not recorded" there';
  if (publisher === undefined) throw new JikjiError('usage', 'a figure needs its source', input, hint);
  if (publisher === 'not recorded') return publisher;
  const rest = Object.entries({ item, date, url }).filter(([, value]) => value !== undefined);
  return { publisher, ...Object.fromEntries(rest) };
}

/** Citations in one line. */
export function sourceText(source: readonly Citation[] | 'not recorded'): string {
  if (source === 'not recorded') return 'source not recorded';
  const texts = source.map(({ publisher, item, date, url }) => [publisher, item, date, url].filter(Boolean).join(', '));
  return texts.join('; ');
}
