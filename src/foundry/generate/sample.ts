// Continues a text with a model. A base model continues; it does not answer.

import type { Choice } from './choose.ts';
import { Speaker } from './speaker.ts';

export interface SampleOptions extends Choice {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  prompt: string;
  maxTokens: number;
  threads: number;
  /** Gets the text piece by piece, in complete characters. */
  onText: (text: string) => void;
  onNote?: (note: string) => void;
}

/**
 * The continuation of a prompt, up to `maxTokens` tokens or the end of the text.
 * @throws JikjiError for faults of the model or the prompt
 */
export async function sampleModel(options: SampleOptions): Promise<{ text: string; tokenIds: number[] }> {
  const speaker = Speaker.open(options.model, options.threads);
  try {
    if (speaker.note) options.onNote?.(speaker.note);
    const { text, tokenIds } = await speaker.continue(options.prompt, options);
    return { text, tokenIds };
  } finally {
    speaker.close();
  }
}
