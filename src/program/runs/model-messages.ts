// The messages between a process with a model and its parent.

/** The name of the model in requests and errors. */
export const MODEL = 'model';

/** The path of the audit of a receipt, which serve does not have. Its body is a `ReceiptCheckRequest`. */
export const RECEIPT_CHECK = '/receipt-check';

/** An answer as its client has it. */
export interface ReceiptCheckRequest {
  receipt: string;
  request: string;
  response: string;
}

export interface OpenRequest {
  folder: string;
  threads: number;
  /** Texts at a time whose whole context fits. */
  texts: number;
  /** Texts that may wait for their turn. */
  maxWaiting: number;
  /** Of one answer. */
  maxSeconds: number;
}

/** A message of the parent. The first one opens the model. */
export type ToModel =
  | { kind: 'open'; open: OpenRequest }
  /** `body` is JSON; null for a GET. `withReceipt`: the answer gets a receipt, if it can have one. */
  | { kind: 'ask'; id: number; path: string; body: string | null; withReceipt: boolean }
  | { kind: 'more' | 'stop'; id: number };

/** A part of the answer to a request. */
export type FromModel =
  | { id: number; kind: 'head'; status: number; type: string; retryAfter: number | undefined }
  /** Text of the body; null at its end. */
  | { id: number; kind: 'body'; text: string | null }
  | { id: number; kind: 'stopped' };
