// Numbers that callers give, checked before any work begins: plain JavaScript calls the library too.

import { defaultThreads, JikjiError, shownValue } from '../base/index.ts';

export interface Range {
  least: number;
  most: number;
  whole: boolean;
}

/** `value`, or `fallback` where it is left out. @throws JikjiError `usage` */
export function checkedNumber(name: string, value: number | undefined, fallback: number, range: Range): number {
  if (value === undefined) return fallback;
  const { least, most, whole } = range;
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isSafeInteger(value)))
    return value;
  const wanted = `${name} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}`;
  throw new JikjiError('usage', wanted, `${name}: ${shownValue(value)}`, 'leave it out for the default');
}

/** @throws JikjiError `usage` */
export const checkedThreads = (threads: number | undefined): number =>
  checkedNumber('threads', threads, defaultThreads(), { least: 1, most: 256, whole: true });
