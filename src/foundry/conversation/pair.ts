// A pair as a document of a corpus: what was said before, and two answers to it, of which one is preferred. Canonical JSON, in one spelling.

import { isObject, parseJson } from '../../base/index.ts';
import { canonicalJson } from '../../ledger/index.ts';
import { type Conversation, ConversationFault, checkOrder, messageOf, parseMessages } from './conversation.ts';

export interface Pair {
  /** What the answers are to: at least one message, the last one not of the assistant. */
  messages: Conversation;
  chosen: string;
  rejected: string;
}

/** The conversations of a pair: with the chosen answer, with the rejected one. */
export const conversationsOf = ({ messages, chosen, rejected }: Pair): [Conversation, Conversation] => [
  [...messages, { role: 'assistant', content: chosen }],
  [...messages, { role: 'assistant', content: rejected }],
];

/** @throws ConversationFault */
export function checkPair(pair: Pair): Pair {
  const last = pair.messages.at(-1);
  if (!last) throw new ConversationFault('has nothing that the answers are to');
  if (last.role === 'assistant') throw new ConversationFault('has an answer before the answers to choose from');
  if (last.role === 'system')
    throw new ConversationFault('has no question: the last message before the answers is of the system');
  checkOrder(conversationsOf(pair)[0]);
  if (pair.chosen === pair.rejected) throw new ConversationFault('has the same answer twice: nothing is preferred');
  return pair;
}

/** The document of a pair. */
export const pairText = ({ messages, chosen, rejected }: Pair): string =>
  canonicalJson({ messages: messages.map(({ role, content }) => ({ role, content })), chosen, rejected });

/** The pair of a document, which must be in its one spelling. @throws ConversationFault */
export function parsePair(text: string): Pair {
  const value = parseJson(text, () => new ConversationFault('is not JSON'));
  const { messages, chosen, rejected } = isObject(value) ? value : {};
  const pair = checkPair({
    messages: parseMessages(messages),
    chosen: messageOf('assistant', chosen, 'chosen').content,
    rejected: messageOf('assistant', rejected, 'rejected').content,
  });
  if (pairText(pair) !== text)
    throw new ConversationFault('is not the canonical JSON of {"chosen":...,"messages":[...],"rejected":...}');
  return pair;
}
