// Continues a text with a model. A base model continues; it does not answer.

import { JikjiError } from '../../base/index.ts';
import type { Choice } from './choose.ts';
import { Session } from './session.ts';

export interface SampleOptions extends Choice {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  prompt: string;
  maxTokens: number;
  threads: number;
  /** Pieces of text as they come, whole characters. */
  onText: (text: string) => void;
  onNote?: (note: string) => void;
}

/**
 * The continuation of a prompt, up to `maxTokens` tokens or the end of the text.
 * @throws JikjiError for what is wrong with the model or the prompt
 */
export async function sampleModel(options: SampleOptions): Promise<{ text: string; tokenIds: number[] }> {
  const session = Session.open(options.model, options.threads);
  try {
    const { note, tokenizer } = session.model;
    if (note) options.onNote?.(note);
    // A document begins after the prefix token, in training as here.
    const prompt = [tokenizer.prefixId, ...tokenizer.encode(options.prompt)];
    if (prompt.length > session.context) {
      throw new JikjiError(
        'prompt-too-long',
        `the prompt has ${prompt.length - 1} tokens, the model's context is ${session.context}`,
        'prompt',
        `shorten it to ${session.context - 1} tokens`,
      );
    }
    const { text, tokenIds } = await session.continue(prompt, { ...options, full: 'slide' });
    return { text, tokenIds };
  } finally {
    session.close();
  }
}
