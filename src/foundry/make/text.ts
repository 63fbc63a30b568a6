// The stages before the tokens: corpus and tokenizer. Each writes files that a resumed run finds and checks.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { count, makeFolder, quantity, writeFileAtomic } from '../../base/index.ts';
import { digestOfFile } from '../../ledger/index.ts';
import { MANIFEST, runPaths } from '../../run-folder/index.ts';
import { contentsOf, type DocumentKind } from '../conversation/index.ts';
import {
  buildCorpus,
  type CorpusManifest,
  heldOut,
  MAX_DOCUMENT,
  readDocumentsSync,
  readExamplesSync,
  userCacheFolder,
} from '../corpus/index.ts';
import { conversationKind, type Recipe, turnTokensOf } from '../recipe/index.ts';
import {
  extendTokenizer,
  loadRunTokenizer,
  openTokenFiles,
  type RunTokenizer,
  Tokenizer,
  type TrainingProgress,
  trainTokenizer,
} from '../tokenizer/index.ts';
import { type OnEvent, reporter } from './events.ts';
import { damaged, readMadeFile } from './made-files.ts';
import type { TokenShard, TokensManifest } from './tokens-manifest.ts';

const size = (bytes: number) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const percent = (share: number) => `${Number((100 * share).toPrecision(2))}%`;

/** Dropped documents are reported where they are a larger share than this. */
const MAX_UNREPORTED_SHARE = 0.1;

/** Notes for the user about cut, dropped and held-out texts. */
function* notesOn(manifest: CorpusManifest): Generator<string> {
  const whole = manifest.sources.filter(({ slice }) => slice == null);
  const cuts = whole.reduce((sum, source) => sum + source.cuts, 0);
  if (cuts > 0)
    yield `Texts longer than ${count(MAX_DOCUMENT)} bytes were cut (${cuts} ${cuts === 1 ? 'cut' : 'cuts'}).`;
  if (whole.length < manifest.sources.length) {
    const sliced = manifest.sources.filter(({ slice }) => slice != null);
    const maxBytes = count(Math.max(...sliced.map(({ slice }) => slice ?? 0)));
    // The manifest does not tell cuts around slices from cuts of texts that were too long.
    const sliceCuts = quantity(
      sliced.reduce((sum, source) => sum + source.cuts, 0),
      'cut',
    );
    yield `Whole documents are too few to hold out ${percent(manifest.validation)}: slices of at most ${maxBytes} bytes are held out (${sliceCuts}, including those of texts longer than ${count(MAX_DOCUMENT)} bytes).`;
  }
  const read = manifest.sources.reduce((sum, { counts }) => sum + counts.read, 0);
  const rules = new Map<string, number>();
  for (const { counts } of manifest.sources)
    for (const [rule, count] of Object.entries(counts.dropped)) rules.set(rule, (rules.get(rule) ?? 0) + count);
  const dropped = [...rules.values()].reduce((sum, count) => sum + count, 0);
  if (dropped > read * MAX_UNREPORTED_SHARE) {
    const by = [...rules].sort(([, a], [, b]) => b - a).map(([rule, n]) => `${rule} ${count(n)}`);
    yield `Dropped ${count(dropped)} of ${count(read)} documents, by rule: ${by.join(', ')}.`;
  }
  const { share, far } = heldOut(manifest);
  if (!far) return;
  yield `Warning: corpus.validation asks for ${percent(manifest.validation)} of the text, ${percent(share)} is held out${
    share === 0 ? ': there will be no validation figure' : ''
  }. The text is too short, or repeats itself.`;
}

export interface CorpusStageInput {
  /** The run folder. */
  folder: string;
  recipe: Recipe;
  recipeFolder: string;
  onEvent: OnEvent;
  signal: AbortSignal;
}

/**
 * Builds the corpus, or reads the manifest of the one that is already built.
 * @throws JikjiError `run-damaged`, or as `buildCorpus`
 */
export async function corpusStage(input: CorpusStageInput): Promise<CorpusManifest> {
  const { folder, recipe, recipeFolder, onEvent, signal } = input;
  const { corpus } = runPaths(folder);
  const file = join(corpus, 'manifest.json');
  const report = reporter('corpus', onEvent);
  if (!existsSync(file)) {
    report('start');
    await buildCorpus({
      ...recipe.corpus,
      recipeFolder,
      corpusFolder: corpus,
      cacheFolder: userCacheFolder(),
      signal,
      onProgress: ({ phase, name, source, sources }) => {
        const fraction = (source + (phase === 'write' ? sources : 0)) / (2 * sources);
        report('progress', { detail: `${phase} ${name}`, fraction });
      },
    });
  }
  const hint = 'restore the file, or begin the run again in another folder with --out';
  const manifest = readMadeFile(MANIFEST, file, hint);
  if (manifest.sources.length !== recipe.corpus.sources.length) {
    throw damaged("is damaged: its sources are not the recipe's", file, hint);
  }
  const kept = manifest.documents.train + manifest.documents.validation;
  const { train, validation } = manifest.bytes;
  const held =
    validation === 0 ? 'nothing held out' : `${size(validation)} held out (${percent(heldOut(manifest).share)})`;
  report('done', { detail: `${quantity(kept, 'document')}, ${size(train)} to train on, ${held}` });
  for (const text of notesOn(manifest)) onEvent({ kind: 'note', text });
  return manifest;
}

/** The documents of a file as texts to learn from, and their bytes in the file. */
function* textsOf(file: string, kind: DocumentKind | undefined): Generator<{ bytes: number; texts: string[] }> {
  if (kind) {
    for (const { text, examples } of readExamplesSync(file, kind))
      yield { bytes: Buffer.byteLength(text), texts: contentsOf(examples) };
  } else for (const text of readDocumentsSync(file)) yield { bytes: Buffer.byteLength(text), texts: [text] };
}

/**
 * Training documents of all sources, interleaved in proportion to their sizes: a reader that stops early has seen the same share of
 * each source. Of a conversation each message is a text: what stands around them in its document is in no text that a model reads.
 */
export function* interleaved(corpus: string, manifest: CorpusManifest): Generator<{ text: string; weight: number }> {
  const sources = manifest.sources.map((source) => ({
    documents: textsOf(join(corpus, source.files.train.name), conversationKind(source.read)),
    weight: source.weight,
    read: 0,
    total: Math.max(1, source.bytes.train),
  }));
  while (sources.length > 0) {
    const next = sources.reduce((a, b) => (b.read / b.total < a.read / a.total ? b : a));
    const { value, done } = next.documents.next();
    if (done) sources.splice(sources.indexOf(next), 1);
    else {
      next.read += value.bytes;
      for (const text of value.texts) yield { text, weight: next.weight };
    }
  }
}

/** Trains the tokenizer, takes over or extends that of the parent, or loads the one that is already there. */
export async function tokenizerStage(
  folder: string,
  recipe: Recipe,
  manifest: CorpusManifest,
  onEvent: OnEvent,
): Promise<RunTokenizer> {
  const paths = runPaths(folder);
  const report = reporter('tokenizer', onEvent);
  const load = (path: string): RunTokenizer => loadRunTokenizer(path, recipe.tokenizer);
  const parent = recipe.from && load(paths.parentTokenizer);
  if (!existsSync(paths.tokenizer)) {
    makeFolder(dirname(paths.tokenizer));
    const { vocabSize } = recipe.tokenizer;
    if (parent && (!(parent instanceof Tokenizer) || vocabSize <= parent.vocabSize)) {
      writeFileAtomic(paths.tokenizer, readFileSync(paths.parentTokenizer));
    } else {
      report('start');
      const documents = interleaved(paths.corpus, manifest);
      const options = {
        vocabSize,
        turnTokens: turnTokensOf(recipe),
        onProgress: ({ phase, done, total }: TrainingProgress) =>
          report('progress', { detail: phase, fraction: total ? done / total : 0 }),
      };
      const made = await (parent instanceof Tokenizer
        ? extendTokenizer(parent, documents, options)
        : trainTokenizer(documents, options));
      writeFileAtomic(paths.tokenizer, made.toJson());
    }
  }
  const tokenizer = load(paths.tokenizer);
  const { vocabSize } = tokenizer;
  const begins =
    !parent ||
    (tokenizer instanceof Tokenizer && parent instanceof Tokenizer
      ? tokenizer.extends(parent)
      : digestOfFile(paths.tokenizer) === digestOfFile(paths.parentTokenizer));
  if (!begins) {
    const hint = 'begin the run again in another folder with --out';
    throw damaged("does not begin with the parent's tokenizer", paths.tokenizer, hint);
  }
  const added = parent && vocabSize > parent.vocabSize ? `, ${count(vocabSize - parent.vocabSize)} of them new` : '';
  report('done', { detail: `${count(vocabSize)} entries${added}` });
  if (vocabSize < recipe.tokenizer.vocabSize) {
    const text = `The text is too short for ${recipe.tokenizer.vocabSize} entries: tokenizer and model have ${vocabSize}.`;
    onEvent({ kind: 'note', text });
  }
  return tokenizer;
}

/** Opens the shards for training and validation. */
export function openShards(folder: string, tokens: TokensManifest, vocabSize: number) {
  const { corpus } = runPaths(folder);
  const open = ({ file, tokens: count, marks }: TokenShard) =>
    openTokenFiles({
      tokens: join(corpus, file),
      ...(marks && { marks: join(corpus, marks.file) }),
      ...{ width: tokens.width, count, vocabSize },
    });
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
