// Checks corpus/manifest.json and corpus/tokens.json against the recipe and the commitment. Compares texts and token files by digest
// only; the check `origin` reads their contents.

import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type Both, JikjiError, parseJson } from '../base/index.ts';
import {
  type CorpusManifest,
  corpusManifestSchema,
  integrityOf,
  refuseVersion1,
  SPLITS,
  type Split,
  sha512Hex,
  sourceFile,
  statedSettings,
} from '../foundry/corpus/index.ts';
import { marksFile, type TokensManifest, tokenLeaves, tokensFile, tokensManifestSchema } from '../foundry/index.ts';
import { isConversations, listOf, type Recipe } from '../foundry/recipe/index.ts';
import { tokenWidth } from '../foundry/tokenizer/index.ts';
import { canonicalJson, type Json, MerkleTree, type Predicate, sha256Hex } from '../ledger/index.ts';
import { CHAT_TEMPLATE, MANIFEST, TOKENS } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import { broken, type RunFolder } from './folder.ts';
import { COMMON } from './sentences/common.ts';
import { MANIFESTS } from './sentences/texts.ts';

const MAX_MANIFEST_BYTES = 64 << 20;
/** Longer templates are not opened with a model either. */
const MAX_TEMPLATE_BYTES = 1 << 20;

/** The token file of one split of a source. */
interface TokenFile {
  source: number;
  split: Split;
  file: string;
  /** Ids in it. */
  tokens: number;
  documents: number;
  /** UTF-8 bytes of the text. */
  bytes: number;
  /** Whether the file exists with the stated size; of conversations, its marks too. */
  there: boolean;
  /** The file of marks of a source of conversations. */
  marks?: string;
}

export interface Texts {
  manifest: CorpusManifest;
  tokens: TokensManifest;
  /** By source, training before validation; `textBytes` is the size of the file of records. */
  files: (TokenFile & { text: string; textBytes: number; textThere: boolean })[];
  /** By source: the list of the files that it was read from. */
  lists: { file: string; bytes: number; count: number; there: boolean }[];
  /** The chat template of a run with conversations, if it is there and has its digest. */
  template?: string;
}

/** The manifest's schema, with one rule more: reports show the names of dropping rules, so each must be a plain word. */
const auditedManifest = corpusManifestSchema.superRefine(({ sources }, context) => {
  for (const [i, { counts }] of sources.entries()) {
    for (const rule of Object.keys(counts.dropped)) {
      const path = ['sources', i, 'counts', 'dropped', rule];
      if (!/^[a-z][a-z-]*$/.test(rule)) context.addIssue({ code: 'custom', path, message: 'Invalid key in record' });
    }
  }
});

const hasProto = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto));

/** Parses JSON that must match the schema, and must be exactly the text that `written` makes of it. @throws JikjiError `evidence-broken`, `manifest-broken` */
function parse<T>(folder: RunFolder, name: string, shape: z.ZodType<T>, written: (value: Json) => string): T {
  const text = folder.text(name, MAX_MANIFEST_BYTES);
  let value: Json;
  try {
    value = parseJson(text) as Json;
    if (name === MANIFEST) refuseVersion1(value, name);
    if (hasProto(value)) throw broken(name, MANIFESTS.proto); // the schema ignores it
  } catch (error) {
    throw error instanceof JikjiError ? error : broken(name, MANIFESTS.notJson);
  }
  const checked = shape.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    // The schema's messages are English.
    const where = issue?.path.join('.') || 'the manifest';
    throw broken(name, { en: `${where}: ${issue?.message ?? 'does not match the schema'}` });
  }
  if (written(value) !== text) throw broken(name, COMMON.notWritten);
  return checked.data;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function checkManifest(manifest: CorpusManifest, recipe: Recipe, findings: Findings): void {
  const wrong = (text: Both): void => findings.refuted(MANIFEST, text);
  if (manifest.validation !== recipe.corpus.validation) wrong(MANIFESTS.otherShare);
  if (manifest.sources.length !== recipe.corpus.sources.length) {
    wrong(MANIFESTS.sources(manifest.sources.length, recipe.corpus.sources.length));
    return;
  }
  const licences = new Map<string, { documents: number; bytes: number }>();
  const all = { documents: { train: 0, validation: 0 }, bytes: { train: 0, validation: 0 } };
  manifest.sources.forEach((made, i) => {
    const planned = recipe.corpus.sources[i]!;
    const { origin, counts } = made;
    const ofRecipe = statedSettings(planned);
    for (const [key, value] of Object.entries(ofRecipe)) {
      if (made[key as keyof typeof ofRecipe] !== value) wrong(MANIFESTS.otherKey(i, key));
    }
    const sameOrigin =
      'npm' in origin
        ? same([origin.npm, origin.path], [planned.npm, listOf(planned.path)]) &&
          (planned.sha512 === undefined || origin.integrity === integrityOf(sha512Hex(planned.sha512) ?? ''))
        : same(origin.files, listOf(planned.files));
    if (!sameOrigin) wrong(MANIFESTS.otherOrigin(i));
    if (origin.list.name !== sourceFile(i, 'files')) wrong(MANIFESTS.otherList(i));
    for (const split of SPLITS) {
      if (made.files[split].name !== sourceFile(i, split)) wrong(MANIFESTS.otherFile(i, split));
      all.documents[split] += counts[split];
      all.bytes[split] += made.bytes[split];
    }
    const dropped = Object.values(counts.dropped).reduce((a, b) => a + b, 0);
    if (counts.kept !== counts.train + counts.validation || counts.read !== counts.kept + dropped) {
      wrong(MANIFESTS.counts(i));
    }
    const sum = licences.get(made.licence) ?? { documents: 0, bytes: 0 };
    licences.set(made.licence, sum);
    sum.documents += counts.kept;
    sum.bytes += made.bytes.train + made.bytes.validation;
  });
  if (!same([manifest.documents, manifest.bytes], [all.documents, all.bytes])) wrong(MANIFESTS.totals);
  const stated = new Map(
    manifest.licenceSummary.map(({ licence, documents, bytes }) => [licence, { documents, bytes }]),
  );
  const fits = [...licences].every(([licence, sum]) => same(stated.get(licence), sum));
  if (!fits || stated.size !== licences.size || manifest.licenceSummary.length !== licences.size) {
    wrong(MANIFESTS.licences);
  }
}

/** What the manifests of texts and tokens must agree with. */
export interface TextExpectations {
  recipe: Recipe;
  genesis: Predicate<'genesis'>;
  /** Entries of the tokenizer; undefined if it could not be read. */
  vocabSize: number | undefined;
}

function checkTokens(
  tokens: TokensManifest,
  manifest: CorpusManifest,
  { recipe, genesis: { commitment }, vocabSize }: TextExpectations,
  findings: Findings,
): void {
  const wrong = (text: Both): void => findings.refuted(TOKENS, text);
  const version = recipe.chat ? 2 : 1;
  if (tokens.formatVersion !== version) wrong(MANIFESTS.tokensVersion(tokens.formatVersion, version));
  if (tokens.tokenizer !== commitment.tokenizer) wrong(MANIFESTS.otherTokenizer);
  if (vocabSize !== undefined && tokens.width !== tokenWidth(vocabSize)) wrong(MANIFESTS.width(tokens.width));
  const tree = new MerkleTree();
  for (const leaf of tokenLeaves(tokens)) tree.add(leaf);
  tokens.sources.forEach((made, i) => {
    for (const split of SPLITS) {
      const { file: name, documents, bytes, marks } = made[split];
      const needsMarks = isConversations(recipe.corpus.sources[i]?.read);
      if (needsMarks !== (marks !== undefined))
        wrong(marks ? MANIFESTS.needlessMarks(i, split) : MANIFESTS.noMarks(i, split));
      if (marks && marks.file !== marksFile(i, split)) wrong(MANIFESTS.otherMarks(i, split));
      if (name !== tokensFile(i, split)) wrong(MANIFESTS.otherFile(i, split));
      const source = manifest.sources[i];
      if (documents !== source?.counts[split] || bytes !== source.bytes[split]) {
        wrong(MANIFESTS.otherSizes(i, split));
      }
    }
  });
  const root = tree.root().toString('hex');
  if (tokens.root !== root) wrong(MANIFESTS.otherRoot);
  if (root !== commitment.tokensRoot) wrong(MANIFESTS.otherTokens);
}

/** SHA-256 of the first `maxBytes` of a file; `pause` is called between pieces and may throw. */
export async function digestOf(
  folder: RunFolder,
  name: string,
  pause: () => Promise<void>,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<string> {
  const state = createHash('sha256');
  for (const piece of folder.pieces(name, 0, maxBytes)) {
    state.update(piece);
    await pause();
  }
  return state.digest('hex');
}

/** Reads both manifests and compares every existing file with its digest. Undefined if the manifests cannot be used. */
export async function checkTexts(
  folder: RunFolder,
  expectations: TextExpectations,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<Texts | undefined> {
  const { recipe, genesis } = expectations;
  const { commitment } = genesis;
  const manifest = findings.try(MANIFEST, () =>
    parse(folder, MANIFEST, auditedManifest, (value) => `${JSON.stringify(value, null, 2)}\n`),
  );
  if (!manifest) return undefined;
  if (manifest.corpusRoot !== commitment.corpusRoot) findings.refuted(MANIFEST, MANIFESTS.otherCorpus);
  else if ((await digestOf(folder, MANIFEST, pause)) !== commitment.corpusManifest)
    findings.refuted(MANIFEST, MANIFESTS.otherManifest);
  checkManifest(manifest, recipe, findings);
  const tokens: TokensManifest | undefined = findings.try(TOKENS, () =>
    parse(folder, TOKENS, tokensManifestSchema, (value) => `${canonicalJson(value)}\n`),
  );
  if (!tokens) return undefined;
  if (tokens.sources.length !== manifest.sources.length) {
    findings.refuted(TOKENS, MANIFESTS.manifestSources(tokens.sources.length, manifest.sources.length));
    return undefined;
  }
  checkTokens(tokens, manifest, expectations, findings);
  if (tokens.root === commitment.tokensRoot && (await digestOf(folder, TOKENS, pause)) !== commitment.tokensManifest)
    findings.refuted(TOKENS, MANIFESTS.otherTokenList);
  // Later checks must not open files under unexpected names.
  if (!namesHold(manifest, tokens)) return undefined;
  const template = tokens.template && (await checkTemplate(folder, tokens.template, findings));

  /** Whether a file exists with the stated size; then its digest must match. No check reads a file of another size. */
  const compare = async (name: string, bytes: number, sha256: string): Promise<boolean> => {
    const size = findings.try(name, () => folder.size(name));
    if (size === undefined) return false;
    if (size !== bytes) {
      findings.refuted(name, MANIFESTS.otherSize(size, bytes));
      return false;
    }
    await pause();
    if ((await digestOf(folder, name, pause, bytes)) !== sha256) findings.refuted(name, MANIFESTS.otherDigest);
    return true;
  };
  const files: Texts['files'] = [];
  const lists: Texts['lists'] = [];
  let absent = 0;
  for (const [i, made] of manifest.sources.entries()) {
    const { list: named } = made.origin;
    const listThere = await compare(`corpus/${named.name}`, named.bytes, named.sha256);
    if (!listThere) findings.incomplete(`corpus/${named.name}`, COMMON.notInSize);
    lists.push({ file: `corpus/${named.name}`, bytes: named.bytes, count: made.origin.fileCount, there: listThere });
    for (const split of SPLITS) {
      const { file: bin, tokens: count, documents, bytes, sha256, marks } = tokens.sources[i]![split];
      const binThere = await compare(`corpus/${bin}`, count * tokens.width, sha256);
      const there = marks ? (await compare(`corpus/${marks.file}`, count, marks.sha256)) && binThere : binThere;
      const text = made.files[split];
      const textThere = await compare(`corpus/${text.name}`, text.bytes, text.sha256);
      if (!there || !textThere) absent++;
      const names = { file: `corpus/${bin}`, text: `corpus/${text.name}` };
      files.push({
        source: i,
        split,
        ...names,
        ...(marks && { marks: `corpus/${marks.file}` }),
        tokens: count,
        documents,
        bytes,
        there,
        textBytes: text.bytes,
        textThere,
      });
    }
  }
  if (absent > 0) findings.note(MANIFESTS.absent(absent, files.length));
  return { manifest, tokens, files, lists, ...(template && { template }) };
}

/** The chat template, if it is there and is the one that the tokens were made with. */
function checkTemplate(folder: RunFolder, digest: string, findings: Findings): string | undefined {
  const text = findings.try(CHAT_TEMPLATE, () => folder.text(CHAT_TEMPLATE, MAX_TEMPLATE_BYTES));
  if (text === undefined || sha256Hex(text) === digest) return text;
  findings.refuted(CHAT_TEMPLATE, MANIFESTS.otherTemplate(TOKENS));
  return undefined;
}

const namesHold = (manifest: CorpusManifest, tokens: TokensManifest): boolean =>
  manifest.sources.every((source, i) =>
    SPLITS.every((split) => {
      const { file, marks } = tokens.sources[i]?.[split] ?? {};
      return (
        source.files[split].name === sourceFile(i, split) &&
        file === tokensFile(i, split) &&
        (marks === undefined || marks.file === marksFile(i, split))
      );
    }),
  ) && manifest.sources.every((source, i) => source.origin.list.name === sourceFile(i, 'files'));
