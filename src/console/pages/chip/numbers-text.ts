// The numbers that the result of a finding comes from, in words.

import type { Format } from '../../../page-kit/index.ts';
import type { ChipCard } from '../../types.ts';
import type { Words } from '../../words/words.ts';

type Finding = ChipCard['findings'][number];

export function numbersText({ about, numbers }: Finding, w: Words['chip'], format: Format): string {
  const text = (name: string) => {
    const value = numbers[name] ?? null;
    return value === null ? '–' : Number.isInteger(value) ? format.count(value) : format.short(value);
  };
  switch (about) {
    case 'multiply-add':
      return `${w.results.fused} ${w.ways(text('fused'), `${w.results.separate} ${text('separate')}`, text('neither'))}`;
    case 'subnormal-inputs':
    case 'subnormal-outputs':
      return `${w.results.kept} ${w.ways(text('kept'), `${w.results.flushed} ${text('flushed')}`, text('neither'))}`;
    case 'product-inputs':
      return w.bits(text('kept'), text('type'));
    case 'product-sums':
      return w.bits(text('kept'), text('most'));
    case 'rounding':
      return w.agree(text('nearestEven'), text('cases'));
    case 'repeat-batch':
      return w.rows(text('rowsDiffering'), text('rows'));
    case 'accuracy':
      return w.errors(text('largest'), text('rms'), text('largestRounded'), text('rmsRounded'));
    default:
      return w.distinct(text('distinct'), text('tries'));
  }
}
