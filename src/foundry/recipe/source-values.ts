// Values of a recipe's source in the form in which they are used. Knows no files.

/** What may be one or several, as a list. */
export const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** A pattern of letters of a Unicode script, or undefined where there is no such script. */
export function scriptPattern(script: string): RegExp | undefined {
  if (!/^[A-Za-z_]+$/.test(script)) return undefined;
  try {
    return new RegExp(`\\p{Script=${script}}`, 'gu');
  } catch {
    return undefined;
  }
}
