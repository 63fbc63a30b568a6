// The sets that are generated from a run's held-out text: bits per byte by source, the last word of a sentence, definitions of words.
// Deterministic: the same held-out text gives the same questions.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFile, digestOfJson } from '../../ledger/index.ts';
import { MANIFEST, runPaths } from '../../run-folder/index.ts';
import { originName, readDocumentsSync } from '../corpus/index.ts';
import { readMadeFile } from '../make/index.ts';
import { clozeItems } from './cloze-items.ts';
import { definitionItems } from './definition-items.ts';
import type { EvaluationSet, TextItem } from './set.ts';

/** Increases whenever a generator gives other questions. */
const GENERATOR_VERSION = 1;
/** UTF-8 bytes of each source's held-out text that are measured, whole documents. */
const MAX_SOURCE_BYTES = 256 << 10;
/** A set with fewer questions has no meaning. */
const MIN_ITEMS = 20;

export const RUN_TASKS = ['held-out', 'cloze-en', 'cloze-ko', 'definitions'] as const;
export type RunTask = (typeof RUN_TASKS)[number];

export const isRunTask = (name: string): name is RunTask => (RUN_TASKS as readonly string[]).includes(name);

interface Source {
  name: string;
  read: string;
  language: string;
  /** Path of its held-out documents. */
  file: string;
}

function sourcesOf(run: string): Source[] {
  const { manifest, corpus } = runPaths(run);
  return readMadeFile(MANIFEST, manifest, 'restore the run from a copy')
    .sources.map(({ origin, read, language, files }) => {
      return { name: originName(origin), read, language, file: join(corpus, files.validation.name) };
    })
    .filter(({ file }) => existsSync(file));
}

/**
 * A set from a run's held-out text; undefined where the text is too short for it.
 * @throws JikjiError `run-damaged`, `corpus-broken`
 */
export function runSet(run: string, task: RunTask, limit?: number): EvaluationSet | undefined {
  const language = task === 'cloze-en' ? 'en' : task === 'cloze-ko' ? 'ko' : undefined;
  const sources = sourcesOf(run).filter(
    (source) =>
      (language === undefined || source.language.toLowerCase().split('-')[0] === language) &&
      (task !== 'definitions' || source.read === 'wordnet'),
  );
  const digest = digestOfJson({
    generator: task,
    version: GENERATOR_VERSION,
    data: sources.map(({ file }) => digestOfFile(file)),
  });
  const common = { name: task, fewshot: 0, digest };
  const cut = <T>(items: T[]): T[] => items.slice(0, limit);
  if (task === 'held-out') {
    const parts = sources.map(({ name }, i) => `${i + 1} ${name}`.slice(0, 100));
    const items = sources.flatMap(({ file }, part) => heldOut(file, part));
    if (items.length === 0) return undefined;
    return { ...common, kind: 'text', metrics: ['bits_per_byte'], parts, of: items.length, items: cut(items) };
  }
  const documents = sources.flatMap(({ file }) => [...readDocumentsSync(file)]);
  const items = language ? clozeItems(documents, language) : definitionItems(documents);
  if (items.length < MIN_ITEMS) return undefined;
  const metrics: EvaluationSet['metrics'] = language ? ['acc'] : ['acc', 'acc_norm'];
  return { ...common, kind: 'choice', metrics, parts: [], of: items.length, delimiter: ' ', items: cut(items) };
}

function heldOut(file: string, part: number): TextItem[] {
  const items: TextItem[] = [];
  let bytes = 0;
  for (const text of readDocumentsSync(file)) {
    if (text === '') continue;
    bytes += Buffer.byteLength(text);
    if (bytes > MAX_SOURCE_BYTES && items.length > 0) break;
    items.push({ text, part });
  }
  return items;
}
