// A file with a receipt: its statement alone, or with the texts that the server keeps, as GET /receipts/ID gives them.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { canonicalJson, type Json, kindOf } from '../../ledger/index.ts';
import { type NamedText, notOne, parseBounded } from './bounded-json.ts';

export const MAX_RECEIPT_BYTES = 64 << 20;

export const idsShape = z.array(
  z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
);

const withTexts = z.strictObject({
  receipt: z.unknown(),
  request: z.unknown(),
  prompt_token_ids: z.array(idsShape),
  token_ids: z.array(idsShape),
});

export interface ReceiptFile {
  /** The statement's text, unverified. */
  statement: string;
  /** What the server keeps, unsigned. */
  kept: { request: unknown; promptIds: number[][]; ids: number[][] } | undefined;
}

/** @throws JikjiError `not-a-receipt` */
export function receiptFileOf({ path, text }: NamedText): ReceiptFile {
  const value = parseBounded({ path, text });
  if (kindOf(text) === 'receipt') return { statement: text, kept: undefined };
  const parsed = withTexts.safeParse(value);
  if (!parsed.success) throw notOne(path, 'is not a receipt');
  const { receipt, request, prompt_token_ids: promptIds, token_ids: ids } = parsed.data;
  const statement = statementOf(receipt);
  if (statement === undefined || kindOf(statement) !== 'receipt') throw notOne(path, 'is not a receipt');
  return { statement, kept: { request, promptIds, ids } };
}

/** Whether a file is a receipt, with texts or without. What is too large, or not there, is none. */
export function isReceiptFile(path: string): boolean {
  try {
    receiptFileOf({ path, text: readSmallFile(path, MAX_RECEIPT_BYTES) });
    return true;
  } catch (error) {
    if (error instanceof JikjiError) return false;
    throw error;
  }
}

/** The statement's file of an envelope; undefined for what has no canonical form. */
function statementOf(envelope: unknown): string | undefined {
  try {
    return `${canonicalJson(envelope as Json)}\n`;
  } catch {
    return undefined;
  }
}
