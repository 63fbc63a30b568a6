// Continues a text with a model, once or several times. A base model continues; it does not answer.

import { Speaker, type SpeakOptions } from './speaker.ts';

export interface SampleOptions extends SpeakOptions {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  prompt: string;
  threads: number;
  /** Continuations: the first has the seed, each later one the next. @default 1 */
  count?: number;
  /** Gets the first text piece by piece, in complete characters. */
  onText: (text: string) => void;
  onNote?: (note: string) => void;
  /** Gets the seconds that all took, without those of opening the model. */
  onSeconds?: (seconds: number) => void;
}

export interface Sampled {
  text: string;
  tokenIds: number[];
}

/**
 * Continuations of a prompt, each up to `maxTokens` tokens or the end of its text; and the first one of them.
 * @throws JikjiError for faults of the model or the prompt
 */
export async function sampleModel({ count = 1, ...options }: SampleOptions): Promise<Sampled & { samples: Sampled[] }> {
  const speaker = Speaker.open(options.model, options.threads, count);
  try {
    if (speaker.note) options.onNote?.(speaker.note);
    const start = performance.now();
    const samples = await Promise.all(
      Array.from({ length: count }, async (_, i): Promise<Sampled> => {
        const onText = i === 0 ? options.onText : () => {};
        const one = { ...options, seed: options.seed + i, onText };
        const { text, tokenIds } = await speaker.continue(options.prompt, one);
        return { text, tokenIds };
      }),
    );
    options.onSeconds?.((performance.now() - start) / 1000);
    return { ...samples[0], samples };
  } finally {
    speaker.close();
  }
}
