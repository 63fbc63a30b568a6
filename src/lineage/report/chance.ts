// A chance that is far below what a number holds, said in words: from its natural logarithm. No rounding makes it smaller.

import { exp64 } from '../../engine/index.ts';
import type { Format } from '../../page-kit/text/index.ts';

/** Sentences of a language for chances of three sizes. */
export interface ChanceWords {
  /** "1 in 10^506" */
  power(exponent: string): string;
  /** "1 in 25,000" */
  oneIn(count: string): string;
  /** "12.5%" */
  share(percent: string): string;
}

/** Chances from here on are said in percent, and below the other as powers of ten. */
const PERCENT = 0.01;
const POWERS = 1e-6;
/** Rounding in a logarithm must not lift an exponent. */
const SLACK = 1e-9;

/** Cuts a number down to two digits. */
function cutDown(value: number): number {
  const unit = 10 ** Math.max(0, String(Math.floor(value)).length - 2);
  return Math.floor(value / unit + SLACK) * unit;
}

/** The chance e^ln, rounded up; a dash for what is no logarithm of a chance. */
export function chanceText(ln: number, words: ChanceWords, format: Pick<Format, 'count' | 'atMost'>): string {
  if (Number.isNaN(ln) || ln === Number.NEGATIVE_INFINITY) return '–';
  const chance = ln >= 0 ? 1 : exp64(ln);
  if (chance >= PERCENT) return words.share(format.atMost(chance));
  if (chance >= POWERS) return words.oneIn(format.count(cutDown(1 / chance)));
  return words.power(format.count(Math.floor(-ln / Math.LN10 + SLACK)).replaceAll(',', ''));
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `506` as `⁵⁰⁶`: letters, so that a copied text stays true. */
export const raised = (digits: string): string => digits.replace(/\d/g, (digit) => RAISED[Number(digit)]!);
