// The special tokens that a recipe's conversations need: what a chat template writes around messages.

/** Those of the built-in template. */
const TURN_TOKENS: readonly string[] = ['<|system|>', '<|user|>', '<|assistant|>', '<|tool|>', '<|end|>'];

const CONVERSATION_READERS: ReadonlySet<string | undefined> = new Set(['conversations']);

/** What turn tokens follow from, in a recipe that has been read or not yet. */
export interface TurnTokensInput {
  corpus: { sources: readonly { read?: string | undefined }[] };
  chat?: { tokens?: readonly string[] | undefined } | undefined;
}

/** The turn tokens of a recipe, in the order of their ids; none without conversations. */
export function turnTokensOf({ corpus, chat }: TurnTokensInput): readonly string[] {
  const hasConversations = corpus.sources.some(({ read }) => CONVERSATION_READERS.has(read));
  return hasConversations ? (chat?.tokens ?? TURN_TOKENS) : [];
}
