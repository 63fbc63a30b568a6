// What a file of marks says of each token of a conversation: a byte beside each id. docs/arithmetic.md

/** The token is a target of the loss: it is of an answer, or ends one. */
export const LEARNED = 1;
/** The token begins a conversation. */
export const FIRST = 2;
/** Beside FIRST: the conversation is the rejected one of a pair, whose chosen one comes just before. */
export const REJECTED = 4;

/** Ids of a conversation, and a byte of marks for each. */
export interface EncodedConversation {
  ids: Uint32Array;
  marks: Uint8Array;
}
