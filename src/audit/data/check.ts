// The check `data`: computes again what follows from the texts alone, and builds the corpus again from sources that the auditor has.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJson, systemCode } from '../../base/index.ts';
import { ConversationFault, type DocumentKind, examplesOf } from '../../foundry/conversation/index.ts';
import { Duplicates, heldOut } from '../../foundry/corpus/index.ts';
import { conversationKind, type Recipe } from '../../foundry/recipe/index.ts';
import { sha256 } from '../../ledger/index.ts';
import { MANIFEST, RECIPE } from '../../run-folder/index.ts';
import { Findings } from '../findings.ts';
import { broken, type RunFolder } from '../folder.ts';
import { COMMON } from '../sentences/common.ts';
import { DATA, SOURCES } from '../sentences/data.ts';
import type { CheckContext, Evidence } from '../structure.ts';
import type { Texts } from '../texts.ts';
import type { Check, DataFound } from '../types.ts';
import { readLines, readRecords } from './records.ts';
import { compareSources, nameOf, type SourceOptions } from './sources.ts';
import { longerByDropped, SplitAgain, wrongWithPlan } from './split.ts';

export async function checkData(
  evidence: Evidence,
  options: SourceOptions,
  context: CheckContext,
): Promise<{ check: Check; data: DataFound }> {
  const findings = new Findings('data');
  const { recipe, texts } = evidence;
  const named = recipe?.corpus.sources ?? [];
  const maker = (reason: string): DataFound => ({
    standing: 'maker',
    sources: named.map((source) => ({ name: nameOf(source), standing: 'maker', reason })),
  });
  if (!recipe || !texts) {
    if (recipe) findings.incomplete(MANIFEST, COMMON.noManifest);
    else findings.incomplete(RECIPE, COMMON.noRecipe);
    return { check: findings.check(COMMON.notChecked), data: maker('the run has no usable manifest of its texts') };
  }
  const absent = texts.files.filter(({ textThere }) => !textThere);
  for (const { text } of absent) findings.incomplete(text, COMMON.notInSize);
  if (absent.length > 0) {
    return { check: findings.check(COMMON.notChecked), data: maker('not all texts of the run are there') };
  }
  let workFolder: string;
  try {
    workFolder = mkdtempSync(join(tmpdir(), 'jikji-data-'));
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    findings.incomplete(MANIFEST, DATA.noFolder(tmpdir(), code));
    return { check: findings.check(COMMON.notChecked), data: maker('no temporary folder could be made here') };
  }
  try {
    const { documents, longest } = await checkTexts(evidence, workFolder, findings, context);
    const sources = await compareSources(evidence, { ...options, workFolder, longest }, findings, context);
    const compared = sources.filter(({ standing }) => standing === 'compared');
    const same = findings.verdict === 'holds' && compared.length === sources.length;
    addNotes(sources, recipe, findings);
    const { share, far } = heldOut(texts.manifest);
    if (far) {
      const percent = (part: number): string => `${Number((100 * part).toPrecision(2))}%`;
      findings.note(DATA.heldOut(percent(share), percent(texts.manifest.validation)));
    }
    const detail =
      options.folder === undefined && !options.fetch
        ? DATA.whole(documents)
        : DATA.wholeWithSources(documents, compared.length, sources.length);
    return { check: findings.check(detail), data: { standing: same ? 'sources' : 'texts', sources } };
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

/** Adds notes on what the check does not show. */
function addNotes(sources: DataFound['sources'], recipe: Recipe, findings: Findings): void {
  const word = sources.filter(({ standing }) => standing === 'maker');
  if (word.length > 0) {
    // In quotes: a name is free text, and would go on where the sentence ends.
    const names = [...new Set(word.map(({ name }) => JSON.stringify(name.slice(0, 200))))].join(', ');
    findings.note(DATA.word(names));
    findings.note(DATA.altered);
  }
  if (sources.some(({ standing }, i) => standing === 'compared' && recipe.corpus.sources[i]?.npm !== undefined)) {
    findings.note(DATA.notIndependent);
  }
  findings.note(DATA.licences);
}

/** @throws JikjiError `evidence-broken` for a document that is not a conversation or a pair in its one spelling */
function checkConversation(kind: DocumentKind, text: string, { file, line }: { file: string; line: number }): void {
  try {
    examplesOf(text, kind);
  } catch (error) {
    if (!(error instanceof ConversationFault)) throw error;
    throw broken(file, SOURCES.conversation(kind, line, { en: error.message }));
  }
}

/** Reads every text once. Returns the number of documents and the UTF-8 bytes of the longest. */
async function checkTexts(
  { folder, recipe, texts }: Evidence,
  workFolder: string,
  findings: Findings,
  { showProgress }: CheckContext,
): Promise<{ documents: number; longest: number }> {
  const { validation } = recipe!.corpus;
  const { manifest, files, lists } = texts!;
  const totalBytes = files.reduce((sum, file) => sum + file.textBytes, 0);
  for (const list of lists) {
    if (list.there) await checkList(folder, list, findings, () => showProgress('lists of files', 0));
  }
  const wrong = wrongWithPlan(validation, manifest.sources);
  if (wrong) findings.refuted(MANIFEST, wrong);
  else for (const source of longerByDropped(validation, manifest.sources)) findings.note(DATA.longer(source));
  const split = wrong ? undefined : new SplitAgain(validation, manifest.sources);
  const duplicates = new Duplicates(workFolder);
  const repeats = files.map(() => 0);
  let bytesRead = 0;
  let count = 0;
  let longest = 0;
  let isComplete = true;
  for (const [number, file] of files.entries()) {
    let documents = 0;
    let bytes = 0;
    const kind = conversationKind(manifest.sources[file.source]!.read);
    const pause = (): Promise<void> => showProgress('texts', (0.5 * bytesRead) / Math.max(1, totalBytes));
    try {
      for await (const text of readRecords(folder, file.text, file.textBytes, pause)) {
        if (kind) checkConversation(kind, text, { file: file.text, line: documents + 1 });
        const digest = sha256(text);
        if (duplicates.add(digest, number, documents)) repeats[number]!++;
        split?.add(file.source, file.split, text, digest);
        documents++;
        const length = Buffer.byteLength(text);
        bytes += length;
        bytesRead += length;
        longest = Math.max(longest, length);
      }
      if (documents !== file.documents || bytes !== file.bytes) {
        findings.refuted(file.text, DATA.otherCounts(documents, bytes, file));
      }
    } catch (error) {
      findings.caught(file.text, error);
      isComplete = false;
    }
    count += documents;
  }
  await showProgress('duplicates', 0.5);
  for (const _ of duplicates.each((number) => repeats[number]!++)) await showProgress('duplicates', 0.5);
  for (const [number, times] of repeats.entries()) {
    if (times > 0) findings.refuted(files[number]!.text, DATA.repeated(times));
  }
  if (!isComplete || !split) return { documents: count, longest };
  const misplaced = split.wrong();
  for (const { source, split: side, text } of files) {
    const says = manifest.sources[source]!.slice === null ? DATA.misplacedDocuments : DATA.misplacedSlices;
    const times = misplaced[source]![side];
    if (times > 0) findings.refuted(text, says(times));
  }
  return { documents: count, longest };
}

/** The form and the length of a source's list of files. Its entries are the maker's word until the sources are compared. */
async function checkList(
  folder: RunFolder,
  { file, bytes, count }: Texts['lists'][number],
  findings: Findings,
  pause: () => Promise<void>,
): Promise<void> {
  try {
    let lines = 0;
    for await (const line of readLines(folder, file, bytes, pause)) {
      lines++;
      if (!isEntry(line)) throw broken(file, DATA.notEntry(lines));
    }
    if (lines !== count) findings.refuted(file, DATA.files(lines, count));
  } catch (error) {
    findings.caught(file, error);
  }
}

function isEntry(line: Buffer): boolean {
  try {
    const { path, bytes, sha256 } = parseJson(line.toString('utf8')) as {
      path: unknown;
      bytes: unknown;
      sha256: string;
    };
    const spelled = Buffer.from(JSON.stringify({ path, bytes, sha256 }));
    return (
      typeof path === 'string' && Number.isSafeInteger(bytes) && /^[0-9a-f]{64}$/.test(sha256) && spelled.equals(line)
    );
  } catch {
    return false;
  }
}
