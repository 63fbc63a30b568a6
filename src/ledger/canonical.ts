// Canonical JSON (RFC 8785): each value has one text, so its digest is well defined.

/** What canonical JSON can hold: no undefined, no NaN, no functions. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The canonical text of a value: members sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them.
 * @throws TypeError for values that JSON cannot hold (NaN, undefined) and for lone surrogates, which have no UTF-8
 */
export function canonicalJson(value: Json): string {
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
      return Array.isArray(value) ? canonicalList(value) : canonicalMembers(value);
    default:
      throw new TypeError(`not a JSON value: ${typeof value}`);
  }
}

function canonicalList(values: readonly Json[]): string {
  let text = '[';
  // By index: a hole is undefined, which is refused.
  for (let i = 0; i < values.length; i++) text += i === 0 ? canonicalJson(values[i]!) : `,${canonicalJson(values[i]!)}`;
  return `${text}]`;
}

function canonicalMembers(value: { [key: string]: Json }): string {
  let text = '{';
  // The default order is by UTF-16 code units.
  for (const key of Object.keys(value).sort())
    text += `${text.length === 1 ? '' : ','}${canonicalJson(key)}:${canonicalJson(value[key]!)}`;
  return `${text}}`;
}
