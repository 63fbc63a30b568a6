// Converts values of a recipe's source to the form in which they are used. Knows no files.

/** A value that may be one or several, as a list. */
export const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** A pattern for the letters of a Unicode script; undefined for an unknown script. */
export function scriptPattern(script: string): RegExp | undefined {
  if (!/^[A-Za-z_]+$/.test(script)) return undefined;
  try {
    return new RegExp(`\\p{Script=${script}}`, 'gu');
  } catch {
    return undefined;
  }
}
