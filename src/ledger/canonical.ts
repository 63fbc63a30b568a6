// Canonical JSON (RFC 8785): each value has one text, so its digest is well defined.

/** What canonical JSON can hold: no undefined, no NaN, no functions. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Lists and objects within each other; a file from outside may have any number. */
const MAX_DEPTH = 500;

/**
 * The canonical text of a value: members sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them.
 * @throws TypeError for values that JSON cannot hold (NaN, undefined), for lone surrogates, which have no UTF-8, and for more than 500 levels
 */
export const canonicalJson = (value: Json): string => canonicalAt(value, 0);

function canonicalAt(value: Json, depth: number): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
      return String(value); // RFC 8785 uses ECMAScript's number format; -0 becomes 0
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form');
      return JSON.stringify(value);
    case 'object':
      if (depth >= MAX_DEPTH) throw new TypeError(`nested more than ${MAX_DEPTH} levels deep`);
      return Array.isArray(value) ? canonicalList(value, depth + 1) : canonicalMembers(value, depth + 1);
    default:
      throw new TypeError(`not a JSON value: ${typeof value}`);
  }
}

function canonicalList(values: readonly Json[], depth: number): string {
  let text = '[';
  // By index: a hole is undefined, which is refused.
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? '' : ','}${canonicalAt(values[i]!, depth)}`;
  return `${text}]`;
}

function canonicalMembers(value: { [key: string]: Json }, depth: number): string {
  let text = '{';
  // The default order is by UTF-16 code units.
  for (const key of Object.keys(value).sort())
    text += `${text.length === 1 ? '' : ','}${canonicalAt(key, depth)}:${canonicalAt(value[key]!, depth)}`;
  return `${text}}`;
}
