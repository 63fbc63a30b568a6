// Several texts of one request: all at once or piece by piece, and what they used.

import { randomInt } from 'node:crypto';
import { type ContinueOptions, type End, Pipe, type TextPiece } from '../foundry/generate/index.ts';
import { givenSeed, type Meaning, optionsOf, type ServedModel } from '../foundry/requests/index.ts';
import type { Receipt } from '../ledger/index.ts';

/** Seeds that the server chooses. */
const MAX_SEED = 2 ** 47;

/** One text to generate. */
export interface TextRequest {
  ids: readonly number[];
  options: ContinueOptions;
}

/** What all texts of a request share besides. */
export type RequestContext = Pick<ContinueOptions, 'client' | 'signal' | 'guesses'>;

/** All texts of a request, and who chose their seeds. */
export interface TextRequests {
  asked: readonly TextRequest[];
  seedFrom: Receipt['seedFrom'];
}

/**
 * The texts of a request: n for each prompt, with the seeds from the first one on. `more` are options of text `index` besides. Where a
 * schema has to be prepared, that is done when it is the client's turn.
 * @throws JikjiError `schema-unsupported`, `stopping`
 */
export async function textsOf(
  meaning: Meaning,
  model: ServedModel,
  { shared, more }: { shared: RequestContext; more: (index: number) => Partial<ContinueOptions> },
): Promise<TextRequests> {
  const { prompts, n, parameters, held, seed, nonce } = meaning;
  const first = givenSeed(meaning, model) ?? randomInt(MAX_SEED);
  const prepare = () => optionsOf(parameters, model, held);
  const options = held ? await model.text.scheduler.job(shared.client ?? '', prepare) : prepare();
  const asked = prompts.flatMap(({ ids }, at) =>
    Array.from({ length: n }, (_, i) => ({ ids, options: { ...options(first + i), ...shared, ...more(at * n + i) } })),
  );
  return { asked, seedFrom: seed !== undefined ? 'client' : nonce !== undefined ? 'nonce' : 'server' };
}

/** A piece of the text with this index, or its end. */
export type AnswerEvent = { index: number } & ({ piece: TextPiece } | { end: End });

/** All texts, as they grow. Leaving the loop ends them. */
export async function* stream(model: ServedModel, asked: readonly TextRequest[]): AsyncGenerator<AnswerEvent> {
  const texts = asked.map(({ ids, options }) => model.text.pieces(ids, options));
  type Turn = { index: number } & ({ result: IteratorResult<TextPiece, End> } | { error: unknown });
  // Not a race of promises: each race would leave something at every text that is not done, again and again.
  const turns = new Pipe<Turn>();
  const next = (index: number): void => {
    texts[index]!.next().then(
      (result) => turns.push({ index, result }),
      (error) => turns.push({ index, error }),
    );
  };
  for (const index of texts.keys()) next(index);
  let open = texts.length;
  if (open === 0) turns.end();
  try {
    for await (const turn of turns.items()) {
      if ('error' in turn) throw turn.error;
      const { index, result } = turn;
      if (!result.done) next(index);
      else if (--open === 0) turns.end();
      yield result.done ? { index, end: result.value } : { index, piece: result.value };
    }
  } finally {
    for (const text of texts) text.return({ ended: 'stopped', generated: 0, cached: 0, hidden: [] }).catch(() => {});
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

/** The ids that an event brings. */
export const idsOf = (event: AnswerEvent): readonly number[] =>
  'piece' in event ? event.piece.tokenIds : event.end.hidden;

/** OpenAI's word for the end of a text. */
export const finishReason = ({ ended }: End): 'stop' | 'length' =>
  ended === 'length' || ended === 'full' ? 'length' : 'stop';
