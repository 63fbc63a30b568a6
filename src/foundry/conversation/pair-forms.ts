// The forms in which data has pairs: a prompt (text or messages), a chosen and a rejected answer (text or messages); or two lists of
// messages that differ in their last one.

import { isObject } from '../../base/index.ts';
import { nearestName } from '../../formats/index.ts';
import { type Conversation, ConversationFault, messageOf, parseMessages, shownNames } from './conversation.ts';
import { checkPair, type Pair } from './pair.ts';

/** Whether a value has the members of a pair. */
export const isPairForm = (value: unknown): boolean => isObject(value) && 'chosen' in value && 'rejected' in value;

/** A member that seems to mean one that is missing, for errors; empty where there is none. */
export function misspelled(value: object, names: readonly string[]): string {
  const missing = names.filter((name) => !(name in value));
  for (const key of Object.keys(value).slice(0, 100)) {
    const near = names.includes(key) || key.length < 4 ? undefined : nearestName(key, missing);
    if (near && near.distance > 0 && near.distance <= 2) return `: ${JSON.stringify(key)}: did you mean ${near.name}?`;
  }
  return '';
}

/** The messages before the answers, where the value has them. */
function promptOf({ prompt, messages, system }: Record<string, unknown>): Conversation | undefined {
  const before = prompt ?? messages;
  if (before === undefined) return undefined;
  if (prompt !== undefined && messages !== undefined) throw new ConversationFault('has both a prompt and messages');
  const said = typeof before === 'string' ? [messageOf('user', before, 'prompt')] : listOf(before, 'prompt');
  const isSet = system !== undefined && system !== null && !(typeof system === 'string' && system.trim() === '');
  return isSet ? [messageOf('system', system, 'system'), ...said] : said;
}

/** Messages under the name of their member. */
function listOf(value: unknown, name: string): Conversation {
  try {
    return parseMessages(value);
  } catch (error) {
    throw error instanceof ConversationFault ? new ConversationFault(`${name}: ${error.message}`) : error;
  }
}

const same = (a: Conversation, b: Conversation) => JSON.stringify(a) === JSON.stringify(b);

/** An answer, and the messages before it where its list has them. */
function answerOf(value: unknown, name: 'chosen' | 'rejected'): { before: Conversation; answer: string } {
  if (!Array.isArray(value)) return { before: [], answer: messageOf('assistant', value, name).content };
  const list = listOf(value, name);
  const last = list.at(-1);
  if (last?.role !== 'assistant') throw new ConversationFault(`${name} does not end with a message of the assistant`);
  return { before: list.slice(0, -1), answer: last.content };
}

/** The pair of one value of a file. @throws ConversationFault */
export function pairOf(value: unknown): Pair {
  if (!isObject(value)) throw new ConversationFault('is not an object');
  if (!isPairForm(value)) {
    const near = misspelled(value, ['chosen', 'rejected']);
    throw new ConversationFault(
      `has not both members chosen and rejected; it has ${shownNames(value)}${near}`,
      'rename the columns, or members, of both answers to "chosen" and "rejected"',
    );
  }
  const near = 'prompt' in value || 'messages' in value ? '' : misspelled(value, ['prompt']);
  if (near !== '') throw new ConversationFault(`has no prompt${near}`);
  const [chosen, rejected] = [answerOf(value.chosen, 'chosen'), answerOf(value.rejected, 'rejected')];
  const prompt = promptOf(value);
  for (const [name, { before }] of [
    ['chosen', chosen],
    ['rejected', rejected],
  ] as const)
    if (prompt && before.length > 0 && !same(before, prompt))
      throw new ConversationFault(`${name} does not go on from the prompt with one answer`);
  if (!prompt && !same(chosen.before, rejected.before))
    throw new ConversationFault('chosen and rejected differ before their last message');
  return checkPair({ messages: prompt ?? chosen.before, chosen: chosen.answer, rejected: rejected.answer });
}
