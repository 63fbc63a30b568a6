// The stage that turns the corpus into token ids, and conversations into ids and marks. Its files are found and checked by a resumed run.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JikjiError, writeFileAtomic } from '../../base/index.ts';
import { canonicalJson, digestOfFile, type Json, MerkleTree } from '../../ledger/index.ts';
import { runPaths, TOKENS } from '../../run-folder/index.ts';
import type { ConversationEncoder, DocumentKind, Example } from '../conversation/index.ts';
import { type CorpusManifest, readDocumentsSync, readExamplesSync, type Split } from '../corpus/index.ts';
import { conversationKind, isConversations } from '../recipe/index.ts';
import { encodeCorpus, type RunTokenizer, TokenWriter, tokenWidth } from '../tokenizer/index.ts';
import { openEncoder } from './chat-files.ts';
import { type OnEvent, reporter } from './events.ts';
import { damaged, readMadeFile } from './made-files.ts';
import type { FindPlace, SourcePlace } from './source-place.ts';
import { marksFile, type TokenShard, type TokensManifest, tokenLeaves, tokensFile } from './tokens-manifest.ts';

/** What errors name: the chat template, and where a document stands. */
interface Names {
  template: string;
  findPlace: FindPlace;
}

/**
 * Encodes the corpus, or reads the tokens that are already encoded and checks their digests.
 * @throws JikjiError `run-damaged`, `tokens-altered`, `chat-template`
 */
export async function tokensStage(
  folder: string,
  manifest: CorpusManifest,
  tokenizer: RunTokenizer,
  { onEvent, ...names }: Names & { onEvent: OnEvent },
): Promise<TokensManifest> {
  const paths = runPaths(folder);
  const report = reporter('tokens', onEvent);
  if (!existsSync(paths.tokens)) {
    report('start');
    const made = await encodeAll(folder, manifest, tokenizer, {
      ...names,
      onProgress: (fraction) => report('progress', { fraction }),
    });
    writeFileAtomic(paths.tokens, `${canonicalJson(made as unknown as Json)}\n`);
  }
  const tokens = readMadeFile(TOKENS, paths.tokens, ENCODE_AGAIN);
  if (tokens.sources.length !== manifest.sources.length) {
    throw damaged("is damaged: its sources are not the corpus's", paths.tokens, ENCODE_AGAIN);
  }
  checkTokens(folder, tokens);
  const trainTokens = tokens.sources.reduce((sum, s) => sum + s.train.tokens, 0);
  const weighted = manifest.sources.map(({ language, weight }, i) => ({
    language,
    tokens: tokens.sources[i].train.tokens * weight,
  }));
  const sumOf = (sources: typeof weighted): number => sources.reduce((sum, source) => sum + source.tokens, 0);
  const languages = [...new Set(weighted.map(({ language }) => language))].map((language) => {
    const share = sumOf(weighted.filter((source) => source.language === language)) / sumOf(weighted);
    return `${language} ${(100 * share).toFixed(0)}%`;
  });
  report('done', { detail: `${(trainTokens / 1e6).toFixed(2)} M tokens, weighted ${languages.join(', ')}` });
  return tokens;
}

/** Encodes all sources: conversations by the run's template, texts by themselves. */
async function encodeAll(
  folder: string,
  manifest: CorpusManifest,
  tokenizer: RunTokenizer,
  { template, findPlace, onProgress }: Names & { onProgress: (fraction: number) => void },
): Promise<TokensManifest> {
  const paths = runPaths(folder);
  const encoder =
    manifest.sources.some(({ read }) => isConversations(read)) && openEncoder(folder, tokenizer, template);
  const sources: TokensManifest['sources'] = [];
  try {
    if (encoder) await encoder.check();
    for (const [i, source] of manifest.sources.entries()) {
      const encode = async (split: Split): Promise<TokenShard> => {
        const { corpus } = paths;
        const text = join(corpus, source.files[split].name);
        const kind = conversationKind(source.read);
        if (encoder && kind) {
          const files = { file: tokensFile(i, split), marks: marksFile(i, split) };
          const place = (number: number) => findPlace(i, split, number);
          return encodeConversations({ encoder, kind, corpus, text, tokenizer, ...files, findPlace: place });
        }
        const file = tokensFile(i, split);
        const documents = readDocumentsSync(text);
        const { width: _, ...encoded } = await encodeCorpus({ documents, tokenizer, file: join(corpus, file) });
        return { file, ...encoded };
      };
      sources.push({ train: await encode('train'), validation: await encode('validation') });
      onProgress((i + 1) / manifest.sources.length);
    }
  } finally {
    if (encoder) encoder.close();
  }
  const tree = new MerkleTree();
  for (const leaf of tokenLeaves({ sources })) tree.add(leaf);
  return {
    ...(encoder ? { formatVersion: 2, template: digestOfFile(paths.chatTemplate) } : { formatVersion: 1 }),
    width: tokenWidth(tokenizer.vocabSize),
    tokenizer: digestOfFile(paths.tokenizer),
    sources,
    root: tree.root().toString('hex'),
  };
}

const ENCODE_AGAIN = 'delete corpus/tokens.json in the run folder; the next run writes it again';

function checkTokens(folder: string, tokens: TokensManifest): void {
  const { corpus, tokenizer, chatTemplate } = runPaths(folder);
  const altered = (path: string, message: string) => new JikjiError('tokens-altered', message, path, ENCODE_AGAIN);
  const isIt = (path: string, sha256: string) => existsSync(path) && digestOfFile(path) === sha256;
  if (!isIt(tokenizer, tokens.tokenizer)) throw altered(corpus, 'these tokens were made by another tokenizer');
  if (tokens.template !== undefined && !isIt(chatTemplate, tokens.template))
    throw altered(chatTemplate, 'these tokens were made by another chat template');
  for (const { file, sha256, marks } of tokens.sources.flatMap((s) => [s.train, s.validation])) {
    for (const one of [{ file, sha256 }, ...(marks ? [marks] : [])]) {
      const path = join(corpus, one.file);
      if (!isIt(path, one.sha256)) throw altered(path, 'the tokens have changed since they were encoded');
    }
  }
  const tree = new MerkleTree();
  for (const leaf of tokenLeaves(tokens)) tree.add(leaf);
  if (tree.root().toString('hex') !== tokens.root) throw altered(corpus, 'the tokens have another root than they name');
}

/** Encodes the conversations of one split of a source: a file of token ids, and one of marks beside it. */
interface ConversationShardOptions {
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
async function encodeConversations(options: ConversationShardOptions): Promise<TokenShard> {
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
