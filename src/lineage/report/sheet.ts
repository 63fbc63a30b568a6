// The data that every part of the page draws from. Knows no part.

import type { Format, Terms } from '../../page-kit/index.ts';
import type { Lineage } from '../lineage.ts';
import type { Words } from './en.ts';
import type { Facts } from './facts.ts';

export interface Sheet {
  result: Lineage;
  facts: Facts;
  words: Words;
  terms: Terms;
  format: Format;
}
