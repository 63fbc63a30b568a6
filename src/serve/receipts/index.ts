// Receipts of answers: made, kept, and given back.
export { type Answered, newId, Receipts, type ReceiptsOptions, type SentAnswer } from './receipts.ts';
