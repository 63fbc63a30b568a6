// A stage from its opening to what follows from its decision. Each step is one write to the log, all of it or nothing.

import { JikjiError } from '../../base/index.ts';
import type { Json, Signer } from '../../ledger/index.ts';
import { decideStage, decisionDocument, type Outcome, signDecision, stageRow } from '../decision/index.ts';
import { type Programme, submissionOf } from '../programme/index.ts';
import type { Title } from '../rules/index.ts';
import { bookOf, consortiumName, isFinal, outsOf, signByOffice, sparedOf } from '../state/index.ts';
import { notEligible } from './eligibility.ts';
import { revelations } from './forms.ts';
import { findRuleBook } from './rule-books.ts';
import { programmeOf, type Reading, takesNew, targetDay, timeOf } from './times.ts';

export interface Opening {
  id: string;
  title: Title;
  /** As findRuleBook takes it. */
  ruleBook?: string;
  /** All that are active where it is not given. */
  consortia?: string[];
}

/**
 * Opens a stage and returns what the office should see to before it closes.
 * @throws JikjiError `no-office-key`, `not-eligible`, `consortium-out`, `stage-open`, `stage-not-final`, `rule-book-unknown`
 */
export async function openStage(programme: Programme, opening: Opening, actor: string): Promise<string[]> {
  const { tables } = programme;
  takesNew(tables);
  const ruleBook = findRuleBook(tables, opening.ruleBook);
  const book = bookOf(tables, ruleBook);
  const active = [...tables.all('consortia')].filter((row) => row.status === 'active').map((row) => String(row.id));
  const consortia = opening.consortia ?? active;
  if (consortia.length === 0)
    throw new JikjiError('stage-empty', 'no consortium is active', opening.id, 'select applications first');
  for (const consortium of consortia) {
    const why = notEligible(tables, book, consortium);
    if (why)
      throw new JikjiError('not-eligible', `${why}, says the rule book`, consortium, 'leave it out, or mend the entry');
  }
  await programme.record(actor, [
    {
      kind: 'stage-opened',
      data: { id: opening.id, title: opening.title as unknown as Json, ruleBook, consortia },
    },
  ]);
  if (!book.originality.audit?.makerKey) return [];
  return consortia
    .filter((name) => tables.get('consortia', name)!.makerKey === null)
    .map(
      (name) =>
        `${consortiumName(tables, name)} has named no key of its own: without one the rule book's veto takes it out`,
    );
}

/**
 * Closes a stage: forms are revealed and the log is signed.
 * @throws JikjiError `stage-closed`, `jobs-waiting`
 */
export async function closeStage(programme: Programme, signer: Signer, stage: string, actor: string): Promise<void> {
  const { id } = programmeOf(programme.tables);
  stageRow(programme.tables, stage);
  const waiting = await submissionsAtWork(programme, stage);
  if (waiting.length > 0)
    throw new JikjiError(
      'jobs-waiting',
      'not all submissions of this stage are audited and evaluated',
      waiting.join(', '),
      'finish with: jikji program work',
    );
  await programme.record(actor, [
    ...(await revelations(programme, stage)),
    ({ seq, link }) => ({
      kind: 'stage-closed',
      data: {
        stage,
        signature: signByOffice('log', [['log', link]], { programme: id, stage, seq }, signer),
      },
    }),
  ]);
}

/** Submissions of a stage that wait for their audit or evaluation: after its close nothing more comes of them. */
async function submissionsAtWork({ tables, store }: Programme, stage: string): Promise<string[]> {
  const jobs = (await store.jobs.list()).filter(({ status }) => status === 'queued' || status === 'running');
  const asked = new Set(jobs.map(submissionOf));
  return [...tables.of('submissions', 'stage', stage)]
    .filter((row) => row.status === 'received' || asked.has(String(row.id)))
    .map((row) => String(row.id));
}

/**
 * What a stage comes to as the log has it now. Chances, and the lot where the rules draw one, come from the link of the entry that
 * closed it; before that from the one that opened it, so that looking twice shows the same.
 */
export async function outcomeOf(reading: Reading, stage: string): Promise<Outcome> {
  const { tables, store } = reading;
  const row = stageRow(tables, stage);
  const seq = Number(row.closedSeq ?? row.openedSeq);
  const [entry] = await store.page(seq, 1);
  return decideStage(tables, stage, await targetDay(reading, row), entry!.link.slice(0, 16));
}

/**
 * Decides a closed stage, signed. Where the rules leave teams equal across the border the decision says so; they stay.
 * @throws JikjiError `stage-not-closed`, `decision-exists`
 */
export async function decide(programme: Programme, signer: Signer, stage: string, actor: string): Promise<Outcome> {
  const { id } = programmeOf(programme.tables);
  const row = stageRow(programme.tables, stage);
  if (row.status === 'open')
    throw new JikjiError('stage-not-closed', 'a decision comes after its stage is closed', stage, 'close it first');
  const outcome = await outcomeOf(programme, stage);
  const day = await targetDay(programme, row);
  await programme.record(actor, [
    (head) => {
      const document = decisionDocument(id, stage, outcome, head, day);
      const signed = signDecision(document, signer, id, stage, String(row.ruleBook), head);
      return { kind: 'decision-made', data: { stage, ...signed } };
    },
  ]);
  return outcome;
}

/**
 * Makes a decision final: who is out leaves the programme, appeals end, and the next stage may open. Appeals must have their answers.
 * Returns who leaves now: nobody where it was final before.
 * @throws JikjiError `decision-unknown`, `appeal-open`
 */
export async function finishStage(programme: Programme, stage: string, actor: string): Promise<string[]> {
  const { tables } = programme;
  stageRow(tables, stage);
  const decision = tables.get('decisions', stage);
  if (!decision)
    throw new JikjiError('decision-unknown', 'this stage is not decided', stage, 'decide it: jikji program decide');
  const appeals = [...tables.of('appeals', 'stage', stage)];
  const open = appeals.filter((row) => row.outcome === null);
  if (open.length > 0)
    throw new JikjiError(
      'appeal-open',
      'an appeal against this decision has no answer yet',
      open.map((row) => row.id).join(', '),
      'answer it first',
    );
  if (isFinal(tables, stage)) return [];
  const spared = sparedOf(tables, stage);
  const outs = outsOf(decision).filter(
    ({ consortium }) => !spared.has(consortium) && tables.get('consortia', consortium)?.status === 'active',
  );
  await programme.record(actor, [
    ...outs.map((out) => ({ kind: 'consortium-dropped', data: { stage, ...out } })),
    { kind: 'decision-final', data: { stage } },
  ]);
  return outs.map(({ consortium }) => consortium);
}

/** When a stage was opened and closed. */
export async function timesOf(programme: Programme, stage: string): Promise<{ opened: string; closed: string | null }> {
  const row = stageRow(programme.tables, stage);
  return {
    opened: await timeOf(programme, Number(row.openedSeq)),
    closed: row.closedSeq === null ? null : await timeOf(programme, Number(row.closedSeq)),
  };
}
