// Continues a text with a model. A base model continues; it does not answer.

import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { openModel } from '../load/index.ts';
import { type Choice, choose } from './choose.ts';
import { loadGenerator } from './generator.ts';

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
  const model = openModel(options.model);
  if (model.note) options.onNote?.(model.note);
  const { tokenizer } = model;
  const generator = loadGenerator(model, options.threads);
  try {
    // A document begins after an end-of-text token, in training as here.
    const text = [tokenizer.prefixId, ...tokenizer.encode(options.prompt)];
    const most = generator.context;
    if (text.length > most) {
      throw new JikjiError(
        'prompt-too-long',
        `the prompt has ${text.length - 1} tokens, the model's context is ${most}`,
        'prompt',
        `shorten it to ${most - 1} tokens`,
      );
    }
    const stream = tokenizer.stream();
    const tokenIds: number[] = [];
    let out = '';
    const tell = (piece: string): void => {
      if (piece === '') return;
      out += piece;
      options.onText(piece);
    };
    let logits = generator.feed(text);
    while (tokenIds.length < options.maxTokens) {
      // Entries of the head that the tokenizer does not have are never chosen.
      const id = choose(logits.subarray(0, tokenizer.vocabSize), options, tokenIds.length);
      if (tokenizer.endIds.has(id)) break;
      tokenIds.push(id);
      text.push(id);
      tell(stream.push(id));
      if (tokenIds.length === options.maxTokens) break;
      if (generator.position === most) {
        // The context is full: its later half becomes the start of a new one.
        generator.reset();
        logits = generator.feed(text.slice(-Math.ceil(most / 2)));
      } else logits = generator.feed([id]);
      if (tokenIds.length % 16 === 0) await setImmediate();
    }
    tell(stream.end());
    return { text: out, tokenIds };
  } finally {
    generator.close();
    model.close();
  }
}
