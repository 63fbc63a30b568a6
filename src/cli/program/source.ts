// Where a figure was measured or published: the options that say it, and how it is shown.

import type { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import type { Citation } from '../../program/index.ts';

export interface Source {
  publisher?: string;
  item?: string;
  date?: string;
  url?: string;
}

export const sourceOptions = (command: Command): Command =>
  command
    .option('--publisher <name>', 'who measured or published it')
    .option('--item <text>', 'where in it')
    .option('--date <text>', 'when it was published')
    .option('--url <url>', 'where it can be read');

export function sourceOf({ publisher, item, date, url }: Source, input: string): Citation | 'not recorded' {
  if (publisher === undefined)
    throw new JikjiError(
      'usage',
      'a figure needs its source',
      input,
      'give it with --publisher, or write "not recorded" there',
    );
  if (publisher === 'not recorded') return publisher;
  const given = Object.entries({ publisher, item, date, url }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as Citation;
}

/** Where a figure was published, in one line. */
export function sourceText(source: readonly Citation[] | 'not recorded'): string {
  if (source === 'not recorded') return 'source not recorded';
  return source
    .map(({ publisher, item, date, url }) => [publisher, item, date, url].filter(Boolean).join(', '))
    .join('; ');
}
