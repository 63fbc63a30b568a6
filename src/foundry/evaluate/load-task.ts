// Loads a set from a task file or the name of a shipped task: finds its data, renders it in the sandbox, prepends the examples.

import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JikjiError, systemCode } from '../../base/index.ts';
import { nearestName, readFailure, readStart } from '../../formats/index.ts';
import { digestOfJson, sha256Hex } from '../../ledger/index.ts';
import { ENDINGS, endingOf, MAX_FILE_BYTES } from './data.ts';
import type { DataFile, Job, Rendered } from './render.ts';
import { renderApart, type SandboxLimits } from './sandbox.ts';
import type { ChatItem, ChoiceItem, ContinuationItem, EvaluationSet, GenerateItem, TextItem } from './set.ts';
import { parseTask, type Task } from './task.ts';

const SHIPPED = fileURLToPath(new URL('../../../tasks/', import.meta.url));
const MAX_TASK_BYTES = 1 << 20;
const MAX_FILES = 1000;

/** Names of the tasks that come with the program. */
export const shippedTasks = (): string[] =>
  readdirSync(SHIPPED)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -5))
    .sort();

/** The file of `--task`: a path, or the name of a shipped task. @throws JikjiError `task-not-found` */
export function taskFile(name: string, others: readonly string[] = []): string {
  if (/\.ya?ml$/i.test(name) || /[/\\]/.test(name)) return name;
  const shipped = shippedTasks();
  if (shipped.includes(name)) return join(SHIPPED, `${name}.yaml`);
  const near = nearestName(name, [...shipped, ...others]);
  const hint = near
    ? `did you mean ${near.name}?`
    : `name a YAML file, or one of ${[...others, ...shipped].join(', ')}`;
  throw new JikjiError('task-not-found', 'no task has this name', name, hint);
}

export interface LoadOptions {
  limit?: number | undefined;
  sandbox?: SandboxLimits;
}

/**
 * Reads a task file and its data.
 * @throws JikjiError `task-...`, `file-...`
 */
export async function loadTask(file: string, { limit, sandbox }: LoadOptions = {}): Promise<EvaluationSet> {
  const yaml = readBounded(file, MAX_TASK_BYTES);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(yaml);
  } catch {
    throw new JikjiError('task-yaml', 'the task is not UTF-8 text', file, 'save it as UTF-8');
  }
  const task = parseTask(text, file);
  const folder = dirname(file);
  const files = dataFiles(task, folder, task.data.file);
  const apart = task.fewshot > 0 && task.data.fewshot !== undefined && task.data.fewshot !== task.data.file;
  const exampleFiles = apart ? dataFiles(task, folder, task.data.fewshot!) : undefined;
  const { system, question, text: scored, choices, answer, baseline, by, cluster } = task;
  const templates: Job['templates'] = Object.fromEntries(
    Object.entries({ system, question, text: scored, choices, answer, baseline, by, cluster }).filter(
      ([, source]) => source !== undefined,
    ),
  );
  const rendered = await renderApart(
    file,
    { files, exampleFiles, examples: task.fewshot, limit, macros: task.macros, templates },
    sandbox,
  );
  const digests = (list: DataFile[]): string[] => list.map(({ bytes }) => sha256Hex(bytes));
  const digest = digestOfJson({
    task: sha256Hex(yaml),
    data: digests(files),
    fewshot: exampleFiles ? digests(exampleFiles) : null,
  });
  const set = assemble(task, file, rendered, digest);
  const { judge, schema, macros } = task;
  if (set.kind !== 'chat' || (judge === undefined && schema === undefined)) return set;
  return {
    ...set,
    judging: { task: file, files, macros, ...(judge !== undefined && { judge }), ...(schema && { schema }) },
  };
}

function assemble(
  task: Task,
  file: string,
  { examples, rows, of }: { examples: Rendered[]; rows: Rendered[]; of: number },
  digest: string,
): EvaluationSet {
  const { name, metrics, fewshot, delimiter } = task;
  const wrong = (row: Rendered, key: string, message: string, hint: string) =>
    new JikjiError('task-template', `${message} (row ${row.row})`, `${file}: ${key}`, hint);
  const goldOf = (row: Rendered): number => {
    const answer = row.answer!;
    const gold = /^\d{1,9}$/.test(answer) ? Number(answer) : row.choices!.indexOf(answer);
    if (gold >= 0 && gold < row.choices!.length) return gold;
    const hint = 'give the index of a choice, from 0, or its text';
    throw wrong(
      row,
      'answer',
      `${JSON.stringify(answer.slice(0, 60))} is not one of ${row.choices!.length} choices`,
      hint,
    );
  };
  const answerOf = (row: Rendered) =>
    task.kind === 'multiple-choice'
      ? row.choices![goldOf(row)]
      : task.kind === 'generate' || task.kind === 'chat'
        ? row.answer!
        : row.text!;
  const shots = examples.map((row) => `${row.question ?? ''}${delimiter}${answerOf(row)}\n\n`).join('');
  const contextOf = (row: Rendered) => task.description + shots + (row.question ?? '');
  const parts = new Numbering();
  const partOf = ({ by }: Rendered): { part?: number } => (by === undefined ? {} : { part: parts.of(by) });
  const clusters = clustersOf(rows);
  const common = { name, metrics, of, fewshot, digest, parts: parts.names, ...(clusters && { clusters }) };
  switch (task.kind) {
    case 'multiple-choice': {
      const items = rows.map((row): ChoiceItem => {
        const choices = row.choices!;
        if (choices.length < 2)
          throw wrong(row, 'choices', 'there are fewer than two choices', 'check the output of the template');
        if (choices.includes('')) throw wrong(row, 'choices', 'a choice is empty', 'leave the row out of the data');
        return { context: contextOf(row), choices, gold: goldOf(row), ...partOf(row) };
      });
      return { ...common, kind: 'choice', delimiter, items };
    }
    case 'perplexity': {
      const empty = rows.find((row) => row.text === '');
      if (empty) throw wrong(empty, 'text', 'the text is empty', 'leave the row out of the data');
      if (task.question === undefined) {
        return { ...common, kind: 'text', items: rows.map((row): TextItem => ({ text: row.text!, ...partOf(row) })) };
      }
      const items = rows.map(
        (row): ContinuationItem => ({ context: contextOf(row), continuation: delimiter + row.text!, ...partOf(row) }),
      );
      return { ...common, kind: 'continuation', items };
    }
    case 'generate': {
      const items = rows.map((row): GenerateItem => ({ context: contextOf(row), answer: row.answer!, ...partOf(row) }));
      return { ...common, kind: 'generate', items, stop: task.stop ?? ['\n'], maxTokens: task.maxTokens ?? 32 };
    }
    case 'chat': {
      const items = rows.map((row): ChatItem => {
        const { system, question, answer, baseline } = row;
        const optional = { ...(system && { system }), ...(baseline !== undefined && { baseline }) };
        return { ...optional, question: question!, answer: answer!, ...partOf(row) };
      });
      return { ...common, kind: 'chat', items, maxTokens: task.maxTokens ?? 256 };
    }
  }
}

/** Numbers names from 0, in the order in which they come. */
class Numbering {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** The number of each row's cluster; undefined for a task without clusters. */
function clustersOf(rows: readonly Rendered[]): number[] | undefined {
  if (rows[0]?.cluster === undefined) return undefined;
  const clusters = new Numbering();
  return rows.map(({ cluster }) => clusters.of(cluster!));
}

/** The files of a task's path: the file, all data files of the folder, or the file with one of the known endings added. */
function dataFiles(task: Task, folder: string, path: string): DataFile[] {
  const at = join(folder, path);
  const there = (name: string) => statSync(name, { throwIfNoEntry: false });
  let names: string[];
  if (endingOf(path) && there(at)) names = [at];
  else if (there(at)?.isDirectory()) {
    names = readdirSync(at)
      .filter((name) => endingOf(name) !== undefined)
      .sort()
      .map((name) => join(at, name));
    if (names.length > MAX_FILES) {
      throw new JikjiError('task-data', `more than ${MAX_FILES} data files`, at, 'merge them into fewer files');
    }
  } else {
    names = ENDINGS.map((ending) => at + ending)
      .filter(there)
      .slice(0, 1);
  }
  if (names.length === 0) throw dataMissing(task, at);
  let budget = MAX_FILE_BYTES;
  return names.map((name) => {
    const bytes = readBounded(name, budget);
    budget -= bytes.length;
    return { name: relative(folder, name), bytes };
  });
}

function dataMissing(task: Task, at: string): JikjiError {
  const { published, licence } = task.data;
  const where = endingOf(at) ? at : `${at}${ENDINGS[0]} (or ${ENDINGS.slice(1).join(', ')})`;
  const message = published ? `its data is missing; it is published as ${published}` : 'its data is missing';
  const hint = `put it at ${where}${licence ? `; its licence is ${licence}` : ''}`;
  return new JikjiError('task-data-missing', message, task.name, hint);
}

/** Reads a file of at most `maxBytes` bytes. @throws JikjiError `task-data`, `file-missing`, `file-unreadable` */
function readBounded(path: string, maxBytes: number): Buffer {
  try {
    const stat = statSync(path);
    // Opening a pipe would wait for a writer.
    if (!stat.isFile()) throw new JikjiError('file-unreadable', 'this is not a file', path, 'name a file');
    if (stat.size <= maxBytes) return readStart(path, stat.size);
    const message = `is larger than ${Math.ceil(maxBytes / (1 << 20))} MiB`;
    throw new JikjiError('task-data', message, path, 'split the data, or leave columns out');
  } catch (error) {
    if (systemCode(error) === 'ELOOP' || systemCode(error) === 'ENAMETOOLONG') {
      throw new JikjiError('file-missing', 'there is no such file', path, 'check the path', { cause: error });
    }
    throw readFailure(error, path);
  }
}
