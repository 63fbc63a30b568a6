// Lines of CSV that a spreadsheet shows, and never runs.

/** Signs with which a spreadsheet takes a value for a formula, also after blanks, and also in their full-width forms. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@＝＋－＠\t\r]/u;

/** One line, as RFC 4180 has it. A value that could be a formula begins with an apostrophe, which spreadsheets do not show as a formula. */
export const csvLine = (values: readonly (string | number | null)[]): string =>
  `${values.map((value) => quoted(value === null ? '' : String(value))).join(',')}\r\n`;

function quoted(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
