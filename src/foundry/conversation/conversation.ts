// A conversation as a document of a corpus: canonical JSON of its messages, in one spelling. Knows no files and no templates.

import { isObject, parseJson } from '../../base/index.ts';
import { canonicalJson } from '../../ledger/index.ts';
import { type Message, ROLES, type Role } from './message.ts';

/** The messages of one document, in order: a system message only at the beginning, at least one answer. */
export type Conversation = readonly Pick<Message, 'role' | 'content'>[];

/** Why a value is not a conversation. */
export class ConversationFault extends Error {
  /** How to mend it, where that is known. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

const isRole = (role: unknown): role is Role => (ROLES as readonly unknown[]).includes(role);

/** The names of members, in quotes: white space around them shows. */
export const shownNames = (value: object): string =>
  Object.keys(value)
    .slice(0, 8)
    .map((name) => JSON.stringify(name))
    .join(', ')
    .slice(0, 200) || 'no members';

/** A value as an error shows it. */
const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

/**
 * A message. White space around its content is left out, as a talk with a model does. `at` is its number, or a word for it.
 * @throws ConversationFault
 */
export function messageOf(role: unknown, content: unknown, at: number | string): Conversation[number] {
  const name = typeof at === 'number' ? `message ${at}` : at;
  const fault = (what: string): ConversationFault => new ConversationFault(`${name} ${what}`);
  if (!isRole(role)) throw fault(`has the role ${shown(role)}: known are ${ROLES.join(', ')}`);
  if (typeof content !== 'string') throw fault(`(${role}) has content that is not text: ${shown(content)}`);
  const text = content.replaceAll('\r\n', '\n').normalize('NFC').trim();
  if (text === '') throw fault(`(${role}) is empty`);
  if (!text.isWellFormed()) throw fault(`(${role}) has half of a character (a lone surrogate)`);
  return { role, content: text };
}

/** Checks the order of messages. @throws ConversationFault */
export function checkOrder(messages: Conversation): void {
  const system = messages.findLastIndex(({ role }) => role === 'system');
  if (system > 0) {
    const first = messages[0].role === 'system';
    const what = first ? 'is a second system message' : 'is a system message that is not the first';
    throw new ConversationFault(`message ${system + 1} ${what}`);
  }
  if (!messages.some(({ role }) => role === 'assistant'))
    throw new ConversationFault('has no answer: no message of the assistant');
}

/** The document of a conversation. */
export const conversationText = (messages: Conversation): string =>
  canonicalJson({ messages: messages.map(({ role, content }) => ({ role, content })) });

/** The messages of a document. @throws ConversationFault */
export function parseMessages(list: unknown): Conversation {
  if (!Array.isArray(list)) throw new ConversationFault('has no list of messages');
  return list.map((message: unknown, i) => {
    if (!isObject(message)) throw new ConversationFault(`message ${i + 1} is not an object`);
    return messageOf(message.role, message.content, i + 1);
  });
}

/** The conversation of a document, which must be in its one spelling. @throws ConversationFault */
export function parseConversation(text: string): Conversation {
  const value = parseJson(text, () => new ConversationFault('is not JSON'));
  const messages = parseMessages(isObject(value) ? value.messages : undefined);
  checkOrder(messages);
  if (conversationText(messages) !== text)
    throw new ConversationFault('is not the canonical JSON of {"messages":[{"content":...,"role":...},...]}');
  return messages;
}
