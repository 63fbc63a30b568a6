// Texts forged before training, for tests: the maker alters records or manifest, states anew whatever follows from them, and trains
// honestly on that, so that every digest, token, batch and signature fits.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCorpus, type CorpusManifest, fraction, SPLITS, type Split } from '../../../foundry/corpus/index.ts';
import { makeRun, makeText } from '../../../foundry/index.ts';
import { digestOfFile, MerkleTree, type Signer, sha256 } from '../../../ledger/index.ts';
import type { Bench, RecipeChanges } from '../../testing/run.ts';

/** The lines of a source's files, without their newlines. */
export type Lines = Record<Split, string[]>;

export const record = (text: string): string => `{"text":${JSON.stringify(text)}}`;
export const textOf = (line: string): string => JSON.parse(line).text;

/** What a forger does: with the lines of all sources, with the manifest once it fits the lines, or with the corpus folder at first. */
export interface Alteration {
  folder?: (corpus: string) => Promise<unknown>;
  lines?: (sources: Lines[]) => void;
  manifest?: (manifest: CorpusManifest) => void;
}

/** Holds out whole documents by their digests, whatever share that gives. `held` is the recipe's `validation`. */
export const wholeDocuments = (bench: Bench, changes: RecipeChanges, held: number): Alteration => ({
  folder: (corpusFolder) => {
    const { sources } = bench.options(changes).recipe.corpus;
    return buildCorpus({ sources, validation: 0, recipeFolder: bench.folder, corpusFolder, cacheFolder: '' });
  },
  lines: (sources) => {
    for (const source of sources) {
      const { train = [], validation = [] } = Object.groupBy(source.train, (line) =>
        fraction(sha256(textOf(line))) < held ? 'validation' : 'train',
      );
      Object.assign(source, { train, validation });
    }
  },
  manifest: (manifest) => void Object.assign(manifest, { validation: held }),
});

/** The honest texts of each recipe, by bench: made once, then copied. */
const honest = new WeakMap<Bench, Map<string, string>>();

async function textsOf(bench: Bench, changes: RecipeChanges): Promise<string> {
  const known = honest.get(bench) ?? new Map<string, string>();
  honest.set(bench, known);
  const key = JSON.stringify(changes);
  let folder = known.get(key);
  if (folder === undefined) {
    const options = bench.options(changes);
    await makeText(options);
    folder = options.out;
    known.set(key, folder);
  }
  return bench.copy(folder);
}

/** Makes a run on forged texts. */
export async function makeForged(
  bench: Bench,
  signer: Signer,
  changes: RecipeChanges,
  { folder, lines, manifest: change }: Alteration,
): Promise<string> {
  const options = { ...bench.options(changes), signer, out: await textsOf(bench, changes) };
  const corpus = join(options.out, 'corpus');
  await folder?.(corpus);
  const path = join(corpus, 'manifest.json');
  const manifest: CorpusManifest = JSON.parse(readFileSync(path, 'utf8'));
  if (lines) restate(corpus, manifest, lines);
  change?.(manifest);
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const made of [join(options.out, 'tokenizer'), join(corpus, 'tokens.json')])
    rmSync(made, { recursive: true, force: true });
  await makeRun({ ...options, resume: true });
  return options.out;
}

/** Alters the lines, and all that the manifest says of them. */
function restate(corpus: string, manifest: CorpusManifest, alter: (sources: Lines[]) => void): void {
  const read = (name: string): string[] => readFileSync(join(corpus, name), 'utf8').split('\n').slice(0, -1);
  const sources = manifest.sources.map(({ files }) => ({
    train: read(files.train.name),
    validation: read(files.validation.name),
  }));
  alter(sources);
  const tree = new MerkleTree();
  const licences = new Map<string, { documents: number; bytes: number }>();
  manifest.documents = { train: 0, validation: 0 };
  manifest.bytes = { train: 0, validation: 0 };
  manifest.sources.forEach((source, i) => {
    for (const split of SPLITS) {
      const lines = sources[i]![split];
      const file = join(corpus, source.files[split].name);
      writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
      const texts = lines.map(textOf);
      for (const text of texts) tree.add(sha256(text));
      source.counts[split] = texts.length;
      source.bytes[split] = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      source.files[split].bytes = readFileSync(file).length;
      source.files[split].sha256 = digestOfFile(file);
      manifest.documents[split] += texts.length;
      manifest.bytes[split] += source.bytes[split];
    }
    const { counts, bytes, licence } = source;
    counts.kept = counts.train + counts.validation;
    counts.read = counts.kept + Object.values(counts.dropped).reduce((a, b) => a + b, 0);
    const sum = licences.get(licence) ?? { documents: 0, bytes: 0 };
    licences.set(licence, {
      documents: sum.documents + counts.kept,
      bytes: sum.bytes + bytes.train + bytes.validation,
    });
  });
  manifest.corpusRoot = tree.root().toString('hex');
  manifest.licenceSummary = [...licences].map(([licence, sum]) => ({ licence, ...sum }));
}
