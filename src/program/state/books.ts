// Parsed rule books of stages, cached.

import { parseRuleBook, type RuleBook } from '../rules/index.ts';
import { requireRow } from './kind.ts';
import type { Tables } from './tables.ts';

/** By digest: a registered rule book never changes. */
const read = new Map<string, RuleBook>();

/** @throws JikjiError `rule-book-unknown` */
export function bookOf(tables: Tables, digest: string): RuleBook {
  const { text } = requireRow(tables, 'ruleBooks', digest, 'rule-book');
  let book = read.get(`${digest} ${text}`);
  if (!book) {
    book = parseRuleBook(text, { file: 'rule book' });
    read.set(`${digest} ${text}`, book);
  }
  return book;
}

/** @throws JikjiError `stage-unknown` */
export const bookOfStage = (tables: Tables, stage: string): RuleBook =>
  bookOf(tables, requireRow(tables, 'stages', stage, 'stage').ruleBook);
