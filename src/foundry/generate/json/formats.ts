// Formats of strings that are exactly a regular expression.

import type { Dfa, DfaContext } from './dfa.ts';
import { compilePattern } from './pattern.ts';
import { refuse } from './refusal.ts';

const PATTERNS = new Map<string, string>();

/** @throws JikjiError `schema-unsupported` */
export function compileFormat(name: unknown, context: DfaContext): Dfa {
  const pattern = typeof name === 'string' ? PATTERNS.get(name) : undefined;
  if (pattern === undefined) throw refuse(`format ${JSON.stringify(name)} is not supported`, context.path);
  return compilePattern(pattern, context);
}
