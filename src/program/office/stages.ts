// A stage from its opening to what follows from its decision. Each step is one write to the log, all of it or nothing.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { decideStage, decisionDocument, type Outcome, signDecision } from '../decision/index.ts';
import { type Programme, submissionOf } from '../programme/index.ts';
import { bookOf, consortiumName, existing, isFinal, outsOf, signByOffice, sparedOf } from '../state/index.ts';
import { act, OFFICE } from './act.ts';
import { notEligible } from './eligibility.ts';
import { revelations } from './forms.ts';
import { lackingOf, openAppeals } from './lacking.ts';
import { findRuleBook } from './rule-books.ts';
import { id, title } from './shapes.ts';
import { programmeOf, type Reading, takesNew, targetDay, timeOf } from './times.ts';

const MAX_LACKING_TOLD = 6;

/** Returns what the office should see to before the stage closes. */
export const openStage = act({
  summary: 'Open a stage by a registered rule book',
  who: OFFICE,
  input: z.strictObject({
    id,
    title,
    /** NAME, NAME@VERSION or the beginning of a digest; by default the last one. */
    ruleBook: z.string().min(1).max(300).optional(),
    /** By default all that are active. */
    consortia: z.array(id).min(1).max(1000).optional(),
  }),
  async run(programme, opening, by) {
    const { tables } = programme;
    const { id, title } = opening;
    takesNew(tables);
    const ruleBook = findRuleBook(tables, opening.ruleBook);
    const book = bookOf(tables, ruleBook);
    const active = [...tables.all('consortia')].filter((row) => row.status === 'active').map((row) => row.id);
    const consortia = opening.consortia ?? active;
    if (consortia.length === 0)
      throw new JikjiError('stage-empty', 'no consortium is active', id, 'select applications first');
    for (const consortium of consortia) {
      const why = notEligible(tables, book, consortium);
      const hint = 'leave it out, or mend the entry';
      if (why) throw new JikjiError('not-eligible', `${why}, says the rule book`, consortium, hint);
    }
    const data = { id, title, ruleBook, consortia };
    await programme.record(by.actor, [{ kind: 'stage-opened', data }]);
    const asksKeys = book.originality.audit?.makerKey;
    const keyless = consortia.filter((name) => asksKeys && tables.get('consortia', name)!.makerKey === null);
    const missing = "has named no key of its own: without one the rule book's veto takes it out";
    return { id, warnings: keyless.map((name) => `${consortiumName(tables, name)} ${missing}`) };
  },
});

/** Returns what the rule book asks for beyond what was there. */
export const closeStage = act({
  summary: 'Close a stage: forms are revealed, the log is signed',
  who: OFFICE,
  input: z.strictObject({
    stage: id,
    /** Although the rule book asks for more than is there. */
    anyway: z.boolean().default(false),
  }),
  async run(programme, { stage, anyway }, by) {
    const { tables } = programme;
    // What can never be done is said before what is lacking for it.
    takesNew(tables);
    existing(tables, 'stages', stage, 'stage');
    const lacking = lackingOf(tables, stage);
    if (lacking.length > 0 && !anyway) {
      const more = lacking.length > MAX_LACKING_TOLD ? `; and ${lacking.length - MAX_LACKING_TOLD} more` : '';
      throw new JikjiError(
        'stage-lacking',
        `the rule book asks for more: ${lacking.slice(0, MAX_LACKING_TOLD).join('; ')}${more}`,
        stage,
        'see to it, or close the stage as it is',
      );
    }
    const signer = await by.signer();
    const { id } = programmeOf(tables);
    const waiting = await submissionsAtWork(programme, stage);
    if (waiting.length > 0)
      throw new JikjiError(
        'jobs-waiting',
        'not all submissions of this stage are audited and evaluated',
        waiting.join(', '),
        'finish with: jikji program work',
      );
    await programme.record(by.actor, [
      ...(await revelations(programme, stage)),
      ({ seq, link }) => {
        const signature = signByOffice('log', [['log', link]], { programme: id, stage, seq }, signer);
        return { kind: 'stage-closed', data: { stage, signature } };
      },
    ]);
    return { stage, lacking, ...programme.head };
  },
});

/** Submissions of a stage that wait for their audit or evaluation: after its close nothing more comes of them. */
async function submissionsAtWork({ tables, store }: Programme, stage: string): Promise<string[]> {
  const jobs = (await store.jobs.list()).filter(({ status }) => status === 'queued' || status === 'running');
  const asked = new Set(jobs.map(submissionOf));
  return [...tables.of('submissions', 'stage', stage)]
    .filter((row) => row.status === 'received' || asked.has(row.id))
    .map((row) => row.id);
}

/**
 * What a stage comes to as the log has it now. Chances, and the lot where the rules draw one, come from the link of the entry that
 * closed it; before that from the one that opened it, so that looking twice shows the same.
 */
export async function outcomeOf(reading: Reading, stage: string): Promise<Outcome> {
  const { tables, store } = reading;
  const row = existing(tables, 'stages', stage, 'stage');
  const seq = row.closedSeq ?? row.openedSeq;
  const [entry] = await store.page(seq, 1);
  return decideStage(tables, stage, await targetDay(reading, row), entry!.link.slice(0, 16));
}

/** Where the rules leave teams equal across the border the decision says so; they stay. */
export const decide = act({
  summary: 'Decide a closed stage by its rule book, signed',
  who: OFFICE,
  input: z.strictObject({ stage: id }),
  async run(programme, { stage }, by) {
    const row = existing(programme.tables, 'stages', stage, 'stage');
    const signer = await by.signer();
    const { id } = programmeOf(programme.tables);
    const outcome = await outcomeOf(programme, stage);
    const day = await targetDay(programme, row);
    await programme.record(by.actor, [
      (head) => {
        const document = decisionDocument(id, stage, outcome, head, day);
        const signed = signDecision(document, signer, id, stage, row.ruleBook, head);
        return { kind: 'decision-made', data: { stage, ...signed } };
      },
    ]);
    return outcome;
  },
});

/** Appeals must have their answers. Returns who leaves now: nobody where the decision was final before. */
export const finishStage = act({
  summary: 'Make a decision final: appeals end, who is out leaves, and the next stage may open',
  who: OFFICE,
  input: z.strictObject({ stage: id }),
  async run(programme, { stage }, by) {
    const { tables } = programme;
    existing(tables, 'stages', stage, 'stage');
    const decision = tables.get('decisions', stage);
    if (!decision)
      throw new JikjiError('decision-unknown', 'this stage is not decided', stage, 'decide it: jikji program decide');
    const open = openAppeals(tables, stage).map(({ id }) => id);
    const unanswered = 'an appeal against this decision has no answer yet';
    if (open.length > 0) throw new JikjiError('appeal-open', unanswered, open.join(', '), 'answer it first');
    if (isFinal(tables, stage)) return { dropped: [] };
    const spared = sparedOf(tables, stage);
    const outs = outsOf(decision).filter(
      ({ consortium }) => !spared.has(consortium) && tables.get('consortia', consortium)?.status === 'active',
    );
    await programme.record(by.actor, [
      ...outs.map((out) => ({ kind: 'consortium-dropped', data: { stage, ...out } })),
      { kind: 'decision-final', data: { stage } },
    ]);
    return { dropped: outs.map(({ consortium }) => consortium) };
  },
});

/** When a stage was opened and closed. */
export async function timesOf(programme: Programme, stage: string): Promise<{ opened: string; closed: string | null }> {
  const row = existing(programme.tables, 'stages', stage, 'stage');
  return {
    opened: await timeOf(programme, row.openedSeq),
    closed: row.closedSeq === null ? null : await timeOf(programme, row.closedSeq),
  };
}
