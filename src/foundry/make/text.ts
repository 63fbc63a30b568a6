// The stages before training: corpus, tokenizer, tokens. Each leaves files that a resumed run finds and checks.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { count, counted, JikjiError, makeFolder, writeFileAtomic } from '../../base/index.ts';
import { canonicalJson, digestOfFile, type Json, MerkleTree } from '../../ledger/index.ts';
import { MANIFEST, runPaths, TOKENS } from '../../run-folder/index.ts';
import {
  buildCorpus,
  type CorpusManifest,
  heldOut,
  MAX_DOCUMENT,
  readDocumentsSync,
  type Split,
  userCacheFolder,
} from '../corpus/index.ts';
import type { Recipe } from '../recipe/index.ts';
import { encodeCorpus, openTokens, Tokenizer, tokenWidth, trainTokenizer } from '../tokenizer/index.ts';
import type { MakeEvent } from './events.ts';
import { damaged, readMadeFile } from './made-files.ts';
import { type TokenShard, type TokensManifest, tokensFile } from './tokens-manifest.ts';

type Tell = (event: MakeEvent) => void;

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
const percent = (share: number): string => `${Number((100 * share).toPrecision(2))}%`;

/** A larger share of the documents dropped is told: whoever has so many may not know it. */
const WORTH_SAYING = 0.1;

/** What people should know of how the texts were cut and split. */
function* notesOn(manifest: CorpusManifest): Generator<string> {
  const whole = manifest.sources.filter(({ slice }) => slice == null);
  const cuts = whole.reduce((sum, source) => sum + source.cuts, 0);
  if (cuts > 0)
    yield `Texts longer than ${count(MAX_DOCUMENT)} bytes were cut (${cuts} ${cuts === 1 ? 'cut' : 'cuts'}).`;
  if (whole.length < manifest.sources.length) {
    const sliced = manifest.sources.filter(({ slice }) => slice != null);
    const most = count(Math.max(...sliced.map(({ slice }) => slice ?? 0)));
    // The manifest counts them together: those around slices, and those of texts that were too long.
    const all = sliced.reduce((sum, source) => sum + source.cuts, 0);
    const made = counted(all, 'cut');
    yield `Whole documents are too few to hold out ${percent(manifest.validation)}: slices of at most ${most} bytes are held out (${made}, those of texts longer than ${count(MAX_DOCUMENT)} bytes among them).`;
  }
  const read = manifest.sources.reduce((sum, { counts }) => sum + counts.read, 0);
  const rules = new Map<string, number>();
  for (const { counts } of manifest.sources)
    for (const [rule, count] of Object.entries(counts.dropped)) rules.set(rule, (rules.get(rule) ?? 0) + count);
  const dropped = [...rules.values()].reduce((sum, count) => sum + count, 0);
  if (dropped > read * WORTH_SAYING) {
    const by = [...rules].sort(([, a], [, b]) => b - a).map(([rule, n]) => `${rule} ${count(n)}`);
    yield `Dropped ${count(dropped)} of ${count(read)} documents, by rule: ${by.join(', ')}.`;
  }
  const { share, far } = heldOut(manifest);
  if (!far) return;
  yield `Warning: corpus.validation asks for ${percent(manifest.validation)} of the text, ${percent(share)} is held out${
    share === 0 ? ': there will be no validation figure' : ''
  }. The text is too short for it, or repeats itself.`;
}

/** Builds the corpus, or finds it. */
export async function corpusStage(
  folder: string,
  recipe: Recipe,
  recipeFolder: string,
  tell: Tell,
  signal: AbortSignal,
): Promise<CorpusManifest> {
  const { corpus } = runPaths(folder);
  const file = join(corpus, 'manifest.json');
  if (!existsSync(file)) {
    tell({ kind: 'stage', stage: 'corpus', state: 'start' });
    const { sources, validation } = recipe.corpus;
    await buildCorpus({
      sources,
      validation,
      recipeFolder,
      corpusFolder: corpus,
      cacheFolder: userCacheFolder(),
      signal,
      onProgress: (p) =>
        tell({
          kind: 'stage',
          stage: 'corpus',
          state: 'progress',
          detail: `${p.phase} ${p.name}`,
          fraction: (p.source + (p.phase === 'write' ? p.sources : 0)) / (2 * p.sources),
        }),
    });
  }
  const remedy = 'begin the run anew in another folder with --out, or bring the file back';
  const manifest = readMadeFile(MANIFEST, file, remedy);
  if (manifest.sources.length !== recipe.corpus.sources.length) {
    throw damaged("is damaged: not the recipe's sources", file, remedy);
  }
  const kept = manifest.documents.train + manifest.documents.validation;
  const { train, validation } = manifest.bytes;
  const held =
    validation === 0 ? 'nothing held out' : `${size(validation)} held out (${percent(heldOut(manifest).share)})`;
  const split = `${size(train)} to train on, ${held}`;
  tell({
    kind: 'stage',
    stage: 'corpus',
    state: 'done',
    detail: `${counted(kept, 'document')}, ${split}`,
  });
  for (const text of notesOn(manifest)) tell({ kind: 'note', text });
  return manifest;
}

/** Training documents of all sources, in turn by their share, so that a limit on what is read cuts none of them off. */
export function* interleaved(corpus: string, manifest: CorpusManifest): Generator<{ text: string; weight: number }> {
  const sources = manifest.sources.map((source) => ({
    documents: readDocumentsSync(join(corpus, source.files.train.name)),
    weight: source.weight,
    read: 0,
    all: Math.max(1, source.bytes.train),
  }));
  while (sources.length > 0) {
    const next = sources.reduce((a, b) => (b.read / b.all < a.read / a.all ? b : a));
    const { value, done } = next.documents.next();
    if (done) sources.splice(sources.indexOf(next), 1);
    else {
      next.read += Buffer.byteLength(value);
      yield { text: value, weight: next.weight };
    }
  }
}

/** Trains the tokenizer, or finds it. */
export async function tokenizerStage(
  folder: string,
  recipe: Recipe,
  manifest: CorpusManifest,
  tell: Tell,
): Promise<Tokenizer> {
  const paths = runPaths(folder);
  if (!existsSync(paths.tokenizer)) {
    tell({ kind: 'stage', stage: 'tokenizer', state: 'start' });
    const tokenizer = await trainTokenizer(interleaved(paths.corpus, manifest), {
      vocabSize: recipe.tokenizer.vocabSize,
      onProgress: ({ phase, done, total }) =>
        tell({
          kind: 'stage',
          stage: 'tokenizer',
          state: 'progress',
          detail: phase,
          fraction: total ? done / total : 0,
        }),
    });
    makeFolder(dirname(paths.tokenizer));
    writeFileAtomic(paths.tokenizer, tokenizer.toJson());
  }
  const tokenizer = Tokenizer.load(paths.tokenizer);
  const { vocabSize } = tokenizer;
  tell({ kind: 'stage', stage: 'tokenizer', state: 'done', detail: `${count(vocabSize)} entries` });
  if (vocabSize < recipe.tokenizer.vocabSize) {
    tell({
      kind: 'note',
      text: `The text is too small for ${recipe.tokenizer.vocabSize} entries: the tokenizer and the model have ${vocabSize}.`,
    });
  }
  return tokenizer;
}

/** Encodes the corpus, or finds the tokens and checks that they are what was encoded. */
export async function tokensStage(
  folder: string,
  manifest: CorpusManifest,
  tokenizer: Tokenizer,
  tell: Tell,
): Promise<TokensManifest> {
  const paths = runPaths(folder);
  const digest = digestOfFile(paths.tokenizer);
  if (!existsSync(paths.tokens)) {
    tell({ kind: 'stage', stage: 'tokens', state: 'start' });
    const sources: TokensManifest['sources'] = [];
    const tree = new MerkleTree();
    for (const [i, source] of manifest.sources.entries()) {
      const encode = async (split: Split): Promise<TokenShard> => {
        const name = source.files[split].name;
        const file = tokensFile(i, split);
        const { tokens, documents, bytes, sha256 } = await encodeCorpus({
          documents: readDocumentsSync(join(paths.corpus, name)),
          tokenizer,
          file: join(paths.corpus, file),
        });
        tree.add(Buffer.from(sha256, 'hex'));
        return { file, tokens, documents, bytes, sha256 };
      };
      sources.push({ train: await encode('train'), validation: await encode('validation') });
      tell({ kind: 'stage', stage: 'tokens', state: 'progress', fraction: (i + 1) / manifest.sources.length });
    }
    const made: TokensManifest = {
      formatVersion: 1,
      width: tokenWidth(tokenizer.vocabSize),
      tokenizer: digest,
      sources,
      root: tree.root().toString('hex'),
    };
    writeFileAtomic(paths.tokens, `${canonicalJson(made as unknown as Json)}\n`);
  }
  const tokens = readMadeFile(TOKENS, paths.tokens, MADE_AGAIN);
  if (tokens.sources.length !== manifest.sources.length) {
    throw damaged("is damaged: not the corpus's sources", paths.tokens, MADE_AGAIN);
  }
  checkTokens(paths.corpus, tokens, digest);
  const trained = tokens.sources.reduce((sum, s) => sum + s.train.tokens, 0);
  const share = manifest.sources.map((s, i) => ({ s, n: tokens.sources[i]!.train.tokens * s.weight }));
  const whole = share.reduce((sum, { n }) => sum + n, 0);
  const languages = [...new Set(manifest.sources.map((s) => s.language))].map((language) => {
    const part = share.filter(({ s }) => s.language === language).reduce((sum, { n }) => sum + n, 0);
    return `${language} ${((100 * part) / whole).toFixed(0)}%`;
  });
  tell({
    kind: 'stage',
    stage: 'tokens',
    state: 'done',
    detail: `${(trained / 1e6).toFixed(2)} M tokens, weighted ${languages.join(', ')}`,
  });
  return tokens;
}

const MADE_AGAIN = 'delete corpus/tokens.json in the run folder, and they are made again';

function checkTokens(corpus: string, tokens: TokensManifest, tokenizer: string): void {
  const broken = (path: string, what: string): JikjiError => new JikjiError('tokens-altered', what, path, MADE_AGAIN);
  if (tokens.tokenizer !== tokenizer) throw broken(corpus, 'these tokens were made by another tokenizer');
  const tree = new MerkleTree();
  for (const shard of tokens.sources.flatMap((s) => [s.train, s.validation])) {
    tree.add(Buffer.from(shard.sha256, 'hex'));
    const path = join(corpus, shard.file);
    if (!existsSync(path) || digestOfFile(path) !== shard.sha256) {
      throw broken(path, 'the tokens are not those that were encoded');
    }
  }
  if (tree.root().toString('hex') !== tokens.root) throw broken(corpus, 'the tokens do not have the root they name');
}

/** Opens the shards for training and validation. */
export function openShards(folder: string, tokens: TokensManifest, vocabSize: number) {
  const open = (shard: TokenShard) =>
    openTokens(join(runPaths(folder).corpus, shard.file), tokens.width, { tokens: shard.tokens, vocabSize });
  const sources = tokens.sources.map((s) => ({ train: open(s.train), validation: open(s.validation) }));
  return {
    sources,
    close: () => {
      for (const { train, validation } of sources) {
        train.close();
        validation.close();
      }
    },
  };
}
