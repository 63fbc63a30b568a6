// Summarises a log entry in one line of names and figures. Knows nothing of pages.

import { type Format, wordFor } from '../../page-kit/index.ts';
import type { LogEntry } from '../types.ts';

/** Members of an entry's data for the summary, the most important first. */
const SUMMARY_MEMBERS = [
  'stage',
  'consortium',
  'cluster',
  'application',
  'submission',
  'part',
  'component',
  'by',
  'task',
  'metric',
  'verdict',
  'value',
  'outcome',
  'step',
  'reviewer',
  'reason',
  'expert',
] as const;
const MAX_WORDS = 4;

/**
 * The word for an entry's kind. A record holds findings that others reported: nobody signed them, and the word does not say so.
 */
export function kindText(
  { kind, data }: Pick<LogEntry, 'kind' | 'data'>,
  words: { kinds: Record<string, string>; log: { findingReported: string } },
): string {
  const isUnsigned = kind === 'finding-signed' && data !== null && !Object.hasOwn(Object(data), 'statement');
  return isUnsigned ? words.log.findingReported : wordFor(words.kinds, kind);
}

/** Words for what entries write as a word of their own, by member and for values in general. */
export interface Said {
  component?: Record<string, string>;
  verdict?: Record<string, string>;
}

/** Ids are shown by their names. */
export function summarizeEntry(
  { data, claim, names }: Pick<LogEntry, 'data' | 'claim' | 'names'>,
  format: Format,
  said: Said = {},
): string {
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return '';
  const name = titleOf(data.name, format) ?? titleOf(data.title, format);
  const ko = (data.ko ?? {}) as { by?: unknown };
  const words = SUMMARY_MEMBERS.flatMap((key) => {
    // The claim includes the reach of the verdict.
    if (key === 'verdict' && claim) return [claim[format.lang]];
    const value = data[key];
    if (typeof value === 'number') return [format.short(value)];
    if (names[key]) return [format.title(names[key])];
    if (value === 'not published') return [said.verdict?.[value]?.toLowerCase() ?? value];
    if (typeof value === 'string' && (key === 'component' || key === 'verdict'))
      return [wordFor(said[key] ?? {}, value)];
    if (key === 'by' && format.lang === 'ko' && typeof ko.by === 'string') return [ko.by];
    return typeof value === 'string' && value !== '' ? [value.length > 60 ? `${value.slice(0, 60)}…` : value] : [];
  });
  if (Array.isArray(data.texts)) words.push(...data.texts.flatMap((text) => fileOf(text)));
  const all = name === undefined ? words : [name, ...words];
  if (all.length === 0 && typeof data.id === 'string') all.push(data.id);
  return all.slice(0, MAX_WORDS).join(' · ');
}

function titleOf(value: unknown, format: Format): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return undefined;
  const { en, ko } = value as { en?: unknown; ko?: unknown };
  if (typeof en !== 'string') return undefined;
  return format.title(typeof ko === 'string' ? { en, ko } : { en });
}

/** The file name of a text of a catalogue. */
function fileOf(text: unknown): string[] {
  const { file } = (text ?? {}) as { file?: unknown };
  return typeof file === 'string' ? [file] : [];
}
