// Makes a check of a receipt from its sentence.

import type { Sentence } from '../../base/index.ts';
import type { ReceiptCheck } from './types.ts';

export const receiptCheck = (
  name: ReceiptCheck['name'],
  verdict: ReceiptCheck['verdict'],
  { en, ko }: Sentence,
): ReceiptCheck => ({ name, verdict, detail: en, ...(ko !== undefined && { ko: { detail: ko } }) });
