// Acts of a stage: open, close, decide, finish. Each is one atomic write to the log.

import { z } from 'zod';
import type { Both } from '../../base/index.ts';
import { decideStage, decisionDocument, type Outcome, signDecision, versionOfDecision } from '../decision/index.ts';
import { keylessTeams, lackingOf } from '../due/index.ts';
import { type Programme, submissionOfJob } from '../programme/index.ts';
import {
  bookOf,
  datesOf,
  excludedBy,
  isFinal,
  openAppeals,
  requireRow,
  signByOffice,
  type Tables,
  upheldTeams,
} from '../state/index.ts';
import { act, OFFICE } from './act.ts';
import { whyNotEligible } from './eligibility.ts';
import { revelations } from './forms.ts';
import { REASONS } from './reasons.ts';
import * as refuse from './refusals/acts.ts';
import { findRuleBook } from './rule-books.ts';
import { appealsUntil, id, newId, title } from './shapes.ts';
import { programmeOf, type Reading, requireNotRecord, targetDay } from './times.ts';

const MAX_LACKING_SHOWN = 6;
/** What the log keeps of a stage that was closed anyway. */
const MAX_LACKING_KEPT = 1000;

function teamName(tables: Tables, consortium: string): Both {
  const { name } = requireRow(tables, 'consortia', consortium, 'consortium');
  return { en: name.en, ko: name.ko ?? name.en };
}

/**
 * What a stage would lack if it were opened now: teams that its rule book excludes as things stand, with a sentence for each.
 * @param wanted as for `findRuleBook`
 * @throws JikjiError `rule-book-unknown`
 */
export function lackingToOpen(tables: Tables, wanted: string | undefined, consortia?: readonly string[]) {
  const book = bookOf(tables, findRuleBook(tables, wanted));
  return keylessTeams(tables, book, consortia ?? activeTeams(tables)).map((consortium) => ({
    consortium,
    text: REASONS.keyless(teamName(tables, consortium)),
  }));
}

const activeTeams = (tables: Tables): string[] =>
  tables.all('consortia').flatMap(({ id, status }) => (status === 'active' ? [id] : []));

/** Returns warnings: tasks before the stage closes. */
export const openStage = act({
  summary: 'Open a stage by a registered rule book',
  roles: OFFICE,
  input: z.strictObject({
    id: newId,
    title: title.describe('its title'),
    ruleBook: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .describe('a rule book by NAME, NAME@VERSION or the beginning of its digest (default: the last one)'),
    consortia: z.array(id).min(1).max(1000).optional().describe('who takes part (default: all that are active)'),
  }),
  async run(programme, opening, by) {
    const { tables } = programme;
    const { id, title } = opening;
    requireNotRecord(tables);
    const ruleBook = findRuleBook(tables, opening.ruleBook);
    const book = bookOf(tables, ruleBook);
    const consortia = opening.consortia ?? activeTeams(tables);
    if (consortia.length === 0) throw refuse.noActiveTeam(id);
    for (const consortium of consortia) {
      const notEligible = whyNotEligible(tables, book, consortium);
      if (notEligible) throw notEligible;
    }
    const data = { id, title, ruleBook, consortia };
    await programme.record(by.actor, [{ kind: 'stage-opened', data }]);
    const warnings = lackingToOpen(tables, ruleBook, consortia).map(({ text }) => text);
    return { id, warnings: warnings.map(({ en }) => en), warningsKo: warnings.map(({ ko }) => ko) };
  },
});

/** Returns what is still lacking by the rule book. */
export const closeStage = act({
  summary: 'Close a stage: forms are revealed, the log is signed',
  roles: OFFICE,
  input: z.strictObject({
    stage: id,
    anyway: z.boolean().default(false).describe('although something is lacking that the rule book asks for'),
  }),
  async run(programme, { stage, anyway }, by) {
    const { tables } = programme;
    // Lasting errors come before those that the office can resolve.
    requireNotRecord(tables);
    requireRow(tables, 'stages', stage, 'stage');
    const lacks = lackingOf(tables, stage).map(({ text }) => text);
    const lacking = lacks.map(({ en }) => en);
    const more = lacks.length - MAX_LACKING_SHOWN;
    if (more > 0 && !anyway) throw refuse.stageLackingMore(stage, lacks.slice(0, MAX_LACKING_SHOWN), more);
    if (lacks.length > 0 && !anyway) throw refuse.stageLacking(stage, lacks);
    const signer = await by.signer();
    const { id } = programmeOf(tables);
    const waiting = await submissionsAtWork(programme, stage);
    if (waiting.length > 0) throw refuse.jobsWaiting(waiting.join(', '));
    await programme.record(by.actor, [
      ...(await revelations(programme, stage)),
      ({ seq, link }) => {
        const signature = signByOffice('log', [['log', link]], { programme: id, stage, seq }, signer);
        const anyhow = lacks.length > 0 && { lacking: lacks.slice(0, MAX_LACKING_KEPT).map((lack) => ({ ...lack })) };
        return { kind: 'stage-closed', data: { stage, signature, ...anyhow } };
      },
    ]);
    return { stage, lacking, ...programme.head };
  },
});

/** Submissions of a stage that wait for audit, evaluation or comparison. After the stage closes, all three are impossible. */
async function submissionsAtWork({ tables, store }: Programme, stage: string): Promise<string[]> {
  const jobs = (await store.jobs.list()).filter(({ status }) => status === 'queued' || status === 'running');
  const asked = new Set(jobs.map(submissionOfJob));
  return tables
    .of('submissions', 'stage', stage)
    .filter((row) => row.status === 'received' || asked.has(row.id))
    .map((row) => row.id);
}

/**
 * The outcome of a stage by the current log. The seed of draws and lots is the link of the entry that closed the stage; before that, of
 * the entry that opened it, so that repeated views show the same. What was decided is computed as it was then.
 */
export async function outcomeOf(reading: Reading, stage: string): Promise<Outcome> {
  const { tables, store } = reading;
  const row = requireRow(tables, 'stages', stage, 'stage');
  const seq = row.closedSeq ?? row.openedSeq;
  const [entry] = await store.page(seq, 1);
  const version = versionOfDecision(tables, stage);
  return decideStage(tables, {
    ...{ stage, day: targetDay(tables, row), seed: entry!.link.slice(0, 16) },
    ...(version && { version }),
  });
}

/** Teams that the rules leave equal across the border are undecided; they stay. */
export const decide = act({
  summary: 'Decide a closed stage by its rule book, signed',
  roles: OFFICE,
  // Without a time for appeals it is as it was announced.
  input: z.strictObject({ stage: id, appealsUntil: appealsUntil.optional() }),
  async run(programme, { stage, appealsUntil }, by) {
    const row = requireRow(programme.tables, 'stages', stage, 'stage');
    const { opens, closes, appealsUntil: announced } = datesOf(programme.tables, stage);
    const isNew = appealsUntil !== undefined && appealsUntil !== announced;
    const signer = await by.signer();
    const { id } = programmeOf(programme.tables);
    const outcome = await outcomeOf(programme, stage);
    const day = targetDay(programme.tables, row);
    await programme.record(by.actor, [
      ...(isNew ? [{ kind: 'stage-dates-set' as const, data: { stage, opens, closes, appealsUntil } }] : []),
      (head) => {
        const context = { programme: id, outcome, head, day };
        const signed = signDecision(decisionDocument(context), context, signer);
        return { kind: 'decision-made', data: { stage, ...signed } };
      },
    ]);
    return outcome;
  },
});

/** All appeals must be answered. Returns the consortia that leave now: none if the decision was final before. */
export const finishStage = act({
  summary: 'Make a decision final: appeals end, who is out leaves, and the next stage may open',
  roles: OFFICE,
  input: z.strictObject({ stage: id }),
  async run(programme, { stage }, by) {
    const { tables } = programme;
    requireRow(tables, 'stages', stage, 'stage');
    const decision = tables.get('decisions', stage);
    if (!decision) throw refuse.undecided(stage);
    const open = openAppeals(tables, stage).map(({ id }) => id);
    if (open.length > 0) throw refuse.appealsOpen(open.join(', '));
    if (isFinal(tables, stage)) return { dropped: [] };
    const spared = upheldTeams(tables, stage);
    const outs = excludedBy(decision).filter(
      ({ consortium }) => !spared.has(consortium) && tables.get('consortia', consortium)?.status === 'active',
    );
    await programme.record(by.actor, [
      ...outs.map((out) => ({ kind: 'consortium-dropped', data: { stage, ...out } })),
      { kind: 'decision-final', data: { stage } },
    ]);
    return { dropped: outs.map(({ consortium }) => consortium) };
  },
});

/** Times at which a stage was opened and closed. */
export function timesOf(tables: Tables, stage: string): { opened: string; closed: string | null } {
  const { openedSeq, closedSeq } = requireRow(tables, 'stages', stage, 'stage');
  return { opened: tables.timeOf(openedSeq), closed: closedSeq === null ? null : tables.timeOf(closedSeq) };
}
