// Encodes the conversations of one split of a source: a file of token ids, and one of marks beside it.

import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Conversation, ConversationEncoder } from '../conversation/index.ts';
import { readConversationsSync } from '../corpus/index.ts';
import { type RunTokenizer, TokenWriter, tokenWidth } from '../tokenizer/index.ts';
import type { TokenShard } from './tokens-manifest.ts';

export interface ConversationShardOptions {
  encoder: ConversationEncoder;
  tokenizer: RunTokenizer;
  /** The corpus folder. */
  corpus: string;
  /** The file of documents. */
  text: string;
  /** Names of the files to write, inside the corpus folder. */
  file: string;
  marks: string;
}

/** @throws JikjiError `chat-template`, `disk-full`, `not-writable` */
export async function encodeConversations(options: ConversationShardOptions): Promise<TokenShard> {
  const { encoder, tokenizer, corpus, text, file, marks } = options;
  let bytes = 0;
  let documents = 0;
  let tokens = 0;
  function* conversations(): Generator<Conversation> {
    for (const one of readConversationsSync(text)) {
      bytes += Buffer.byteLength(one.text);
      yield one.conversation;
    }
  }
  const ids = new TokenWriter(join(corpus, file), tokenWidth(tokenizer.vocabSize));
  let bits: TokenWriter | undefined;
  try {
    bits = new TokenWriter(join(corpus, marks), 1);
    for await (const one of encoder.encode(conversations(), (i) => `line ${i + 1} of ${text}`)) {
      ids.write(one.ids);
      bits.write(one.marks);
      documents++;
      tokens += one.ids.length;
      if (documents % 1024 === 0) await setImmediate(); // lets signal handlers and the screen run
    }
    const sha256 = ids.finish();
    return { file, tokens, documents, bytes, sha256, marks: { file: marks, sha256: bits.finish() } };
  } catch (error) {
    ids.abandon();
    bits?.abandon();
    throw error;
  }
}
