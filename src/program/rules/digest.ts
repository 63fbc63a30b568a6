// The digest that a rule book is registered by.

import { digestOfJson, type Json } from '../../ledger/index.ts';
import type { RuleBook } from './types.ts';

/** SHA-256 of the canonical JSON of the complete rule book: it depends on every value, and not on the layout of the YAML. */
export const ruleBookDigest = (book: RuleBook): string => digestOfJson(book as unknown as Json);
