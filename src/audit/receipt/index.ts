// Receipts of answers: checked against the model that is said to have given them; and what an answer hangs on.
export { lineageOf, type RunAudit, type RunFound } from './lineage.ts';
export {
  auditReceipt,
  auditReceiptTexts,
  factsOf,
  type ReceiptAuditOptions,
  type ReceiptTexts,
} from './receipt-audit.ts';
export { isReceiptFile } from './receipt-file.ts';
export * from './types.ts';
