// Checks corpus/manifest.json and corpus/tokens.json against the recipe and the commitment. Compares texts and token files by digest
// only; the check `origin` reads their contents.

import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { JikjiError, parseJson } from '../base/index.ts';
import {
  type CorpusManifest,
  corpusManifestSchema,
  integrityOf,
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

/** Parses JSON that must match the schema, and must be exactly the text that `written` makes of it. @throws JikjiError `evidence-broken` */
function parse<T>(folder: RunFolder, name: string, shape: z.ZodType<T>, written: (value: Json) => string): T {
  const text = folder.text(name, MAX_MANIFEST_BYTES);
  let value: Json;
  try {
    value = parseJson(text) as Json;
    if (hasProto(value)) throw broken(name, 'has a member __proto__'); // the schema ignores it
  } catch (error) {
    throw error instanceof JikjiError ? error : broken(name, 'is not JSON');
  }
  const checked = shape.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw broken(name, `${issue?.path.join('.') || 'the manifest'}: ${issue?.message ?? 'does not match the schema'}`);
  }
  if (written(value) !== text) throw broken(name, 'is not in the form in which it is written');
  return checked.data;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function checkManifest(manifest: CorpusManifest, recipe: Recipe, findings: Findings): void {
  const wrong = (text: string): void => findings.refuted(MANIFEST, text);
  if (manifest.validation !== recipe.corpus.validation) wrong("the share held out is not the recipe's");
  if (manifest.sources.length !== recipe.corpus.sources.length) {
    wrong(`has ${manifest.sources.length} sources, the recipe ${recipe.corpus.sources.length}`);
    return;
  }
  const licences = new Map<string, { documents: number; bytes: number }>();
  const all = { documents: { train: 0, validation: 0 }, bytes: { train: 0, validation: 0 } };
  manifest.sources.forEach((made, i) => {
    const planned = recipe.corpus.sources[i]!;
    const { origin, counts } = made;
    const ofRecipe = statedSettings(planned);
    for (const [key, value] of Object.entries(ofRecipe)) {
      if (made[key as keyof typeof ofRecipe] !== value) wrong(`source ${i}: ${key} is not the recipe's`);
    }
    const sameOrigin =
      'npm' in origin
        ? same([origin.npm, origin.path], [planned.npm, listOf(planned.path)]) &&
          (planned.sha512 === undefined || origin.integrity === integrityOf(sha512Hex(planned.sha512) ?? ''))
        : same(origin.files, listOf(planned.files));
    if (!sameOrigin) wrong(`source ${i}: its origin is not the recipe's`);
    if (origin.list.name !== sourceFile(i, 'files')) wrong(`source ${i}: its list of files has another name`);
    for (const split of SPLITS) {
      if (made.files[split].name !== sourceFile(i, split)) wrong(`source ${i}: its ${split} file has another name`);
      all.documents[split] += counts[split];
      all.bytes[split] += made.bytes[split];
    }
    const dropped = Object.values(counts.dropped).reduce((a, b) => a + b, 0);
    if (counts.kept !== counts.train + counts.validation || counts.read !== counts.kept + dropped) {
      wrong(`source ${i}: its counts do not add up`);
    }
    const sum = licences.get(made.licence) ?? { documents: 0, bytes: 0 };
    licences.set(made.licence, sum);
    sum.documents += counts.kept;
    sum.bytes += made.bytes.train + made.bytes.validation;
  });
  if (!same([manifest.documents, manifest.bytes], [all.documents, all.bytes])) wrong('its totals do not add up');
  const stated = new Map(
    manifest.licenceSummary.map(({ licence, documents, bytes }) => [licence, { documents, bytes }]),
  );
  const fits = [...licences].every(([licence, sum]) => same(stated.get(licence), sum));
  if (!fits || stated.size !== licences.size || manifest.licenceSummary.length !== licences.size) {
    wrong('its summary by licence does not add up');
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
  const wrong = (text: string): void => findings.refuted(TOKENS, text);
  const version = recipe.chat ? 2 : 1;
  if (tokens.formatVersion !== version)
    wrong(
      `is of format version ${tokens.formatVersion}; a run ${recipe.chat ? 'with' : 'without'} conversations has ${version}`,
    );
  if (tokens.tokenizer !== commitment.tokenizer) wrong('were made by another tokenizer than genesis names');
  if (vocabSize !== undefined && tokens.width !== tokenWidth(vocabSize)) wrong(`have ids of ${tokens.width} bytes`);
  const tree = new MerkleTree();
  for (const leaf of tokenLeaves(tokens)) tree.add(leaf);
  tokens.sources.forEach((made, i) => {
    for (const split of SPLITS) {
      const { file: name, documents, bytes, marks } = made[split];
      const needsMarks = isConversations(recipe.corpus.sources[i]?.read);
      if (needsMarks !== (marks !== undefined))
        wrong(
          `source ${i}: its ${split} file has ${marks ? 'marks, and its documents are not conversations' : 'no marks'}`,
        );
      if (marks && marks.file !== marksFile(i, split)) wrong(`source ${i}: its ${split} marks have another name`);
      if (name !== tokensFile(i, split)) wrong(`source ${i}: its ${split} file has another name`);
      const source = manifest.sources[i];
      if (documents !== source?.counts[split] || bytes !== source.bytes[split]) {
        wrong(`source ${i}: documents or bytes of ${split} are not the manifest's`);
      }
    }
  });
  const root = tree.root().toString('hex');
  if (tokens.root !== root) wrong('its root is not that of its files');
  if (root !== commitment.tokensRoot) wrong('are other tokens than genesis names');
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
  const { commitment, formatVersion: version } = genesis;
  const manifest = findings.try(MANIFEST, () =>
    parse(folder, MANIFEST, auditedManifest, (value) => `${JSON.stringify(value, null, 2)}\n`),
  );
  if (!manifest) return undefined;
  if (manifest.corpusRoot !== commitment.corpusRoot)
    findings.refuted(MANIFEST, 'is of another corpus than genesis names');
  else if ((await digestOf(folder, MANIFEST, pause)) !== commitment.corpusManifest)
    findings.refuted(MANIFEST, 'is another manifest of this corpus than genesis names');
  if (manifest.formatVersion < Math.min(2, version))
    findings.refuted(MANIFEST, `is of format version ${manifest.formatVersion} in a run of version ${version}`);
  checkManifest(manifest, recipe, findings);
  const tokens: TokensManifest | undefined = findings.try(TOKENS, () =>
    parse(folder, TOKENS, tokensManifestSchema, (value) => `${canonicalJson(value)}\n`),
  );
  if (!tokens) return undefined;
  if (tokens.sources.length !== manifest.sources.length) {
    findings.refuted(TOKENS, `has ${tokens.sources.length} sources, the manifest ${manifest.sources.length}`);
    return undefined;
  }
  checkTokens(tokens, manifest, expectations, findings);
  if (tokens.root === commitment.tokensRoot && (await digestOf(folder, TOKENS, pause)) !== commitment.tokensManifest)
    findings.refuted(TOKENS, 'is another list of these tokens than genesis names');
  // Later checks must not open files under unexpected names.
  if (!namesHold(manifest, tokens)) return undefined;
  const template = tokens.template && (await checkTemplate(folder, tokens.template, findings));

  /** Whether a file exists with the stated size; then its digest must match. No check reads a file of another size. */
  const compare = async (name: string, bytes: number, sha256: string): Promise<boolean> => {
    const size = findings.try(name, () => folder.size(name));
    if (size === undefined) return false;
    if (size !== bytes) {
      findings.refuted(name, `has ${size} bytes, not the ${bytes} that its manifest states: it is not read`);
      return false;
    }
    await pause();
    if ((await digestOf(folder, name, pause, bytes)) !== sha256)
      findings.refuted(name, 'does not have the digest that its manifest states');
    return true;
  };
  const files: Texts['files'] = [];
  const lists: Texts['lists'] = [];
  let absent = 0;
  for (const [i, made] of manifest.sources.entries()) {
    const { list: named } = made.origin;
    const listThere = await compare(`corpus/${named.name}`, named.bytes, named.sha256);
    if (!listThere) findings.incomplete(`corpus/${named.name}`, 'is not there in the size that is stated');
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
  if (absent > 0) findings.note(`Texts or tokens of ${absent} of ${files.length} parts of the corpus are not there.`);
  return { manifest, tokens, files, lists, ...(template && { template }) };
}

/** The chat template, if it is there and is the one that the tokens were made with. */
function checkTemplate(folder: RunFolder, digest: string, findings: Findings): string | undefined {
  const text = findings.try(CHAT_TEMPLATE, () => folder.text(CHAT_TEMPLATE, MAX_TEMPLATE_BYTES));
  if (text === undefined || sha256Hex(text) === digest) return text;
  findings.refuted(CHAT_TEMPLATE, `is not the chat template that ${TOKENS} names`);
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
