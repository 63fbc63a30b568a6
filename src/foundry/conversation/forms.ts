// The forms in which data has conversations: `messages` of role and content, ShareGPT's `conversations` of from and value, Alpaca's
// instruction, input and output, and a question with its answer under other usual names, as tables have them. Reads one value of a file;
// other members of it say nothing of what was said.

import { isObject } from '../../base/index.ts';
import { type Conversation, ConversationFault, checkOrder, messageOf, shownNames } from './conversation.ts';
import { isPairForm, misspelled } from './pair-forms.ts';

/** ShareGPT's names of roles. */
const SPEAKERS: Readonly<Record<string, string>> = { system: 'system', human: 'user', gpt: 'assistant', tool: 'tool' };

/** Names of a question and its answer, beside Alpaca's. */
const ASKED_AS = [
  ['question', 'answer'],
  ['prompt', 'completion'],
  ['prompt', 'response'],
  ['Q', 'A'],
  ['질문', '답변'],
] as const;

const RENAME =
  'rename the columns, or members, of question and answer to names that it knows, such as "question" and "answer", "Q" and "A", or "질문" and "답변"';

type Fields = Record<string, unknown>;

function listOfMessages(list: unknown, name: string, one: (message: Fields, number: number) => Conversation[number]) {
  if (!Array.isArray(list)) throw new ConversationFault(`${name} is not a list`);
  return list.map((message: unknown, i) => {
    if (!isObject(message)) throw new ConversationFault(`message ${i + 1} is not an object`);
    return one(message, i + 1);
  });
}

function spoken({ role, content, tool_calls: calls }: Fields, number: number): Conversation[number] {
  if (Array.isArray(calls) && calls.length > 0)
    throw new ConversationFault(`message ${number} calls tools, which training does not have yet`);
  return messageOf(role, content, number);
}

function shared({ from, value }: Fields, number: number): Conversation[number] {
  const known = typeof from === 'string' && Object.hasOwn(SPEAKERS, from);
  if (!known) {
    const names = Object.keys(SPEAKERS).join(', ');
    throw new ConversationFault(
      `message ${number} is from ${JSON.stringify(from)?.slice(0, 60) ?? 'nobody'}: known are ${names}`,
    );
  }
  return messageOf(SPEAKERS[from], value, number);
}

/** Alpaca has one question, with or without an input, and its answer. */
function asked({ instruction, input, output }: Fields): Conversation {
  const { content: question } = messageOf('user', instruction, 1);
  const hasInput = input !== undefined && input !== null && !(typeof input === 'string' && input.trim() === '');
  const more = hasInput ? `\n\n${messageOf('user', input, 1).content}` : '';
  return [{ role: 'user', content: question + more }, messageOf('assistant', output, 2)];
}

/** One question and its answer under the first two names that a value has. */
function answered(value: Fields): Conversation | undefined {
  const [question, answer] = ASKED_AS.find(([q, a]) => Object.hasOwn(value, q) && Object.hasOwn(value, a)) ?? [];
  if (question === undefined) return undefined;
  return [messageOf('user', value[question], question), messageOf('assistant', value[answer], answer)];
}

/** The conversation of one value of a file. @throws ConversationFault */
export function conversationOf(value: unknown): Conversation {
  if (!isObject(value)) throw new ConversationFault('is not an object');
  const messages =
    value.messages !== undefined
      ? listOfMessages(value.messages, 'messages', spoken)
      : value.conversations !== undefined
        ? listOfMessages(value.conversations, 'conversations', shared)
        : 'instruction' in value && 'output' in value
          ? asked(value)
          : answered(value);
  if (!messages && isPairForm(value))
    throw new ConversationFault('is a pair of answers, chosen and rejected: read: preferences learns from those');
  if (!messages) {
    const pairs = ASKED_AS.map((names) => names.join(' and ')).join(', ');
    const forms = `messages, conversations (ShareGPT), instruction and output (Alpaca), or ${pairs}`;
    const near = misspelled(value, ['messages', 'conversations', 'instruction', 'output']);
    throw new ConversationFault(`has none of the members ${forms}; it has ${shownNames(value)}${near}`, RENAME);
  }
  checkOrder(messages);
  return messages;
}
