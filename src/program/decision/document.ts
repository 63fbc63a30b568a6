// The document of a decision, which cites every input, and the office's signature on it.

import { parseJson } from '../../base/index.ts';
import { canonicalJson, type Json, parseStatement, type Signer, sha256Hex } from '../../ledger/index.ts';
import type { Head } from '../log/index.ts';
import { citationsOf, decisionParts, type Row, type Sources, signByOffice, type Tables } from '../state/index.ts';
import type { Outcome } from './decide.ts';
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
  const { row, places, kept, out, undecided, vetoes, statistics, moves } = outcome;
  return canonicalJson({
    formatVersion: 1,
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

/** A score and all that it is computed from, down to the entries of the log: one line each, indented. Undefined: no such score. */
export function explainScore(
  tables: Tables,
  outcome: Pick<Outcome, 'scores' | 'book' | 'row'>,
  id: string,
): string[] | undefined {
  const score = outcome.scores.find((one) => one.id === id || one.id === scoreId(outcome.row.id, one.consortium, id));
  if (!score) return undefined;
  const walk = (one: typeof score, depth: number): string[] => {
    const indent = '  '.repeat(depth);
    const value =
      typeof one.value === 'number' ? String(Number(one.value.toFixed(6))) : (one.value ?? 'nothing is there');
    const inputs = one.inputs.flatMap(({ table, id: row, seq, value: shown }) => {
      const text = typeof shown === 'string' ? shown : canonicalJson(shown);
      const source = table === 'enteredScores' ? tables.get('enteredScores', row)!.source : null;
      const of = table === 'evaluations' ? tables.get('evaluations', row) : undefined;
      const what = of ? `, ${of.task} ${of.metric} of ${of.submission}, ${of.n} items` : '';
      return [
        `${indent}  ${table} ${row} = ${text} (entry ${seq} of the log${what})`,
        ...citations(source).map((line) => `${indent}    source: ${line}`),
      ];
    });
    return [
      `${indent}${one.id} = ${value} of ${one.part.points}`,
      `${indent}  rule ${one.part.path}: ${one.how}`,
      ...inputs,
      ...one.of.flatMap((child) => walk(outcome.scores.find((other) => other.id === child)!, depth + 1)),
    ];
  };
  return walk(score, 0);
}

/** One line for each source of a figure. */
function citations(source: Sources | null): string[] {
  const all = citationsOf(source) ?? [];
  if (all === 'not recorded') return [all];
  return all.map(({ publisher, item, date, url }) => [publisher, item, date, url].filter(Boolean).join(', '));
}
