// The corpus built again from its sources, as far as the auditor has them: a folder of his, tarballs in it, or npm's registry. What
// a recipe names is the maker's choice, so nothing outside the folder is read, and no pattern that takes long to match. A source
// that is not at hand is stood in for by the run's own texts of it, and stays the maker's word.

import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import {
  buildCorpus,
  type CorpusManifest,
  cachedTarball,
  checkSources,
  fetchTarball,
  MAX_DOCUMENT,
  type ManifestSource,
  npmSpec,
  sha512Hex,
  sha512OfFile,
  userCacheFolder,
} from '../../foundry/corpus/index.ts';
import { listOf, type RecipeSource } from '../../foundry/recipe/index.ts';
import { canonicalJson, type Json } from '../../ledger/index.ts';
import { MANIFEST } from '../../run-folder/index.ts';
import type { Findings } from '../findings.ts';
import type { Context, Evidence } from '../structure.ts';
import type { DataFound } from '../types.ts';

export interface SourceOptions {
  /** A folder that the recipe's `files` are relative to, with tarballs as `npm pack` names them. */
  folder?: string | undefined;
  /** Fetch pinned tarballs by the auditor's own npm. */
  fetch?: boolean | undefined;
}

type Compared = DataFound['sources'][number];

/** What a source is called in a report. */
export const nameOf = (source: RecipeSource): string => source.npm ?? listOf(source.files).join(', ');

/** `longest` is the longest text of the run, in bytes. @throws what the signal gives; everything that evidence or sources cause is in the findings */
export async function compareSources(
  evidence: Evidence,
  options: SourceOptions,
  work: string,
  longest: number,
  findings: Findings,
  context: Context,
): Promise<Compared[]> {
  const { sources } = evidence.recipe!.corpus;
  const { manifest } = evidence.texts!;
  const made: Compared[] = [];
  for (const [i, source] of sources.entries()) {
    await context.tell(`source ${nameOf(source)}`, 0.5);
    const reason = await reasonAgainst(source, i, options, work, context.signal);
    made.push({ name: nameOf(source), standing: reason === undefined ? 'compared' : 'maker', reason: reason ?? '' });
  }
  const stay = (reason: string): Compared[] =>
    made.map((one) => (one.standing === 'maker' ? one : { ...one, standing: 'maker', reason }));
  if (made.every(({ standing }) => standing === 'maker')) return made;
  if (findings.verdict !== 'holds') return stay('its texts do not hold by themselves');
  if (made.some(({ standing }) => standing === 'maker')) {
    // What stands in for a source must come through the building as it is.
    if (manifest.sources.some(({ slice }) => slice !== null))
      return stay('slices are held out, and which ones can be told from all sources together only');
    if (longest > MAX_DOCUMENT)
      return stay('documents grew when they were normalised, so all sources are needed together');
  }
  let at = 0;
  let again: CorpusManifest;
  try {
    again = await buildCorpus({
      sources: sources.map((source, i) => (made[i]!.standing === 'compared' ? source : standIn(evidence, i, work))),
      validation: evidence.recipe!.corpus.validation,
      recipeFolder: options.folder ?? work,
      corpusFolder: join(work, 'corpus'),
      cacheFolder: join(work, 'cache'),
      wholeDocuments: manifest.formatVersion === 1,
      signal: context.signal,
      onProgress: ({ phase, source, sources: all }) => {
        at = source;
        context.tell('sources', 0.5 + (0.5 * (source + (phase === 'write' ? all : 0))) / (2 * all)).catch(() => {});
      },
    });
  } catch (error) {
    if (!(error instanceof JikjiError) || context.signal.aborted) throw error;
    if (OF_THIS_MACHINE.test(error.code)) {
      findings.incomplete(MANIFEST, `the corpus could not be built again: ${error.message}`);
      return stay('the corpus could not be built again here');
    }
    findings.refuted(MANIFEST, `source ${at} (${made[at]!.name}) gives no corpus: ${error.message} (${error.input})`);
    return stay('the corpus could not be built from what is here');
  }
  made.forEach((one, i) => {
    if (one.standing !== 'compared') return;
    const difference = differenceOf(manifest.sources[i]!, again.sources[i]!);
    one.reason = difference === undefined ? 'gives the same texts' : `gives something else: ${difference}`;
    if (difference !== undefined) findings.refuted(MANIFEST, `source ${i} (${one.name}) ${one.reason}`);
  });
  if (findings.verdict === 'holds' && again.corpusRoot !== manifest.corpusRoot) {
    findings.refuted(MANIFEST, 'the sources give another corpus root');
  }
  return made;
}

/** Faults of the auditor's machine, not of what he compares. */
const OF_THIS_MACHINE = /^disk-|^not-writable$|-unreadable$|^no-memory$/;

/** Why a source cannot be compared; undefined where what it needs is at hand, npm tarballs as the building looks for them. */
async function reasonAgainst(
  source: RecipeSource,
  index: number,
  { folder, fetch }: SourceOptions,
  work: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const patterns = listOf(source.npm === undefined ? source.files : source.path);
  if (patterns.some(takesLong)) return 'its patterns have too many wildcards to be matched safely';
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
  const cache = join(work, 'cache');
  const place = (tarball: string): undefined => {
    mkdirSync(cache, { recursive: true });
    const path = cachedTarball(cache, pinned);
    if (!existsSync(path)) symlinkSync(tarball, path);
    return undefined;
  };
  const tarball = folder === undefined ? undefined : join(resolve(folder), tarballName(source.npm));
  if (tarball !== undefined && statSync(tarball, { throwIfNoEntry: false })?.isFile()) {
    if (sha512OfFile(tarball) === pinned) return place(tarball);
    if (!fetch) return `${tarballName(source.npm)} is not the tarball that the recipe pins`;
  }
  if (!fetch)
    return folder === undefined ? 'it was not fetched' : `there is no ${tarballName(source.npm)} in the folder`;
  try {
    return place((await fetchTarball(source, `corpus.sources[${index}]`, userCacheFolder(), signal)).path);
  } catch (error) {
    if (error instanceof JikjiError && !signal.aborted) return `it could not be fetched: ${error.message}`;
    throw error;
  }
}

/** As `npm pack` calls it: `@scope/name@1.2.3` is `scope-name-1.2.3.tgz`. */
function tarballName(spec: string): string {
  const { name, version } = npmSpec(spec)!;
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}

function isInside(folder: string, pattern: string): boolean {
  const way = relative(resolve(folder), resolve(folder, pattern));
  return !isAbsolute(pattern) && !isAbsolute(way) && way.split(sep)[0] !== '..';
}

/** Matching tries all ways in which wildcards can share a name, or folders: a few at most are safe. */
const takesLong = (pattern: string): boolean =>
  pattern.length > 1000 ||
  pattern.split('/').filter((part) => part === '**').length > 2 ||
  pattern.split('/').some((part) => part !== '**' && (part.match(/\*/g) ?? []).length > 3);

/** The run's own texts of a source, in place of the source. */
function standIn({ folder, recipe, texts }: Evidence, index: number, work: string): RecipeSource {
  const { language, licence, weight } = recipe!.corpus.sources[index]!;
  const own = join(work, 'own');
  mkdirSync(own, { recursive: true });
  const files = texts!.files
    .filter(({ source, text, bytes }) => source === index && bytes > 0 && folder.has(text))
    .map(({ split, text }) => {
      const name = join(own, `${index}.${split}.jsonl`);
      symlinkSync(resolve(folder.file(text)), name);
      return name;
    });
  return { files, read: 'jsonl', field: 'text', language, licence, weight };
}

/** The first member in which two sources of a manifest differ, in words. */
function differenceOf(stated: ManifestSource, again: ManifestSource): string | undefined {
  const pick = (source: ManifestSource): Record<string, unknown> => ({
    'the files it came from': source.origin,
    'documents read and dropped': source.counts,
    cuts: source.cuts,
    'bytes of text': source.bytes,
    'its texts': source.files,
    'lengths of slices': source.slice,
  });
  const here = pick(again);
  return Object.entries(pick(stated)).find(
    ([name, value]) => canonicalJson(value as Json) !== canonicalJson(here[name] as Json),
  )?.[0];
}
