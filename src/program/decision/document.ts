// The document of a decision, which cites every input, and the office's signature on it.

import { type Both, parseJson } from '../../base/index.ts';
import { canonicalJson, type Json, parseStatement, type Signer, sha256Hex } from '../../ledger/index.ts';
import type { Head } from '../log/index.ts';
import { citationsOf, decisionParts, type Row, type Sources, signByOffice, type Tables } from '../state/index.ts';
import type { Outcome, StatisticsVersion } from './decide.ts';
import { scoreId } from './scores.ts';

export interface DecisionContext {
  /** Id of the programme. */
  programme: string;
  outcome: Outcome;
  /** The head of the log before the decision. */
  head: Head;
  /** The day at which targets were looked up: `2026-01-15`. */
  day: string;
}

/** The decision and all that it is based on, as canonical JSON. */
export function decisionDocument({ programme, outcome, head, day }: DecisionContext): string {
  const { row, places, kept, out, undecided, vetoes, statistics, notKnown, moves, version } = outcome;
  return canonicalJson({
    formatVersion: version,
    programme,
    stage: row.id,
    ruleBook: row.ruleBook,
    day,
    log: { seq: head.seq, link: head.link },
    scores: outcome.scores.map(({ id, part, value, inputs, of }) => ({
      id,
      rule: part.path,
      value,
      inputs: inputs.map(({ value: _, ...input }) => input),
      of,
    })),
    totals: Object.fromEntries(outcome.teams.map((team, i) => [team, outcome.totals[i]!])),
    places: Object.fromEntries(places),
    kept,
    out,
    undecided,
    vetoes,
    chances: statistics && {
      draws: statistics.draws,
      level: statistics.level,
      seed: outcome.seed,
      teams: Object.fromEntries(outcome.chances),
    },
    moves,
    ...(version > 1 && { notKnown: notKnown && { parts: notKnown.parts, isSettled: notKnown.isSettled } }),
  } as unknown as Json);
}

/** Signs a document. Returns the statement for the log (document and signature, canonical JSON) and the document's digest. */
export function signDecision(
  document: string,
  { programme, outcome: { row }, head }: Omit<DecisionContext, 'day'>,
  signer: Signer,
): { statement: string; digest: string } {
  const digest = sha256Hex(document);
  const subjects = Object.entries({ 'decision.json': digest, 'rule-book': row.ruleBook, log: head.link });
  const envelope = signByOffice('decision', subjects, { programme, stage: row.id, seq: head.seq }, signer);
  return { statement: canonicalJson({ document, envelope }), digest };
}

/**
 * Reads the document of a decision in the log, and checks its signature and digest.
 * @throws JikjiError `statement-broken`
 */
export function readDecision(row: Pick<Row<'decisions'>, 'statement' | 'digest'>) {
  const { document, envelope } = decisionParts(row.statement);
  const statement = parseStatement(envelope, 'decision', 'decision');
  if (sha256Hex(document) !== row.digest || statement.subjects.get('decision.json') !== row.digest)
    throw new Error('the decision is not the one that was signed');
  const content = parseJson(document) as Record<string, Json>;
  return { document: content, keyid: statement.keyid, time: statement.predicate.time };
}

/** The version of the statistics that the decision of a stage was computed with; undefined without one. A version from elsewhere is none. */
export function versionOfDecision(tables: Tables, stage: string): StatisticsVersion | undefined {
  const row = tables.get('decisions', stage);
  if (row?.digest == null) return undefined;
  const { formatVersion } = parseJson(decisionParts(row.statement).document) as Record<string, Json>;
  return formatVersion === 1 ? 1 : undefined;
}

/** The lines of an explanation. Names of tables, of tasks and of parts are as the log and the rule book have them. */
const LINES = {
  en: {
    nothing: 'nothing is there',
    notPublished: 'not published',
    notRecorded: 'not recorded',
    score: (id: string, value: string, points: number) => `${id} = ${value} of ${points}`,
    rule: (path: string, how: Both) => `rule ${path}: ${how.en}`,
    input: (row: string, value: string, seq: number) => `${row} = ${value} (entry ${seq} of the log)`,
    result: (row: string, value: string, seq: number, of: Row<'evaluations'>) =>
      `${row} = ${value} (entry ${seq} of the log, ${of.task} ${of.metric} of ${of.submission}, ${of.n} items)`,
    source: (text: string) => `source: ${text}`,
  },
  ko: {
    nothing: '값 없음',
    notPublished: '미공표',
    notRecorded: '기록 없음',
    score: (id: string, value: string, points: number) => `${id} = ${value} (${points}점 만점)`,
    rule: (path: string, how: Both) => `규칙 ${path}: ${how.ko}`,
    input: (row: string, value: string, seq: number) => `${row} = ${value} (기록부 ${seq}번 항목)`,
    result: (row: string, value: string, seq: number, of: Row<'evaluations'>) =>
      `${row} = ${value} (기록부 ${seq}번 항목, 제출물 ${of.submission}의 ${of.task} ${of.metric}, 문항 ${of.n}개)`,
    source: (text: string) => `출처: ${text}`,
  },
} as const;

/** A score and all that it is computed from, down to the entries of the log: one line each, indented. Undefined: no such score. */
export function explainScore(
  tables: Tables,
  outcome: Pick<Outcome, 'scores' | 'book' | 'row'>,
  id: string,
  lang: keyof typeof LINES = 'en',
): string[] | undefined {
  const score = outcome.scores.find((one) => one.id === id || one.id === scoreId(outcome.row.id, one.consortium, id));
  if (!score) return undefined;
  const w = LINES[lang];
  const shownValue = (value: typeof score.value): string => {
    if (typeof value === 'number') return String(Number(value.toFixed(6)));
    return value === null ? w.nothing : w.notPublished;
  };
  const walk = (one: typeof score, depth: number): string[] => {
    const indent = '  '.repeat(depth);
    const inputs = one.inputs.flatMap(({ table, id: row, seq, value: shown }) => {
      const text = typeof shown === 'string' ? shown : canonicalJson(shown);
      const source = table === 'enteredScores' ? tables.get('enteredScores', row)!.source : null;
      const of = table === 'evaluations' ? tables.get('evaluations', row) : undefined;
      const name = `${table} ${row}`;
      return [
        `${indent}  ${of ? w.result(name, text, seq, of) : w.input(name, text, seq)}`,
        ...citations(source, w.notRecorded).map((line) => `${indent}    ${w.source(line)}`),
      ];
    });
    return [
      `${indent}${w.score(one.id, shownValue(one.value), one.part.points)}`,
      `${indent}  ${w.rule(one.part.path, one.how)}`,
      ...inputs,
      ...one.of.flatMap((child) => walk(outcome.scores.find((other) => other.id === child)!, depth + 1)),
    ];
  };
  return walk(score, 0);
}

/** One line for each source of a figure. */
function citations(source: Sources | null, notRecorded: string): string[] {
  const all = citationsOf(source) ?? [];
  if (all === 'not recorded') return [notRecorded];
  return all.map(({ publisher, item, date, url }) => [publisher, item, date, url].filter(Boolean).join(', '));
}
