// Checks the numbers of callers before any work begins: the library is also called from plain JavaScript.

import { defaultThreads, JikjiError, shownValue } from '../base/index.ts';

export interface Range {
  min: number;
  max: number;
  whole: boolean;
}

/** `value`, or `fallback` for undefined. @throws JikjiError `usage` */
export function checkedNumber(name: string, value: number | undefined, fallback: number, range: Range): number {
  if (value === undefined) return fallback;
  const { min, max, whole } = range;
  if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isSafeInteger(value)))
    return value;
  const message = `${name} takes a ${whole ? 'whole ' : ''}number from ${min} to ${max}`;
  throw new JikjiError('usage', message, `${name}: ${shownValue(value)}`, 'leave it out for the default');
}

/** @throws JikjiError `usage` */
export const checkedThreads = (threads: number | undefined): number =>
  checkedNumber('threads', threads, defaultThreads(), { min: 1, max: 256, whole: true });
