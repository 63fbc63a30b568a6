// Jinja templates over rows of plain JSON. A template sees the row and nothing else: no clock, no files, no process. Runs
// where it can be killed, for it may never end.

import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import type { Row } from './data-row.ts';

/** What is wrong with a template, or with what it makes of a row. */
export class TemplateError extends Error {
  /** A name it uses that no column has. */
  readonly unknown: string | undefined;

  constructor(message: string, unknown?: string) {
    super(message);
    this.unknown = unknown;
  }
}

/** The longest text that one template may give, in UTF-16 code units. */
const MAX_TEXT = 1 << 20;
const MAX_RANGE = 100_000;

type Variables = Environment['variables'];

/** Remembers which names were looked for in vain: Jinja makes them empty texts, and a slip of the pen goes unseen. */
class Names extends Map<string, unknown> {
  /** Set when the template begins. */
  missing: Set<string> | undefined;

  override has(name: string): boolean {
    const there = super.has(name);
    if (!there) this.missing?.add(name);
    return there;
  }
}

function range(first: number, end?: number, step = 1): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= MAX_RANGE)) throw new Error(`a range of more than ${MAX_RANGE} numbers`);
  return Array.from({ length: count }, (_, i) => from + i * step);
}

const GLOBALS: Record<string, unknown> = { true: true, false: false, none: null, range };

/**
 * Compiles a template; `macros` stand in front of it. A row's columns are names in it, and `row` is all of the row: in
 * `row.x` a column that is not there is empty, as `x` alone it is an error.
 * @throws TemplateError now, or when a row is rendered
 */
export function compile(source: string, macros = ''): (row: Row) => string {
  // The last newline of a template is dropped by this parser; as in lm-evaluation-harness it is to stay.
  const text = source.endsWith('\n') ? `${source}\n` : source;
  const program = attempt(() => parse(tokenize(macros.trimEnd() + text)));
  return (row) => {
    const names = new Names();
    const result = attempt(() => {
      const environment = new Environment();
      for (const [name, value] of environment.variables) names.set(name, value);
      environment.variables = names as unknown as Variables;
      for (const [name, value] of Object.entries(GLOBALS)) environment.set(name, value);
      environment.set('row', row);
      for (const [name, value] of Object.entries(row)) if (!names.has(name)) environment.set(name, value);
      names.missing = new Set();
      return String(new Interpreter(environment).run(program).value);
    }, names);
    if (result.length > MAX_TEXT) throw new TemplateError(`gives a text of ${result.length} characters`);
    if (!result.isWellFormed()) throw new TemplateError('gives a text with half a character in it');
    return result;
  };
}

/** Whatever a template's reading or running throws is the template's fault; running out of memory ends the process. */
function attempt<T>(work: () => T, names?: Names): T {
  let result: T | undefined;
  let failure: unknown;
  try {
    result = work();
  } catch (error) {
    failure = error ?? 'nothing';
  }
  // A name that is not there is the likelier cause of what went wrong after it.
  const [unknown] = names?.missing ?? [];
  if (unknown !== undefined) throw new TemplateError(`there is no column ${unknown.slice(0, 100)}`, unknown);
  if (failure === undefined) return result as T;
  const message = failure instanceof Error ? failure.message : String(failure);
  const deep = failure instanceof RangeError && /call stack/.test(message);
  throw new TemplateError(deep ? 'nested too deeply' : message.slice(0, 300));
}
