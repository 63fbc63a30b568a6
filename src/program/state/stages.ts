// Stages: rule books registered before them, what is open, what ends them.

import { z } from 'zod';
import { sha256Hex } from '../../ledger/index.ts';
import { parseRuleBook, ruleBookDigest } from '../rules/index.ts';
import { digest, existing, fresh, id, kind, refused, sources, text, title } from './kind.ts';
import { checkLodging, checkOffice } from './signed.ts';
import type { Row, Tables } from './tables.ts';

/** A statement of the office. */
const signature = z.string().max(10_000);

export const ruleBookRegistered = kind({
  shape: z.strictObject({
    digest,
    name: z.string().max(300),
    version: z.int().min(1),
    text: z.string().max(1 << 20),
    signature: signature.optional(),
  }),
  check(tables, data) {
    const book = parseRuleBook(data.text, { file: 'rule book' });
    if (ruleBookDigest(book) !== data.digest || book.name !== data.name || book.version !== data.version)
      throw refused('rule-book-differs', 'the text is not that of this digest', data.digest, 'register the file anew');
    checkOffice(tables, 'rule-book', data.signature, [['rule-book', data.digest]], 'rule book');
    fresh(tables, 'ruleBooks', data.digest, 'rule book');
    for (const other of tables.all('ruleBooks'))
      if (other.name === data.name && Number(other.version) >= data.version)
        throw refused(
          'rule-book-version',
          `version ${other.version} of it is registered already`,
          `${data.name} ${data.version}`,
          `give it version ${Number(other.version) + 1}`,
        );
  },
  apply: (tables, { digest: key, signature: _, ...data }, { seq }) =>
    tables.put('ruleBooks', { digest: key }, { ...data, registeredSeq: seq }),
});

export const stageOpened = kind({
  shape: z.strictObject({ id, title, ruleBook: digest, consortia: z.array(id).min(1).max(1000) }),
  check(tables, data) {
    fresh(tables, 'stages', data.id, 'stage');
    existing(tables, 'ruleBooks', data.ruleBook, 'rule book');
    for (const name of data.consortia) {
      const { status } = existing(tables, 'consortia', name, 'consortium');
      if (status !== 'active') throw refused('consortium-out', `this consortium is ${status}`, name, 'leave it out');
    }
    for (const other of tables.all('stages'))
      if (other.status === 'open')
        throw refused('stage-open', `stage ${other.id} is still open`, data.id, 'close it first');
  },
  apply: (tables, { id: name, ...data }, { seq }) =>
    tables.put('stages', { id: name }, { ...data, status: 'open', openedSeq: seq, closedSeq: null, makerKeys: null }),
});

/** The stage, which must be open, and the consortium, which must be in it. */
export function openStage(tables: Tables, stage: string, consortium?: string) {
  const row = existing(tables, 'stages', stage, 'stage');
  if (row.status !== 'open')
    throw refused('stage-closed', `this stage is ${row.status}`, stage, 'a new stage takes new rules');
  if (consortium !== undefined && !(row.consortia as string[]).includes(consortium))
    throw refused(
      'not-in-stage',
      `this consortium is not in stage ${stage}`,
      consortium,
      `in it are: ${(row.consortia as string[]).join(', ')}`,
    );
  return row;
}

export const stageClosed = kind({
  shape: z.strictObject({
    stage: id,
    /** The log before this entry, signed by the office; a record of published facts has nothing to sign. */
    signature: signature.optional(),
  }),
  check(tables, data, { before }) {
    openStage(tables, data.stage);
    checkOffice(tables, 'log', data.signature, [['log', before]], 'log');
    for (const form of tables.all('forms'))
      if (form.stage === data.stage && form.form === null)
        throw refused(
          'form-sealed',
          `the form of ${form.expert} was not revealed`,
          data.stage,
          'reveal it, then close the stage',
        );
  },
  apply(tables, data, { seq }) {
    const { consortia } = tables.get('stages', data.stage)!;
    // A team may take another key later; what was signed in this stage is held against the one it had.
    const keys = (consortia as string[]).map((name) => [name, tables.get('consortia', name)!.makerKey!]);
    tables.update(
      'stages',
      { id: data.stage },
      { status: 'closed', closedSeq: seq, makerKeys: Object.fromEntries(keys) },
    );
  },
});

const decisionShape = z.strictObject({ document: z.string(), envelope: z.string() });

/** A decision's document and the office's signature on it. @throws JikjiError `decision-broken` */
export function decisionParts(statement: string): z.infer<typeof decisionShape> {
  try {
    return decisionShape.parse(JSON.parse(statement));
  } catch {
    throw refused('decision-broken', 'this is no signed decision', 'decision', 'decide anew');
  }
}

export const decisionMade = kind({
  shape: z.strictObject({ stage: id, statement: z.string().max(4 << 20), digest }),
  check(tables, data, { before }) {
    if (existing(tables, 'stages', data.stage, 'stage').status !== 'closed')
      throw refused(
        'stage-not-closed',
        'a decision comes after its stage is closed',
        data.stage,
        'close the stage first',
      );
    const { document, envelope } = decisionParts(data.statement);
    if (sha256Hex(document) !== data.digest)
      throw refused('decision-differs', 'the document is not that of this digest', data.stage, 'decide anew');
    const { ruleBook } = existing(tables, 'stages', data.stage, 'stage');
    const subjects = [
      ['decision.json', data.digest],
      ['rule-book', String(ruleBook)],
      ['log', before],
    ] as const;
    checkOffice(tables, 'decision', envelope, subjects, 'decision');
    fresh(tables, 'decisions', data.stage, 'decision');
  },
  apply(tables, { stage, ...data }, { seq }) {
    tables.put('decisions', { stage }, { ...data, seq });
    tables.update('stages', { id: stage }, { status: 'decided' });
  },
});

/** A decision that others made and published. */
export const decisionRecorded = kind({
  shape: z.strictObject({
    stage: id,
    kept: z.array(id).max(1000),
    out: z.array(z.strictObject({ consortium: id, reason: z.enum(['veto', 'points']) })).max(1000),
    source: sources,
  }),
  check(tables, data) {
    const { consortia } = existing(tables, 'stages', data.stage, 'stage');
    for (const name of [...data.kept, ...data.out.map((out) => out.consortium)])
      if (!(consortia as string[]).includes(name))
        throw refused('not-in-stage', 'this consortium was not in the stage', name, 'check the name');
    fresh(tables, 'decisions', data.stage, 'decision');
  },
  apply(tables, { stage, ...data }, { seq }) {
    tables.put('decisions', { stage }, { statement: JSON.stringify(data), digest: null, seq });
    tables.update('stages', { id: stage }, { status: 'decided' });
    for (const { consortium, reason } of data.out)
      tables.update('consortia', { id: consortium }, { status: `out: ${reason}` });
  },
});

/** Whom a decision leaves out, and why. */
export function outsOf(decision: Row): { consortium: string; reason: 'veto' | 'points' }[] {
  const statement = JSON.parse(String(decision.statement)) as { document?: string };
  return JSON.parse(statement.document ?? String(decision.statement)).out;
}

/** After the decision is final: who goes on. */
export const consortiumDropped = kind({
  shape: z.strictObject({ stage: id, consortium: id, reason: z.enum(['veto', 'points', 'withdrawn']) }),
  check(tables, data) {
    const outs = outsOf(existing(tables, 'decisions', data.stage, 'decision'));
    existing(tables, 'consortia', data.consortium, 'consortium');
    const { consortium, reason } = data;
    if (reason !== 'withdrawn' && !outs.some((out) => out.consortium === consortium && out.reason === reason))
      throw refused('not-out', `the decision of ${data.stage} does not say so`, consortium, 'look at the decision');
  },
  apply: (tables, data) => tables.update('consortia', { id: data.consortium }, { status: `out: ${data.reason}` }),
});

export const appealFiled = kind({
  shape: z.strictObject({ id, stage: id, consortium: id, text }),
  check(tables, data) {
    fresh(tables, 'appeals', data.id, 'appeal');
    existing(tables, 'decisions', data.stage, 'decision');
    const { status } = existing(tables, 'consortia', data.consortium, 'consortium');
    if (!(tables.get('stages', data.stage)!.consortia as string[]).includes(data.consortium))
      throw refused('not-in-stage', 'this consortium was not in the stage', data.consortium, 'check the name');
    if (status !== 'active')
      throw refused(
        'decision-final',
        `this consortium is ${status}: the decision is final`,
        data.consortium,
        'too late',
      );
  },
  apply: (tables, { id: name, ...data }, { seq }) =>
    tables.put('appeals', { id: name }, { ...data, outcome: null, answer: null, seq }),
});

export const appealAnswered = kind({
  shape: z.strictObject({ appeal: id, outcome: z.enum(['upheld', 'rejected']), answer: text }),
  check(tables, data) {
    if (existing(tables, 'appeals', data.appeal, 'appeal').outcome !== null)
      throw refused('appeal-answered', 'this appeal has its answer', data.appeal, 'a new appeal may be filed');
  },
  apply: (tables, data) =>
    tables.update('appeals', { id: data.appeal }, { outcome: data.outcome, answer: data.answer }),
});

/** An office's counter-signature on a request or a seal. */
export const lodgingGiven = kind({
  shape: z.strictObject({
    id,
    kind: z.enum(['request', 'seal']),
    requestDigest: digest,
    statement: z.string().max(20_000),
  }),
  check(tables, data) {
    fresh(tables, 'lodgings', data.id, 'lodging');
    checkLodging(tables, data.kind, data.requestDigest, data.statement);
  },
  apply: (tables, { id: name, ...data }, { seq }) =>
    tables.put(
      'lodgings',
      { id: name },
      { kind: data.kind, requestDigest: data.requestDigest, statement: data.statement, seq },
    ),
});
