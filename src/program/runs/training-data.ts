// What a run was trained on, as the manifests in its corpus folder say it: sources, licences, counts. The folder may come from anyone: files
// are bounded, read through no link, and parsed by their schemas; sums are compared. Verifies no text: the audit does.

import { join } from 'node:path';
import type { z } from 'zod';
import { type Both, JikjiError, parseJson } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { type CorpusManifest, corpusManifestSchema, originName, refuseVersion1 } from '../../foundry/corpus/index.ts';
import { conversationKind, parseRecipe, type TokensManifest, tokensManifestSchema } from '../../foundry/index.ts';
import { parentOf, sha256Hex } from '../../ledger/index.ts';
import { GENESIS, MANIFEST, RECIPE, TOKENS } from '../../run-folder/index.ts';
import { statementOf } from './evidence.ts';
import { noteUnreadable, readOrNote, type Unreadable } from './read-or-note.ts';
import { REASONS } from './reasons.ts';
import * as refuse from './refusals.ts';
import { isPlain } from './witness.ts';

/** Bytes of the largest manifest that is read: a larger one would block other requests. A thousand sources have about one million. */
const MAX_MANIFEST = 4 << 20;
const MAX_NAME = 300;
/** Bytes of the largest recipe that is read for its titles. */
const MAX_RECIPE = 1 << 20;

/** Of a file of the folder: the commitment names it, names another one, or there is no commitment yet. */
type Standing = 'committed' | 'differs' | 'uncommitted';

/** What a run was trained on, as recorded. */
export type TrainingData = ReturnType<typeof trainingDataOf>;

/** A file and whether the run committed to it; undefined if it is missing or unreadable. */
function manifestOf<S extends z.ZodType>(
  folder: string,
  file: string,
  { schema, committed }: { schema: S; committed: string | undefined },
  unreadable: Unreadable,
): { value: z.output<S>; standing: Standing } | undefined {
  if (!isPlain(folder, file)) {
    noteUnreadable(unreadable, file, REASONS.notPlain);
    return undefined;
  }
  return readOrNote(file, unreadable, () => {
    const text = readSmallFile(join(folder, file), MAX_MANIFEST);
    const json = jsonOf(text);
    if (file === MANIFEST) refuseVersion1(json, file);
    const { success, data } = schema.safeParse(json);
    if (!success) throw refuse.manifestBroken(file);
    const standing = committed === undefined ? 'uncommitted' : sha256Hex(text) === committed ? 'committed' : 'differs';
    return { value: data, standing };
  });
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** The exact sum of whole numbers; null where a number of JavaScript cannot hold it. */
function sum(numbers: readonly number[]): number | null {
  const total = numbers.reduce((all, one) => all + BigInt(one), 0n);
  return total > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(total);
}

/** What of the manifest contradicts itself; undefined if its sums agree. */
function contradictionIn({ sources, documents, bytes, licenceSummary }: CorpusManifest): Both | undefined {
  for (const [i, { counts }] of sources.entries()) {
    const { read, kept, train, validation, dropped } = counts;
    if (sum([train, validation]) !== kept) return REASONS.keptIsNoSum(i);
    if (sum([kept, ...Object.values(dropped)]) !== read) return REASONS.readIsNoSum(i);
  }
  for (const split of ['train', 'validation'] as const) {
    if (sum(sources.map(({ counts }) => counts[split])) !== documents[split]) return REASONS.documentsAreNoSum(split);
    if (sum(sources.map((source) => source.bytes[split])) !== bytes[split]) return REASONS.bytesAreNoSum(split);
  }
  for (const { licence, documents: stated } of licenceSummary) {
    const kept = sources.filter((source) => source.licence === licence).map(({ counts }) => counts.kept);
    if (sum(kept) !== stated) return REASONS.licenceIsNoSum;
  }
  return undefined;
}

/** Whether the token files are of these texts, by number, documents and bytes. */
const fits = (tokens: Pick<TokensManifest, 'sources'>, { sources }: CorpusManifest): boolean =>
  tokens.sources.length === sources.length &&
  tokens.sources.every((source, i) =>
    (['train', 'validation'] as const).every(
      (split) =>
        source[split].documents === sources[i]!.counts[split] && source[split].bytes === sources[i]!.bytes[split],
    ),
  );

/** @param witnessed whether another program trained it: it has no corpus of ours */
export function trainingDataOf(folder: string, witnessed: boolean) {
  const unreadable: Unreadable = [];
  if (witnessed) return { witnessed, corpus: null, beganWith: null, unreadable };
  const genesis = statementOf(folder, GENESIS, 'genesis', unreadable);
  const commitment = genesis?.predicate.commitment;
  const parent = commitment && parentOf(commitment);
  return {
    witnessed,
    corpus: corpusOf(folder, commitment, unreadable),
    /** What its first weights come from; null without a readable commitment. */
    beganWith: commitment
      ? parent === undefined
        ? ('drawn' as const)
        : 'seal' in parent
          ? ('run' as const)
          : ('model' as const)
      : null,
    unreadable,
  };
}

function corpusOf(
  folder: string,
  commitment: { corpusManifest: string; tokensManifest: string } | undefined,
  unreadable: Unreadable,
) {
  const asked = { schema: corpusManifestSchema, committed: commitment?.corpusManifest };
  const found = manifestOf(folder, MANIFEST, asked, unreadable);
  if (!found) return null;
  const { value: manifest, standing } = found;
  const tokens = tokensFor(folder, manifest, commitment?.tokensManifest, unreadable);
  // Without tokens bytes stand for them: shares say which of both they are of.
  const sizes = manifest.sources.map(({ bytes }, i) => (tokens ? tokens.sources[i]!.train.tokens : bytes.train));
  const weighted = sizes.map((size, i) => size * manifest.sources[i]!.weight);
  const whole = weighted.reduce((all, one) => all + one, 0);
  const titles = titlesOf(folder, manifest);
  const contradiction = contradictionIn(manifest);
  return {
    standing,
    root: manifest.corpusRoot,
    /** What contradicts itself in it, in English, with its Korean; null if its sums agree. */
    contradiction: contradiction?.en ?? null,
    ...(contradiction && { contradictionKo: contradiction.ko }),
    sources: manifest.sources.map(({ origin, read, language, licence, weight, counts, bytes }, i) => ({
      name: originName(origin).slice(0, MAX_NAME),
      /** What the recipe calls it; null where it does not. */
      title: titles[i]?.slice(0, MAX_NAME) ?? null,
      /** Which files of a package: several sources may be of one. Null for files of the maker. */
      path: 'npm' in origin ? origin.path.join(', ').slice(0, MAX_NAME) : null,
      /** Whether it is a pinned package, which anybody can fetch, or files of the maker. */
      pinned: 'npm' in origin,
      kind: conversationKind(read) ?? ('text' as const),
      language: language.slice(0, MAX_NAME),
      licence: licence.slice(0, MAX_NAME),
      weight,
      documents: counts.train,
      heldOut: counts.validation,
      /** Documents that rules left out. */
      dropped: sum(Object.values(counts.dropped)),
      /** UTF-8 bytes to train on. */
      bytes: bytes.train,
      /** To train on; null where that is not known. */
      tokens: tokens ? tokens.sources[i]!.train.tokens : null,
      /** Of all sources, each times its weight, from 0 to 1; null where there is nothing to train on. */
      share: whole > 0 && Number.isFinite(whole) ? weighted[i]! / whole : null,
    })),
    /** What a share is of. */
    shareOf: tokens ? ('tokens' as const) : ('bytes' as const),
    /** Exact sums over the sources; null where they are too large for a number or not known. */
    total: {
      documents: sum(manifest.sources.map(({ counts }) => counts.train)),
      heldOut: sum(manifest.sources.map(({ counts }) => counts.validation)),
      bytes: sum(manifest.sources.map(({ bytes }) => bytes.train)),
      tokens: tokens ? sum(tokens.sources.map(({ train }) => train.tokens)) : null,
    },
    /** Tokens of an epoch, each source times its weight, about; null where tokens are not known. */
    epoch: tokens && Number.isFinite(whole) ? Math.round(whole) : null,
  };
}

/** What the recipe in the folder calls the sources; none where it cannot be read, or is not of these sources. Whether it is the run's an audit finds out. */
function titlesOf(folder: string, { sources }: CorpusManifest): (string | undefined)[] {
  if (!isPlain(folder, RECIPE)) return [];
  let named: ReturnType<typeof parseRecipe>['corpus']['sources'];
  try {
    named = parseRecipe(readSmallFile(join(folder, RECIPE), MAX_RECIPE), { file: RECIPE }).corpus.sources;
  } catch (error) {
    if (error instanceof JikjiError) return [];
    throw error;
  }
  const isSame = ({ origin }: (typeof sources)[number], i: number) =>
    'npm' in origin ? named[i]!.npm === origin.npm : named[i]!.npm === undefined;
  return named.length === sources.length && sources.every(isSame) ? named.map(({ title }) => title) : [];
}

/** The token files of a corpus, if they are the committed ones and of these texts. */
function tokensFor(
  folder: string,
  manifest: CorpusManifest,
  committed: string | undefined,
  unreadable: Unreadable,
): Pick<TokensManifest, 'sources'> | undefined {
  const found = manifestOf(folder, TOKENS, { schema: tokensManifestSchema, committed }, unreadable);
  if (!found) return undefined;
  const isTheirs = fits(found.value as TokensManifest, manifest);
  if (isTheirs && found.standing !== 'differs') return found.value as TokensManifest;
  noteUnreadable(unreadable, TOKENS, isTheirs ? REASONS.notCommitted : REASONS.otherTexts);
  return undefined;
}
