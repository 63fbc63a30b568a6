// A rule book back to YAML, for tests: what was read is whole.

import { stringify } from 'yaml';
import type { Block, Part, RuleBook } from '../types.ts';

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
