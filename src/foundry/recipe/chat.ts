// The section `chat` of a recipe: how conversations become tokens.

import type { ValuePlaces } from '../../formats/index.ts';
import type { RecipeInput } from './schema.ts';
import { isConversations, TURN_TOKENS } from './turn-tokens.ts';
import type { ChatRecipe, RecipeSource } from './types.ts';

/** 256 bytes and `<|endoftext|>`. */
const LEAST_ENTRIES = 257;

/** The section of a recipe with these sources; undefined without conversations. @throws JikjiError `recipe-conflict` */
export function resolveChat(
  { chat, tokenizer }: RecipeInput,
  sources: readonly RecipeSource[],
  places: ValuePlaces,
): ChatRecipe | undefined {
  const conflict = (path: string[], message: string, hint: string) =>
    places.error('recipe-conflict', path, message, hint);
  if (!sources.some(({ read }) => isConversations(read))) {
    if (!chat) return undefined;
    const hint = 'remove it, or write read: conversations at the source that has them';
    throw conflict(['chat'], 'chat is there, and no source has conversations', hint);
  }
  const tokens = [...(chat?.tokens ?? TURN_TOKENS)];
  const bad = tokens.find((token, i) => tokens.indexOf(token) !== i || token === '<|endoftext|>');
  if (bad !== undefined) {
    const hint = 'name each token once, without <|endoftext|>';
    throw conflict(['chat', 'tokens'], `chat.tokens names ${bad}, which is there without it`, hint);
  }
  if (tokenizer.vocabSize < LEAST_ENTRIES + tokens.length) {
    const message = `tokenizer.vocabSize (${tokenizer.vocabSize}) has no room for 256 bytes, <|endoftext|> and ${tokens.length} tokens of chat`;
    throw conflict(['tokenizer', 'vocabSize'], message, 'raise it, for example to 4096');
  }
  return { ...(chat?.template !== undefined && { template: chat.template }), tokens };
}
