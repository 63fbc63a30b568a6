// Blind comparison: a judge reads how two teams' models continue a text, without the teams' names, and chooses the better one. The office
// keeps the names until the judge has answered. Knows no model: the caller passes the function that generates text.

import { randomBytes, randomInt } from 'node:crypto';
import { parseJson } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { scoredSubmission, teamsWithModels } from '../decision/index.ts';
import type { Programme } from '../programme/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOfStage, requireOpenStage, type Tables } from '../state/index.ts';
import * as refuse from './refusals.ts';

export interface Question {
  id: string;
  prompt: string;
  first: string;
  second: string;
}

/** A question as the office stores it. */
interface StoredQuestion extends QuestionRequest {
  /** Teams in the order shown, and their texts. */
  teams: [string, string];
  texts: [string, string];
}

interface Asked {
  stage: string;
  judge: string;
}

interface QuestionRequest extends Asked {
  prompt: string;
}

const secretOf = (id: string): string => `question:${id}`;
/** Name of the secret that holds the id of a judge's open question in a stage. */
const openOf = (stage: string, judge: string): string => `asked:${stage}:${judge}`;
const itemOf = (prompt: string): string => sha256Hex(prompt).slice(0, 16);
const ANSWERS = { first: 'a', second: 'b', tie: 'tie' } as const;
export type AnswerToQuestion = keyof typeof ANSWERS;

/** Pairs of teams that this judge has not compared on this text; of these, the pairs with the fewest judgements. */
function pairsFor(tables: Tables, { stage, judge, prompt }: QuestionRequest): [string, string][] {
  const teams = teamsWithModels(tables, stage);
  const key = (a: string, b: string): string => [a, b].sort().join(' ');
  const counts = new Map<string, number>();
  const done = new Set<string>();
  for (const row of tables.of('judgements', 'stage', stage)) {
    const pair = key(row.a, row.b);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
    if (row.judge === judge && row.item === itemOf(prompt)) done.add(pair);
  }
  const open = teams
    .flatMap((a, i) => teams.slice(i + 1).map((b): [string, string] => [a, b]))
    .filter(([a, b]) => !done.has(key(a, b)));
  const countOf = ([a, b]: [string, string]): number => counts.get(key(a, b)) ?? 0;
  const minimum = Math.min(...open.map(countOf));
  return open.filter((pair) => countOf(pair) === minimum);
}

/** The questions that the rule book asks every pair of models; undefined where each judge asks what he likes. */
export function questionsOf(tables: Tables, stage: string): readonly string[] | undefined {
  const sources = partsOf(bookOfStage(tables, stage)).map(({ source }) => source);
  const asked = sources.flatMap((source) => (source.kind === 'judgements' ? (source.questions ?? []) : []));
  return asked.length > 0 ? asked : undefined;
}

/** What may be asked: the given text; of the rule book's questions those with the fewest judgements first. @throws JikjiError `question-set` */
function promptsFor(tables: Tables, stage: string, given: string | undefined): string[] {
  const questions = questionsOf(tables, stage);
  if (!questions) {
    if (given !== undefined) return [given];
    throw refuse.noQuestions(stage);
  }
  if (given !== undefined) throw refuse.questionsOnly(stage);
  const counts = Map.groupBy(tables.of('judgements', 'stage', stage), ({ item }) => item);
  const countOf = (prompt: string): number => counts.get(itemOf(prompt))?.length ?? 0;
  return [...questions].sort((a, b) => countOf(a) - countOf(b));
}

/**
 * Picks two teams, lets both models answer the same text, and returns their answers in random order. Without a `prompt` the next of the
 * rule book's questions is asked.
 * @throws JikjiError `stage-closed`, `nothing-to-compare`, `question-set`
 */
export async function askJudge(
  programme: Programme,
  { stage, judge, prompt: given }: Asked & { prompt?: string | undefined },
  write: (submission: string, prompt: string) => Promise<string>,
): Promise<Question> {
  const { tables } = programme;
  requireOpenStage(tables, stage);
  let pairs: [string, string][] = [];
  const prompt = promptsFor(tables, stage, given).find((one) => {
    pairs = pairsFor(tables, { stage, judge, prompt: one });
    return pairs.length > 0;
  });
  if (prompt === undefined) throw given === undefined ? refuse.allQuestionsAsked(judge) : refuse.textAsked(judge);
  const pair = pairs[randomInt(pairs.length)]!;
  const teams: [string, string] = randomInt(2) === 0 ? pair : [pair[1], pair[0]];
  const textOf = (team: string): Promise<string> => write(scoredSubmission({ tables, stage }, team)!.id, prompt);
  const first = await textOf(teams[0]);
  const second = await textOf(teams[1]);
  const id = randomBytes(8).toString('hex');
  const kept: StoredQuestion = { stage, judge, prompt, teams, texts: [first, second] };
  const { secrets } = programme.store;
  // A judge has one open question: unanswered ones must not pile up, and a judge must not choose among several.
  const before = await secrets.get(openOf(stage, judge));
  await secrets.put(secretOf(id), JSON.stringify(kept));
  await secrets.put(openOf(stage, judge), id);
  if (before !== undefined) await secrets.delete(secretOf(before));
  return { id, prompt, first, second };
}

/**
 * Records a judge's answer and returns the compared teams. If `judge` is given, the question must be this judge's.
 * @throws JikjiError `question-unknown`, `stage-closed`, `judged`
 */
export async function answerQuestion(
  programme: Programme,
  { id, judge }: { id: string; judge?: string },
  answer: AnswerToQuestion,
  actor: string,
): Promise<{ stage: string; first: string; second: string }> {
  const text = await programme.store.secrets.get(secretOf(id));
  const kept = text === undefined ? undefined : (parseJson(text) as StoredQuestion);
  if (!kept || (judge !== undefined && kept.judge !== judge)) throw refuse.noQuestion(id);
  const { stage, prompt, teams, texts } = kept;
  const [a, b] = teams;
  const shown = { prompt, a: sha256Hex(texts[0]), b: sha256Hex(texts[1]) };
  // Not the question's id: the link of the entry is public, and the judge knows all other data, so he could find the teams by hashing.
  const name = `j-${randomBytes(16).toString('hex')}`;
  const judged = { judge: kept.judge, a, b, choice: ANSWERS[answer], item: itemOf(prompt), shown };
  await programme.record(actor, [{ kind: 'judgement-given', data: { id: name, stage, ...judged } }]);
  await programme.store.secrets.delete(secretOf(id));
  await programme.store.secrets.delete(openOf(stage, kept.judge));
  return { stage, first: a, second: b };
}
