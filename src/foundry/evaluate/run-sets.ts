// The sets that are generated from a run's held-out text: bits per byte by source, the last word of a sentence, definitions of words.
// Deterministic: the same held-out text gives the same questions.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFile, digestOfJson } from '../../ledger/index.ts';
import { MANIFEST, runPaths } from '../../run-folder/index.ts';
import { LEARNED } from '../conversation/index.ts';
import { originName, readDocumentsSync, readExamplesSync } from '../corpus/index.ts';
import type { ScoreRequest } from '../generate/index.ts';
import { openEncoder, readMadeFile } from '../make/index.ts';
import { conversationKind, parseRunRecipe, type RecipeSource, readRecipeText } from '../recipe/index.ts';
import { loadRunTokenizer } from '../tokenizer/index.ts';
import { clozeItems, definitionItems } from './choice-items.ts';
import type { AnswersItem, EvaluationSet, TextItem } from './set.ts';

/** Increases whenever a generator gives other questions. */
const GENERATOR_VERSION = 1;
/** The same, of held-out text with conversations. */
const ANSWERS_VERSION = 2;
/** UTF-8 bytes of each source's held-out text that are measured, whole documents. */
const MAX_SOURCE_BYTES = 256 << 10;
/** A set with fewer questions has no meaning. */
const MIN_ITEMS = 20;

export const RUN_TASKS = ['held-out', 'cloze-en', 'cloze-ko', 'definitions'] as const;
export type RunTask = (typeof RUN_TASKS)[number];

export const isRunTask = (name: string): name is RunTask => (RUN_TASKS as readonly string[]).includes(name);

interface Source {
  name: string;
  read: RecipeSource['read'];
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
export async function runSet(run: string, task: RunTask, limit?: number): Promise<EvaluationSet | undefined> {
  const language = task === 'cloze-en' ? 'en' : task === 'cloze-ko' ? 'ko' : undefined;
  const sources = sourcesOf(run).filter(
    (source) =>
      (language === undefined || source.language.toLowerCase().split('-')[0] === language) &&
      (task === 'held-out' || !conversationKind(source.read)) &&
      (task !== 'definitions' || source.read === 'wordnet'),
  );
  const hasAnswers = sources.some(({ read }) => conversationKind(read));
  const digest = digestOfJson({
    generator: task,
    version: hasAnswers ? ANSWERS_VERSION : GENERATOR_VERSION,
    ...(hasAnswers && { template: digestOfFile(runPaths(run).chatTemplate) }),
    data: sources.map(({ file }) => digestOfFile(file)),
  });
  const common = { name: task, fewshot: 0, digest };
  const cut = <T>(items: T[]): T[] => items.slice(0, limit);
  if (task === 'held-out') {
    const parts = sources.map(({ name }, i) => `${i + 1} ${name}`.slice(0, 100));
    const items: (TextItem | AnswersItem)[] = [];
    for (const [part, source] of sources.entries())
      for await (const item of conversationKind(source.read) ? answers(run, source, part) : heldOut(source.file, part))
        items.push(item);
    if (items.length === 0) return undefined;
    return { ...common, kind: 'text', metrics: ['bits_per_byte'], parts, of: items.length, items: cut(items) };
  }
  const documents = sources.flatMap(({ file }) => [...readDocumentsSync(file)]);
  const items = language ? clozeItems(documents, language) : definitionItems(documents);
  if (items.length < MIN_ITEMS) return undefined;
  const metrics: EvaluationSet['metrics'] = language ? ['acc'] : ['acc', 'acc_norm'];
  return { ...common, kind: 'choice', metrics, parts: [], of: items.length, delimiter: ' ', items: cut(items) };
}

/** Documents up to the limit of a source, the first one whole. */
function* within<T>(documents: Iterable<T>, textOf: (document: T) => string): Generator<T> {
  let bytes = 0;
  for (const document of documents) {
    const size = Buffer.byteLength(textOf(document));
    if (bytes > 0 && bytes + size > MAX_SOURCE_BYTES) return;
    bytes += size;
    yield document;
  }
}

function* heldOut(file: string, part: number): Generator<TextItem> {
  for (const text of within(readDocumentsSync(file), (text) => text)) if (text !== '') yield { text, part };
}

/** The answers of a source's conversations, of pairs those of the chosen ones, in the form of the run's chat template. */
async function* answers(run: string, { file, read }: Source, part: number): AsyncGenerator<AnswersItem> {
  const paths = runPaths(run);
  const recipe = parseRunRecipe(readRecipeText(paths.recipe), paths.recipe);
  const documents = within(readExamplesSync(file, conversationKind(read)!), ({ text }) => text);
  const examples = [...documents].map(({ examples: [first] }) => first);
  const encoder = openEncoder(run, loadRunTokenizer(paths.tokenizer, recipe.tokenizer), paths.chatTemplate);
  try {
    let at = 0;
    for await (const { ids, marks } of encoder.encode(examples)) {
      const { messages, of } = examples[at++];
      const said = messages.filter(({ role }, i) => role === 'assistant' && (!of || i === messages.length - 1));
      yield { requests: learned(ids, marks), text: said.map(({ content }) => content).join('\n'), part };
    }
  } finally {
    encoder.close();
  }
}

/** A request for each run of learned tokens. */
function learned(ids: Uint32Array, marks: Uint8Array): ScoreRequest[] {
  const requests: ScoreRequest[] = [];
  const isLearned = (at: number) => at < ids.length && (marks[at] & LEARNED) !== 0;
  for (let from = 0; from < ids.length; from++) {
    if (!isLearned(from)) continue;
    let to = from;
    while (isLearned(to)) to++;
    requests.push({ context: ids.subarray(0, from), continuation: ids.subarray(from, to) });
    from = to;
  }
  return requests;
}
