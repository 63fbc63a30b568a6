// Renders a task's rows with its templates: question, choices, answer. Runs in the process of sandbox.child.ts; knows nothing of
// models.

import { parseJson } from '../../base/index.ts';
import { DataError, type Row } from '../../formats/tables/index.ts';
import { readRows } from './data.ts';
import { compile, TemplateError } from './template.ts';

/** A data file; the ending of its name gives the format. */
export interface DataFile {
  name: string;
  bytes: Uint8Array;
}

export interface Job {
  files: DataFile[];
  /** Files of the examples; undefined: the examples are the first rows of `files`, which are then not scored. */
  exampleFiles: DataFile[] | undefined;
  examples: number;
  /** Maximum number of rows to score. */
  limit: number | undefined;
  macros: string;
  templates: {
    system?: string;
    question?: string;
    text?: string;
    choices?: string | string[];
    answer?: string;
    baseline?: string;
    by?: string;
    cluster?: string;
  };
}

/** A rendered row. */
export interface Rendered {
  /** Number of the row among all rows of its files, from 1. */
  row: number;
  system?: string;
  question?: string;
  text?: string;
  choices?: string[];
  answer?: string;
  baseline?: string;
  by?: string;
  cluster?: string;
}

/** Messages during the work, in order: the data is read; then rendered rows. */
export type RenderProgress = { kind: 'read' } | { kind: 'examples' | 'rows'; rows: Rendered[] };

/** The result: `of` is the number of rows without a limit; or the fault of the task. */
export type RenderResult = { of: number } | { failure: RenderFailure };

export interface RenderFailure {
  what: 'data' | 'template' | 'schema';
  message: string;
  /** The file, or the template's key. */
  where: string;
  row?: number;
  /** A name that is not a column, and the columns. */
  unknown?: string;
  columns?: string[];
}

/** A fault of the task. */
export class Failed extends Error {
  readonly failure: RenderFailure;

  constructor(failure: RenderFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** All texts of a task together, in UTF-16 code units. */
const MAX_TEXT = 64 << 20;
const MAX_CHOICES = 256;
/** Rows per message. */
const BATCH = 128;

type Tell = (progress: RenderProgress) => Promise<void>;

/** Renders a task; `tell` gets the rows in batches. */
export async function render(job: Job, tell: Tell): Promise<RenderResult> {
  try {
    return { of: await renderRows(job, tell) };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { failure: error.failure };
  }
}

async function renderRows(job: Job, tell: Tell): Promise<number> {
  const rendering = renderer(job);
  let rows = await readAll(job.files);
  let examples = job.exampleFiles ? await readAll(job.exampleFiles) : rows;
  await tell({ kind: 'read' });
  if (job.examples > examples.length) {
    throw new Failed({
      what: 'data',
      message: `has ${examples.length} rows, ${job.examples} examples are wanted`,
      where: 'fewshot',
    });
  }
  examples = examples.slice(0, job.examples);
  await tell({ kind: 'examples', rows: examples.map((row, i) => rendering(row, i + 1)) });
  const first = job.exampleFiles ? 0 : job.examples;
  if (rows.length === first)
    throw new Failed({ what: 'data', message: 'has no row to score', where: job.files[0].name });
  const could = rows.length - first;
  rows = rows.slice(first, job.limit === undefined ? undefined : first + job.limit);
  for (let at = 0; at < rows.length; at += BATCH) {
    const batch = rows.slice(at, at + BATCH).map((row, i) => rendering(row, first + at + i + 1));
    await tell({ kind: 'rows', rows: batch });
  }
  return could;
}

/** The rows of all files; one has every column that any of them has. */
export async function readAll(files: readonly DataFile[]): Promise<Row[]> {
  const all: Row[] = [];
  for (const { name, bytes } of files) {
    try {
      for (const row of await readRows(name, bytes)) all.push(row);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw new Failed({ what: 'data', message: error.message, where: name });
    }
  }
  const columns = new Set(all.flatMap((row) => Object.keys(row)));
  if (columns.size > 10_000)
    throw new Failed({ what: 'data', message: 'has more than 10,000 columns', where: files[0].name });
  const empty = Object.fromEntries([...columns].map((name) => [name, null]));
  return all.map((row) => (Object.keys(row).length === columns.size ? row : { ...empty, ...row }));
}

function renderer({ templates, macros }: Job): (row: Row, number: number) => Rendered {
  const { system, question, text, choices, answer, baseline, by, cluster } = templates;
  const single = Object.entries({ system, question, text, answer, baseline, by, cluster }).flatMap(([key, source]) =>
    source === undefined ? [] : [[key, compiled(key, source, macros)] as const],
  );
  const listed = Array.isArray(choices)
    ? choices.map((source, i) => compiled(`choices[${i}]`, source, macros))
    : undefined;
  const list = typeof choices === 'string' ? compiled('choices', choices, macros) : undefined;
  let total = 0;
  return (row, number) => {
    const rendered: Rendered = { row: number };
    for (const [key, run] of single) rendered[key as 'question'] = run(row, number);
    if (listed) rendered.choices = listed.map((run) => run(row, number));
    if (list) rendered.choices = listOf(list(row, number), number);
    for (const value of Object.values(rendered).flat()) total += String(value).length;
    if (total > MAX_TEXT) {
      throw new Failed({
        what: 'template',
        message: `give more than ${MAX_TEXT >> 20} Mi characters`,
        where: 'all templates',
        row: number,
      });
    }
    return rendered;
  };
}

export function compiled(key: string, source: string, macros: string): (row: Row, number: number) => string {
  const fail = (error: unknown, row?: Row, number?: number): never => {
    if (!(error instanceof TemplateError)) throw error;
    const { message, unknown } = error;
    const failure: RenderFailure = { what: 'template', message, where: key };
    if (number !== undefined) failure.row = number;
    if (unknown !== undefined) Object.assign(failure, { unknown, columns: Object.keys(row!).slice(0, 1000) });
    throw new Failed(failure);
  };
  let run: (row: Row) => string;
  try {
    run = compile(source, macros);
  } catch (error) {
    return fail(error);
  }
  return (row, number) => {
    try {
      return run(row);
    } catch (error) {
      return fail(error, row, number);
    }
  };
}

/** Parses a list that a template printed as JSON. */
function listOf(text: string, row: number): string[] {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    value = undefined;
  }
  if (
    !Array.isArray(value) ||
    value.length > MAX_CHOICES ||
    !value.every((item) => ['string', 'number'].includes(typeof item))
  ) {
    throw new Failed({
      what: 'template',
      message: `must give a list of at most ${MAX_CHOICES} texts, for example {{ endings }}`,
      where: 'choices',
      row,
    });
  }
  return value.map(String);
}
