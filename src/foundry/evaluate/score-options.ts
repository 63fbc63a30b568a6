// What scoring a set needs beside the set.

import type { ChatTemplate } from '../conversation/index.ts';
import type { TextTokenizer } from '../tokenizer/index.ts';
import type { LanguageModel } from './language-model.ts';

interface ScoreProgress {
  /** Finished share of the set, 0 to 1. */
  fraction: number;
  /** Tokens computed since the last call. */
  tokens: number;
}

export interface ScoreOptions {
  tokenizer: TextTokenizer;
  model: LanguageModel;
  /** The model's chat template: `chat` needs one. */
  template?: Pick<ChatTemplate, 'encode' | 'endIds'> | undefined;
  onProgress?: (progress: ScoreProgress) => void;
  signal?: AbortSignal | undefined;
}
