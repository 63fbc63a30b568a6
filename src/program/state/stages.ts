// Entries of a stage's life: rule books, opening, closing, decision, appeals, lodgings.

import { z } from 'zod';
import { type Both, parseJson } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { parseRuleBook, ruleBookDigest } from '../rules/index.ts';
import { appealsRun, datesOf } from './dates.ts';
import { lackOf } from './disqualifications.ts';
import { digest, id, sources, text, title } from './fields.ts';
import { kind, requireFree, requireRow } from './kind.ts';
import * as refuse from './refusals/stages.ts';
import { unsignedDecision } from './refusals/things.ts';
import { ROW, type Row } from './rows.ts';
import { checkLodging, checkOffice } from './signatures.ts';
import type { Tables } from './tables.ts';

/** A statement signed by the office. */
const signature = z.string().max(10_000);

/** @throws JikjiError `rule-book-exists`, `rule-book-version` */
export function requireNewRuleBook(tables: Tables, book: Pick<Row<'ruleBooks'>, 'name' | 'version' | 'digest'>): void {
  requireFree(tables, 'ruleBooks', book.digest, 'rule-book');
  for (const { name, version } of tables.all('ruleBooks')) {
    if (name !== book.name || version < book.version) continue;
    throw refuse.ruleBookVersion(`${name} ${book.version}`, version);
  }
}

export const ruleBookRegistered = kind({
  shape: ROW.ruleBooks.omit({ registeredSeq: true }).extend({ signature: signature.optional() }),
  check(tables, data) {
    const book = parseRuleBook(data.text, { file: 'rule book' });
    if (ruleBookDigest(book) !== data.digest || book.name !== data.name || book.version !== data.version)
      throw refuse.ruleBookDiffers(data.digest);
    checkOffice(tables, 'rule-book', data.signature, [['rule-book', data.digest]]);
    requireNewRuleBook(tables, data);
  },
  apply: (tables, { signature: _, ...data }, { seq }) => tables.put('ruleBooks', { ...data, registeredSeq: seq }),
});

export const stageOpened = kind({
  shape: ROW.stages.omit({ status: true, openedSeq: true, closedSeq: true, makerKeys: true, lacking: true }),
  check(tables, data) {
    requireFree(tables, 'stages', data.id, 'stage');
    requireRow(tables, 'ruleBooks', data.ruleBook, 'rule-book');
    for (const name of data.consortia) {
      const { status } = requireRow(tables, 'consortia', name, 'consortium');
      if (status !== 'active') throw refuse.outOfNewStage(name, status);
    }
    for (const { id: other, status } of tables.all('stages')) {
      if (status === 'open') throw refuse.otherOpen(data.id, other);
      if (isFinal(tables, other)) continue;
      throw status === 'closed' ? refuse.otherUndecided(data.id, other) : refuse.otherNotFinal(data.id, other);
    }
  },
  apply: (tables, data, { seq }) =>
    tables.put('stages', { ...data, status: 'open', openedSeq: seq, closedSeq: null, makerKeys: null }),
});

/** Whether a stage's decision can no longer change: the office made it final, or it was published elsewhere. */
export const isFinal = (tables: Tables, stage: string): boolean =>
  tables.get('stages', stage)?.status === 'final' || tables.get('decisions', stage)?.digest === null;

/** Whether the programme is a record of a programme run elsewhere. */
export const isRecord = (tables: Tables): boolean => tables.all('programmes').some(({ mode }) => mode === 'record');

/** The appeals of a stage without an answer. */
export const openAppeals = (tables: Tables, stage: string): Row<'appeals'>[] =>
  tables.of('appeals', 'stage', stage).filter(({ outcome }) => outcome === null);

export type StageStatus = Row<'stages'>['status'] | 'recorded';

/**
 * The status of a stage. `decided`: appeals can still change which consortia leave. `recorded`: decided elsewhere; it does not change here, and whether it
 * was final is not known.
 */
export function statusOf(tables: Tables, stage: string): StageStatus {
  const { status } = requireRow(tables, 'stages', stage, 'stage');
  return tables.get('decisions', stage)?.digest === null ? 'recorded' : status;
}

/** The consortium must be active. @throws JikjiError `consortium-unknown`, `consortium-out` */
export function requireActiveConsortium(tables: Tables, consortium: string): void {
  const { status } = requireRow(tables, 'consortia', consortium, 'consortium');
  if (status !== 'active') throw refuse.consortiumOut(consortium, status);
}

/**
 * Returns the stage, which must be open. A given consortium must be in it and active.
 * @throws JikjiError `stage-unknown`, `stage-closed`, `not-in-stage`, `consortium-unknown`, `consortium-out`
 */
export function requireOpenStage(tables: Tables, stage: string, consortium?: string) {
  const row = requireRow(tables, 'stages', stage, 'stage');
  if (row.status !== 'open') throw refuse.closed(stage, row.status);
  if (consortium !== undefined && !row.consortia.includes(consortium))
    throw refuse.notInStage(consortium, stage, row.consortia.join(', '));
  if (consortium !== undefined) requireActiveConsortium(tables, consortium);
  return row;
}

export const stageClosed = kind({
  shape: z.strictObject({
    stage: id,
    /** The office's signature on the log before this entry; a record has none. */
    signature: signature.optional(),
    /** Entries of earlier versions have none, nor those of stages that lacked nothing. */
    lacking: ROW.stages.shape.lacking,
  }),
  check(tables, data, { before }) {
    requireOpenStage(tables, data.stage);
    checkOffice(tables, 'log', data.signature, [['log', before]]);
    for (const form of tables.all('forms'))
      if (form.stage === data.stage && form.form === null) throw refuse.formSealed(data.stage, form.expert);
  },
  apply(tables, data, { seq }) {
    const { consortia } = tables.get('stages', data.stage)!;
    // A team may change its key later; signatures of this stage are checked with the key of this time.
    const keys = consortia.map((name) => [name, tables.get('consortia', name)!.makerKey]);
    const makerKeys = Object.fromEntries(keys);
    const { lacking } = data;
    tables.update('stages', data.stage, { status: 'closed', closedSeq: seq, makerKeys, ...(lacking && { lacking }) });
  },
});

const decisionShape = z.strictObject({ document: z.string(), envelope: z.string() });

/** A decision's document and the office's signature on it. @throws JikjiError `decision-broken` */
export function decisionParts(statement: string): z.infer<typeof decisionShape> {
  try {
    return decisionShape.parse(parseJson(statement));
  } catch {
    throw refuse.decisionBroken('decision');
  }
}

export const decisionMade = kind({
  shape: z.strictObject({ stage: id, statement: z.string().max(4 << 20), digest }),
  check(tables, data, { before }) {
    if (requireRow(tables, 'stages', data.stage, 'stage').status !== 'closed') throw refuse.notClosed(data.stage);
    const { document, envelope } = decisionParts(data.statement);
    if (sha256Hex(document) !== data.digest) throw refuse.decisionDiffers(data.stage);
    const { ruleBook } = requireRow(tables, 'stages', data.stage, 'stage');
    const subjects = [
      ['decision.json', data.digest],
      ['rule-book', ruleBook],
      ['log', before],
    ] as const;
    checkOffice(tables, 'decision', envelope, subjects);
    requireFree(tables, 'decisions', data.stage, 'decision');
  },
  apply(tables, data, { seq }) {
    tables.put('decisions', { ...data, seq });
    tables.update('stages', data.stage, { status: 'decided' });
  },
});

/** A decision that was made and published elsewhere. */
export const decisionRecorded = kind({
  shape: z.strictObject({
    stage: id,
    kept: z.array(id).max(1000),
    out: z.array(z.strictObject({ consortium: id, reason: z.enum(['veto', 'points']) })).max(1000),
    /** Places as far as they are known; `derived`: how one follows from what was published. */
    places: z
      .array(z.strictObject({ consortium: id, place: z.number().int().min(1).max(1000), derived: title.optional() }))
      .max(1000)
      .optional(),
    source: sources,
  }),
  check(tables, data) {
    const [programme] = tables.all('programmes');
    if (programme?.officeKey) throw unsignedDecision(data.stage);
    const { consortia } = requireRow(tables, 'stages', data.stage, 'stage');
    for (const name of [...data.kept, ...[...data.out, ...(data.places ?? [])].map(({ consortium }) => consortium)])
      if (!consortia.includes(name)) throw refuse.wasNotInStage(name);
    requireFree(tables, 'decisions', data.stage, 'decision');
  },
  apply(tables, { stage, ...data }, { seq }) {
    tables.put('decisions', { stage, statement: JSON.stringify(data), digest: null, seq });
    tables.update('stages', stage, { status: 'decided' });
    for (const { consortium, reason } of data.out) tables.update('consortia', consortium, { status: `out: ${reason}` });
  },
});

type Decision = Row<'decisions'>;
interface Decided {
  kept: string[];
  out: { consortium: string; reason: 'veto' | 'points' }[];
  /** Absent in a record. */
  vetoes?: { consortium: string; reasons: string[] }[];
}

function decidedBy(decision: Decision): Decided {
  const statement = parseJson(decision.statement) as Decided & { document?: string };
  return statement.document === undefined ? statement : (parseJson(statement.document) as Decided);
}

/** Consortia that a decision keeps, before appeals. */
export const keptBy = (decision: Decision): Decided['kept'] => decidedBy(decision).kept;
/** Consortia that a decision excludes, before appeals, and the reasons. */
export const excludedBy = (decision: Decision): Decided['out'] => decidedBy(decision).out;

/** The decision of a stage. @throws JikjiError `stage-unknown`, `decision-unknown` */
function decisionOf(tables: Tables, stage: string): Decision {
  requireRow(tables, 'stages', stage, 'stage');
  const decision = tables.get('decisions', stage);
  if (decision) return decision;
  throw refuse.undecided(stage);
}

/** Teams with an upheld appeal: they stay. */
export const upheldTeams = (tables: Tables, stage: string): Set<string> =>
  new Set(
    tables
      .of('appeals', 'stage', stage)
      .filter(({ outcome }) => outcome === 'upheld')
      .map(({ consortium }) => consortium),
  );

/** The outcome of a decision for a team. */
export interface TeamOutcome {
  outcome: 'kept' | 'out';
  reason: 'veto' | 'points' | null;
  /** Why the decision left it out, where an upheld appeal keeps it. */
  overturned: 'veto' | 'points' | null;
  /** Of a team that a veto took out, what its evidence lacks; findings on components stand elsewhere. */
  lacks: Both[];
}

/** The outcome for each team after upheld appeals. Has no undecided teams; empty before the decision. */
export function outcomesOf(tables: Tables, stage: string): Map<string, TeamOutcome> {
  const outcomes = new Map<string, TeamOutcome>();
  const decision = tables.get('decisions', stage);
  if (!decision) return outcomes;
  const kept: TeamOutcome = { outcome: 'kept', reason: null, overturned: null, lacks: [] };
  const { kept: staying, out, vetoes = [] } = decidedBy(decision);
  for (const team of staying) outcomes.set(team, kept);
  const spared = upheldTeams(tables, stage);
  for (const { consortium, reason } of out) {
    const reasons = vetoes.filter((veto) => veto.consortium === consortium).flatMap((veto) => veto.reasons);
    const lacks = reasons.flatMap((one) => lackOf(one) ?? []);
    const isSpared = spared.has(consortium);
    outcomes.set(
      consortium,
      isSpared ? { ...kept, overturned: reason, lacks } : { ...kept, outcome: 'out', reason, lacks },
    );
  }
  return outcomes;
}

/** A consortium leaves the programme after a decision, before it is final. */
export const consortiumDropped = kind({
  shape: z.strictObject({ stage: id, consortium: id, reason: z.enum(['veto', 'points', 'withdrawn']) }),
  check(tables, data) {
    const outs = excludedBy(decisionOf(tables, data.stage));
    const { consortium, reason } = data;
    requireActiveConsortium(tables, consortium);
    for (const { id: other, status, consortia } of tables.all('stages'))
      if (status === 'open' && consortia.includes(consortium)) throw refuse.inOpenStage(consortium, other);
    if (reason !== 'withdrawn' && upheldTeams(tables, data.stage).has(consortium))
      throw refuse.appealUpheld(consortium);
    if (reason !== 'withdrawn' && !outs.some((out) => out.consortium === consortium && out.reason === reason))
      throw refuse.notExcluded(consortium, data.stage);
  },
  apply: (tables, data) => tables.update('consortia', data.consortium, { status: `out: ${data.reason}` }),
});

/** The decision becomes final. All appeals are answered, and all excluded consortia have left. */
export const decisionFinal = kind({
  shape: z.strictObject({ stage: id }),
  check(tables, { stage }, { time }) {
    const decision = decisionOf(tables, stage);
    if (isFinal(tables, stage)) throw refuse.finalAlready(stage);
    if (appealsRun(tables, stage, time)) throw refuse.appealsRun(stage, datesOf(tables, stage).appealsUntil!);
    const open = tables.of('appeals', 'stage', stage).find(({ outcome }) => outcome === null);
    if (open) throw refuse.appealOpen(open.id);
    const spared = upheldTeams(tables, stage);
    for (const { consortium } of excludedBy(decision))
      if (!spared.has(consortium) && tables.get('consortia', consortium)?.status === 'active')
        throw refuse.stillIn(consortium);
  },
  apply: (tables, { stage }) => tables.update('stages', stage, { status: 'final' }),
});

export const appealFiled = kind({
  shape: ROW.appeals.omit({ outcome: true, answer: true, seq: true }),
  check(tables, data, { time }) {
    requireFree(tables, 'appeals', data.id, 'appeal');
    decisionOf(tables, data.stage);
    requireRow(tables, 'consortia', data.consortium, 'consortium');
    if (!tables.get('stages', data.stage)!.consortia.includes(data.consortium))
      throw refuse.wasNotInStage(data.consortium);
    if (isFinal(tables, data.stage)) throw refuse.appealsEnded(data.consortium);
    const { appealsUntil } = datesOf(tables, data.stage);
    if (appealsUntil !== null && !appealsRun(tables, data.stage, time))
      throw refuse.appealLate(data.consortium, appealsUntil);
    requireActiveConsortium(tables, data.consortium);
  },
  apply: (tables, data, { seq }) => tables.put('appeals', { ...data, outcome: null, answer: null, seq }),
});

export const appealAnswered = kind({
  shape: z.strictObject({ appeal: id, outcome: z.enum(['upheld', 'rejected']), answer: text }),
  check(tables, data) {
    if (requireRow(tables, 'appeals', data.appeal, 'appeal').outcome !== null)
      throw refuse.answeredAlready(data.appeal);
  },
  apply: (tables, { appeal, ...data }) => tables.update('appeals', appeal, data),
});

/** An office's counter-signature on a request or a seal. */
export const lodgingGiven = kind({
  shape: ROW.lodgings.omit({ figures: true, seq: true }).extend({ kind: z.enum(['request', 'seal']) }),
  check(tables, data) {
    requireFree(tables, 'lodgings', data.id, 'lodging');
    checkLodging(tables, data.kind, data.requestDigest, data.statement);
  },
  apply: (tables, data, { seq }) => tables.put('lodgings', { ...data, seq }),
});
