// Receipts of answers: checked against the model that is said to have given them.
export { auditReceipt, type ReceiptAuditOptions } from './receipt-audit.ts';
export * from './types.ts';
