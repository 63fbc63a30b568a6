// Which sources are conversations, and what a recipe says of how they become tokens.

import type { ValuePlaces } from '../../formats/index.ts';
import type { ReaderName, RecipeInput } from './schema.ts';
import type { ChatRecipe, Recipe, RecipeSource } from './types.ts';

/** Readers whose documents are conversations. */
const CONVERSATIONS: readonly ReaderName[] = ['conversations'];

/** Whether the documents of a reader are conversations. */
export const isConversations = (read: ReaderName): boolean => CONVERSATIONS.includes(read);

/** The special tokens of the template that Jikji has: one that begins the message of each role, and one that ends a message. */
const TURN_TOKENS = ['<|system|>', '<|user|>', '<|assistant|>', '<|tool|>', '<|end|>'];

/** The special tokens that a recipe's conversations need beside \`<|endoftext|>\`; none without conversations. */
export const turnTokensOf = ({ chat }: Pick<Recipe, 'chat'>): readonly string[] => chat?.tokens ?? [];

/** The section \`chat\` of a recipe with these sources. @throws JikjiError \`recipe-conflict\` */
export function resolveChat(
  { chat }: Pick<RecipeInput, 'chat'>,
  sources: readonly RecipeSource[],
  places: ValuePlaces,
): ChatRecipe | undefined {
  if (!sources.some(({ read }) => isConversations(read))) {
    if (!chat) return undefined;
    const hint = 'remove it, or write read: conversations at the source that has them';
    throw places.error('recipe-conflict', ['chat'], 'chat is there, and no source has conversations', hint);
  }
  const tokens = chat?.tokens ?? TURN_TOKENS;
  const twice = tokens.find((token, i) => tokens.indexOf(token) !== i || token === '<|endoftext|>');
  if (twice !== undefined) {
    const message = `chat.tokens has ${twice} twice, or every tokenizer has it`;
    throw places.error('recipe-conflict', ['chat', 'tokens'], message, 'name each token once, without <|endoftext|>');
  }
  return { ...(chat?.template !== undefined && { template: chat.template }), tokens };
}
