// The special tokens that a recipe's conversations need: what a chat template writes around messages.

import type { ReaderName } from './schema.ts';

/** Those of the built-in template: one that begins the message of each role, and one that ends a message. */
export const TURN_TOKENS: readonly string[] = ['<|system|>', '<|user|>', '<|assistant|>', '<|tool|>', '<|end|>'];

const KINDS: ReadonlyMap<string | undefined, 'conversation' | 'pair'> = new Map<ReaderName, 'conversation' | 'pair'>([
  ['conversations', 'conversation'],
  ['wordnet-exercises', 'conversation'],
  ['preferences', 'pair'],
]);

/** What the documents of a reader are; undefined where they are texts. */
export const conversationKind = (read: string | undefined): 'conversation' | 'pair' | undefined => KINDS.get(read);

/** Whether the documents of a reader are conversations, alone or in pairs. */
export const isConversations = (read: string | undefined): boolean => conversationKind(read) !== undefined;

/** What turn tokens follow from, in a recipe that has been read or not yet. */
export interface TurnTokensInput {
  corpus: { sources: readonly { read?: string | undefined }[] };
  chat?: { tokens?: readonly string[] | undefined } | undefined;
}

/** The turn tokens of a recipe, in the order of their ids; none without conversations. */
export function turnTokensOf({ corpus, chat }: TurnTokensInput): readonly string[] {
  const hasConversations = corpus.sources.some(({ read }) => isConversations(read));
  return hasConversations ? (chat?.tokens ?? TURN_TOKENS) : [];
}
