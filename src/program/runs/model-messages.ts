// The messages between a process with a model and its parent.

/** The name of the model in requests and errors. */
export const MODEL = 'model';

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
  /** `body` is JSON. */
  | { kind: 'ask'; id: number; path: string; body: string }
  | { kind: 'more' | 'stop'; id: number };

/** A part of the answer to a request. */
export type FromModel =
  | { id: number; kind: 'head'; status: number; type: string; retryAfter: number | undefined }
  /** Text of the body; null at its end. */
  | { id: number; kind: 'body'; text: string | null }
  | { id: number; kind: 'stopped' };
