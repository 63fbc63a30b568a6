// Formats of strings as regular expressions. Where standards and validators differ, what all of them take.

import type { Dfa, DfaContext } from './dfa.ts';
import { compilePattern } from './pattern.ts';
import { refuse } from './refusal.ts';

const LEAP_YEAR = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DAYS = [
  '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])',
  '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)',
  '02-(?:0[1-9]|1\\d|2[0-8])',
];
const DATE = `(?:\\d{4}-(?:${DAYS.join('|')})|${LEAP_YEAR}-02-29)`;

/** Up to nanoseconds: with more digits a validator may round a second up. */
const FRACTION = '(?:\\.\\d{1,9})?';
const HOURS = '(?:[01]\\d|2[0-3])';
/** A leap second comes at midnight of UTC, whose offset is 0 here. */
const TIME = `(?:${HOURS}:[0-5]\\d:[0-5]\\d${FRACTION}(?:[Zz]|[+-]${HOURS}:[0-5]\\d)|23:59:60${FRACTION}(?:[Zz]|[+-]00:00))`;

const DAY_PART = '(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)';
const TIME_PART = 'T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)';

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const GROUP = '[\\da-fA-F]{1,4}';

/** Some groups, `::` for the others, and some more. */
const shortened = (before: number): string => {
  const after = 7 - before;
  const right = after > 0 ? `(?:${GROUP}(?::${GROUP}){0,${after - 1}})?` : '';
  return `${before > 0 ? `${GROUP}(?::${GROUP}){${before - 1}}` : ''}::${right}`;
};

const ATOM = "[\\w!#$%&'*+/=?^`\\{|\\}~-]+";
const LABEL = '[\\dA-Za-z](?:[\\dA-Za-z-]*[\\dA-Za-z])?';

const PATTERNS: ReadonlyMap<string, string> = new Map([
  ['date', DATE],
  ['time', TIME],
  ['date-time', `${DATE}[Tt]${TIME}`],
  ['duration', `P(?:${DAY_PART}(?:${TIME_PART})?|${TIME_PART}|\\d+W)`],
  ['uuid', '[\\da-fA-F]{8}-(?:[\\da-fA-F]{4}-){3}[\\da-fA-F]{12}'],
  ['email', `${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}`],
  ['ipv4', `(?:${BYTE}\\.){3}${BYTE}`],
  ['ipv6', `(?:${GROUP}:){7}${GROUP}|${[0, 1, 2, 3, 4, 5, 6, 7].map(shortened).join('|')}`],
]);

/** @throws JikjiError `schema-unsupported` */
export function compileFormat(name: unknown, context: DfaContext): Dfa {
  const pattern = typeof name === 'string' ? PATTERNS.get(name) : undefined;
  if (pattern === undefined) throw refuse(`format ${JSON.stringify(name)} is not supported`, context.path);
  return compilePattern(`^(?:${pattern})$`, context);
}
