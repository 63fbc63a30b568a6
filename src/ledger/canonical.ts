// Canonical JSON (RFC 8785): one text for one value, so that its digest means something.

/** What canonical JSON can hold: no undefined, no NaN, no functions. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The canonical text of a value: members sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them.
 * @throws TypeError for what JSON cannot hold (NaN, undefined) and for lone surrogates, which have no UTF-8.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
    return JSON.stringify(value); // RFC 8785 takes ECMAScript's number formatting; -0 becomes 0 in both
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`; // a hole is undefined, and refused
  if (typeof value !== 'object') throw new TypeError(`not a JSON value: ${typeof value}`);
  const members = Object.keys(value)
    .sort() // the default order is by UTF-16 code units
    .map((key) => `${canonicalJson(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}
