// Judges a model's answers by a template of the task or by a JSON schema. Runs in the process of judge.child.ts: both come with the task,
// and may never end.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseJson } from '../../base/index.ts';
import { compiled, type DataFile, Failed, type RenderFailure, readAll } from './render.ts';

/** How the answers to a task's rows are judged. */
export interface Judging {
  /** The task's file, for errors. */
  task: string;
  files: DataFile[];
  macros: string;
  /** A template over a row and `response`: gives true, false, or a number from 0 to 1. */
  judge?: string;
  /** A JSON schema. */
  schema?: Record<string, unknown>;
}

/** From 0 to 1 each. */
export interface Verdicts {
  judged?: number;
  /** Whether the answer is JSON of the schema. */
  valid?: number;
}

export type JudgeResult = { verdicts: Verdicts[] } | { failure: RenderFailure };

/** Judges `responses`: the answers to the first rows of the task, in order. `tell` is called between batches. */
export async function judgeAnswers(
  { responses, ...judging }: Judging & { responses: readonly string[] },
  tell: (done: number) => Promise<void>,
): Promise<JudgeResult> {
  try {
    const rows = await readAll(judging.files);
    const judge = judging.judge === undefined ? undefined : compiled('judge', judging.judge, judging.macros);
    const isValid = judging.schema && validator(judging.schema);
    const verdicts: Verdicts[] = [];
    for (const [i, response] of responses.entries()) {
      const verdict: Verdicts = {};
      if (judge) verdict.judged = shareOf(judge({ ...rows[i], response }, i + 1), i + 1);
      if (isValid) verdict.valid = Number(isValid(response));
      verdicts.push(verdict);
      if (verdicts.length % 32 === 0) await tell(verdicts.length);
    }
    return { verdicts };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { failure: error.failure };
  }
}

/** What a judge's text says. */
function shareOf(text: string, row: number): number {
  const word = text.trim().toLowerCase();
  const value = word === 'true' ? 1 : word === 'false' ? 0 : /^\d+(\.\d+)?$/.test(word) ? Number(word) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  const message = `gives ${JSON.stringify(word.slice(0, 60))}: not true, false or a number from 0 to 1`;
  throw new Failed({ what: 'template', message, where: 'judge', row });
}

function validator(schema: Record<string, unknown>): (text: string) => boolean {
  let validate: (value: unknown) => boolean;
  try {
    // Strict: what it does not know is refused, not passed over.
    validate = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false }).compile(schema);
  } catch (error) {
    throw new Failed({ what: 'schema', message: (error as Error).message.slice(0, 300), where: 'schema' });
  }
  return (text) => {
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      return false;
    }
    return validate(value);
  };
}
