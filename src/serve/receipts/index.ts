// Receipts of answers: made, kept, and given back.
export { newId, Receipts, type ReceiptsOptions, type SentAnswer } from './receipts.ts';
