// The rules of self-reliance in force: those of the last stage, or before the first stage of the rule book that was registered last.

import type { SelfRelianceRules } from '../../reliance/index.ts';
import { bookOf, type Tables } from '../state/index.ts';

export interface RulesNow {
  /** Digest of the rule book. */
  ruleBook: string | null;
  stage: string | null;
  selfReliance: SelfRelianceRules | null;
}

export function rulesNow(tables: Tables): RulesNow {
  const stage = tables.all('stages').at(-1);
  const book = stage?.ruleBook ?? tables.all('ruleBooks').at(-1)?.digest;
  if (book === undefined) return { ruleBook: null, stage: null, selfReliance: null };
  return { ruleBook: book, stage: stage?.id ?? null, selfReliance: rulesOf(tables, book) };
}

/** The rules in a registered rule book; null if it has none. */
export const rulesOf = (tables: Tables, digest: string): SelfRelianceRules | null =>
  bookOf(tables, digest).selfReliance ?? null;
