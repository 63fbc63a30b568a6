// The conversations that a document has to learn from: itself, or both of a pair.

import { type Conversation, parseConversation } from './conversation.ts';
import { conversationsOf, parsePair } from './pair.ts';

/** What the documents of a source are. */
export type DocumentKind = 'conversation' | 'pair';

export interface Example {
  messages: Conversation;
  /** Of a pair: which one it is. Only its last answer is learned; else all answers are. */
  of?: 'chosen' | 'rejected';
}

/** The conversations of a document, in order. @throws ConversationFault */
export function examplesOf(text: string, kind: DocumentKind): Example[] {
  if (kind === 'conversation') return [{ messages: parseConversation(text) }];
  const [chosen, rejected] = conversationsOf(parsePair(text));
  return [
    { messages: chosen, of: 'chosen' },
    { messages: rejected, of: 'rejected' },
  ];
}

/** The contents of all messages of a document, those before the answers of a pair once. */
export const contentsOf = (examples: readonly Example[]): string[] =>
  examples.flatMap(({ messages }, i) => messages.slice(i === 0 ? 0 : -1).map(({ content }) => content));
