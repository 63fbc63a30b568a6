// Several texts of one request: all at once or piece by piece, and what they used.

import type { ContinueOptions, End, TextPiece } from '../foundry/generate/index.ts';
import type { ServedModel } from './served-model.ts';

/** One text to generate. */
export interface Asked {
  ids: readonly number[];
  options: ContinueOptions;
}

/** A piece of the text with this index, or its end. */
export type AnswerEvent = { index: number } & ({ piece: TextPiece } | { end: End });

/** All texts, as they grow. Leaving the loop ends them. */
export async function* stream(model: ServedModel, asked: readonly Asked[]): AsyncGenerator<AnswerEvent> {
  const texts = asked.map(({ ids, options }) => model.text.pieces(ids, options));
  type Turn = { index: number; result: IteratorResult<TextPiece, End> };
  const turns = new Map<number, Promise<Turn>>();
  const next = (index: number): void => {
    turns.set(
      index,
      texts[index]!.next().then((result) => ({ index, result })),
    );
  };
  for (const index of texts.keys()) next(index);
  try {
    while (turns.size > 0) {
      const { index, result } = await Promise.race(turns.values());
      turns.delete(index);
      if (result.done) yield { index, end: result.value };
      else {
        next(index);
        yield { index, piece: result.value };
      }
    }
  } finally {
    for (const turn of turns.values()) turn.catch(() => {});
    for (const text of texts) text.return({ ended: 'stopped', generated: 0, cached: 0 }).catch(() => {});
  }
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
}

/** `prompts` are counted once each, however many answers they have. */
export function usageOf(prompts: readonly (readonly number[])[], ends: readonly End[]): Usage {
  const prompt = prompts.reduce((sum, { length }) => sum + length, 0);
  const generated = ends.reduce((sum, end) => sum + end.generated, 0);
  const cached = ends.reduce((sum, end) => sum + end.cached, 0);
  return {
    prompt_tokens: prompt,
    completion_tokens: generated,
    total_tokens: prompt + generated,
    prompt_tokens_details: { cached_tokens: Math.min(prompt, cached) },
  };
}

/** OpenAI's word for the end of a text. */
export const finishReason = ({ ended }: End): 'stop' | 'length' =>
  ended === 'length' || ended === 'full' ? 'length' : 'stop';
