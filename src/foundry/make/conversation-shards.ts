// Encodes the conversations of one split of a source: a file of token ids, and one of marks beside it.

import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import type { ConversationEncoder, DocumentKind, Example } from '../conversation/index.ts';
import { readExamplesSync } from '../corpus/index.ts';
import { type RunTokenizer, TokenWriter, tokenWidth } from '../tokenizer/index.ts';
import type { SourcePlace } from './source-place.ts';
import type { TokenShard } from './tokens-manifest.ts';

export interface ConversationShardOptions {
  encoder: ConversationEncoder;
  kind: DocumentKind;
  tokenizer: RunTokenizer;
  /** The corpus folder. */
  corpus: string;
  /** The file of documents. */
  text: string;
  /** Names of the files to write, inside the corpus folder. */
  file: string;
  marks: string;
  /** Where document `number` (from 0) stands, for errors. */
  findPlace: (number: number) => Promise<SourcePlace>;
}

/** @throws JikjiError `chat-template`, `disk-full`, `not-writable` */
export async function encodeConversations(options: ConversationShardOptions): Promise<TokenShard> {
  const { encoder, kind, tokenizer, corpus, text, file, marks, findPlace } = options;
  let bytes = 0;
  let documents = 0;
  let encoded = 0;
  let tokens = 0;
  function* examples(): Generator<Example> {
    for (const one of readExamplesSync(text, kind)) {
      bytes += Buffer.byteLength(one.text);
      documents++;
      yield* one.examples;
    }
  }
  const size = kind === 'pair' ? 2 : 1;
  /** The example that is being encoded: the one that an error is about. */
  let example: number | undefined;
  const describe = (i: number): string => {
    example = i;
    return '';
  };
  const ids = new TokenWriter(join(corpus, file), tokenWidth(tokenizer.vocabSize));
  let bits: TokenWriter | undefined;
  try {
    bits = new TokenWriter(join(corpus, marks), 1);
    for await (const one of encoder.encode(examples(), describe)) {
      example = undefined;
      ids.write(one.ids);
      bits.write(one.marks);
      tokens += one.ids.length;
      if (++encoded % 1024 === 0) await setImmediate(); // lets signal handlers and the screen run
    }
    const sha256 = ids.finish();
    return { file, tokens, documents, bytes, sha256, marks: { file: marks, sha256: bits.finish() } };
  } catch (error) {
    ids.abandon();
    bits?.abandon();
    if (!(error instanceof JikjiError) || example === undefined) throw error;
    const { place } = await findPlace(Math.floor(example / size));
    throw error.reworded({ message: `${error.message} (${place})` });
  }
}
