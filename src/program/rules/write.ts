// A rule book back to text: as YAML for people, and as the digest that it is registered by.

import { stringify } from 'yaml';
import { digestOfJson, type Json } from '../../ledger/index.ts';
import type { Block, Part, RuleBook } from './types.ts';

/** SHA-256 of the canonical JSON of the complete rule book: how its YAML is laid out changes nothing, any value does. */
export const ruleBookDigest = (book: RuleBook): string => digestOfJson(book as unknown as Json);

function written({ source, published, ...part }: Part | Block): object {
  const { kind, ...rest } = source;
  const body = source.kind === 'parts' ? source.parts.map(written) : source.kind === 'tasks' ? source.tasks : rest;
  return { ...part, [kind]: body, ...(published && { published }) };
}

/** The rule book as YAML with every default written out; parseRuleBook gives the same rule book back. */
export function ruleBookToYaml(book: RuleBook): string {
  const value = { ...book, blocks: book.blocks.map(written) };
  const text = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  // 1e+30 is a number to YAML 1.2 and a text to YAML 1.1 readers; 1.0e+30 is a number to both.
  return text.replace(/: (-?\d+)e([-+]\d+)$/gm, ': $1.0e$2');
}
