// What is due: for each person the things that wait for them, as sentences with the place where they are done. Changes nothing.

import { scoredSubmission, teamsWithModels } from '../decision/index.ts';
import { partsOf } from '../rules/index.ts';
import {
  assignedTo,
  bookOfStage,
  datesOf,
  excludedBy,
  hasEvidence,
  interestsOf,
  isFinal,
  isRecord,
  openAppeals,
  type Row,
  statusOf,
  type Tables,
} from '../state/index.ts';
import { callsOfExpert, callsOfOffice } from './calls.ts';
import { type Context, type Due, due, type ItemInput, type Person, type Place } from './item.ts';
import { asksModels, lackingOf, needsJudgements } from './lacking.ts';
import type { Speaker } from './speaker.ts';

const onStage = (stage: string, act: string | null): Place => ({ page: 'stage', of: stage, act });

/** What a person has to do now; for the public and in a record nothing. Late things come first, then those with a date. */
export function dueOf(tables: Tables, person: Person, now: Date): Due[] {
  if (isRecord(tables)) return [];
  const context = { tables, person, now };
  const all = tables.all('stages').flatMap(({ id }) => dueInStage(context, id));
  if (person.role === 'office') all.push(...callsOfOffice(context), ...announced(context));
  if (person.role === 'expert') all.push(...callsOfExpert(context));
  if (person.role === 'consortium') all.push(...keyOf(context));
  const key = ({ until }: Due): number => (until === null ? Number.POSITIVE_INFINITY : Date.parse(until));
  return all.sort((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)));
}

function dueInStage(context: Context, stage: string): Due[] {
  switch (context.person.role) {
    case 'office':
      return ofOffice(context, stage);
    case 'consortium':
      return ofTeam(context, stage);
    case 'expert':
      return ofExpert(context, stage);
    case 'evaluator':
      return ofEvaluator(context, stage);
    case 'auditor':
      return ofAuditor(context, stage);
    default:
      return [];
  }
}

/** Stages that were announced, and should be open. */
function announced(context: Context): Due[] {
  const { tables, now } = context;
  return tables.all('stageDates').flatMap(({ stage, opens }) => {
    if (tables.get('stages', stage) || opens === null || Date.parse(opens) > now.getTime()) return [];
    const at: Place = { page: 'overview', of: null, act: 'open' };
    return [due(context, { at, until: opens, say: (say) => say.words.stage.announced(say.stage(stage)) })];
  });
}

function ofOffice(context: Context, stage: string): Due[] {
  const { tables, now } = context;
  const status = statusOf(tables, stage);
  const { closes, appealsUntil } = datesOf(tables, stage);
  const of = (act: string, until: string | null, say: ItemInput['say']) =>
    due(context, { at: onStage(stage, act), until, say });
  switch (status) {
    case 'open': {
      const lacking = lackingOf(tables, stage);
      if (lacking.length === 0) return [of('close', closes, (say) => say.words.stage.close(say.stage(stage)))];
      const late = closes !== null && Date.parse(closes) < now.getTime();
      return lacking.map(({ text, mend }) => ({ text, at: onStage(stage, mend), until: closes, late }));
    }
    case 'closed':
      return [of('decide', null, (say) => say.words.stage.decide(say.stage(stage)))];
    case 'decided': {
      const open = openAppeals(tables, stage);
      if (open.length > 0)
        return open.map(({ consortium }) =>
          of('answer', null, (say) => say.words.stage.answer(say.stage(stage), say.team(consortium))),
        );
      // Until then the office waits: nothing is late.
      const waits = appealsUntil !== null && Date.parse(appealsUntil) >= now.getTime();
      return waits ? [] : [of('finish', null, (say) => say.words.stage.finish(say.stage(stage)))];
    }
    default:
      return [];
  }
}

/** The team's key, where an open stage asks for one. */
function keyOf(context: Context): Due[] {
  const { tables, person } = context;
  const own = person.consortium === null ? undefined : tables.get('consortia', person.consortium);
  if (own?.status !== 'active' || own.makerKey !== null) return [];
  const asks = tables
    .all('stages')
    .some(
      ({ id, status, consortia }) =>
        status === 'open' && consortia.includes(own.id) && bookOfStage(tables, id).originality.audit?.makerKey,
    );
  const at: Place = { page: 'consortium', of: own.id, act: 'key' };
  return asks ? [due(context, { at, say: ({ words }) => words.team.key })] : [];
}

function ofTeam(context: Context, stage: string): Due[] {
  const { tables, person } = context;
  const { consortium } = person;
  const row = tables.get('stages', stage)!;
  if (consortium === null || !row.consortia.includes(consortium)) return [];
  if (tables.get('consortia', consortium)?.status !== 'active') return [];
  const { closes, appealsUntil } = datesOf(tables, stage);
  if (row.status === 'open') return toSubmit(context, stage, consortium, closes);
  const decision = tables.get('decisions', stage);
  if (!decision || isFinal(tables, stage)) return [];
  const isOut = excludedBy(decision).some((out) => out.consortium === consortium);
  const appealed = tables.of('appeals', 'stage', stage).some((appeal) => appeal.consortium === consortium);
  const ended = appealsUntil !== null && Date.parse(appealsUntil) < context.now.getTime();
  if (!isOut || appealed || ended) return [];
  const at = onStage(stage, 'appeal');
  return [due(context, { at, until: appealsUntil, say: (say) => say.words.team.appeal(say.stage(stage)) })];
}

function toSubmit(context: Context, stage: string, consortium: string, until: string | null): Due[] {
  const { tables } = context;
  if (!asksModels(bookOfStage(tables, stage)) || scoredSubmission({ tables, stage }, consortium)) return [];
  const own = tables.of('submissions', 'stage', stage).filter((row) => row.consortium === consortium);
  if (own.some(({ status }) => status === 'received')) return []; // the office works on it
  const last = own.at(-1);
  const say = (speaker: Speaker): string => {
    const { team } = speaker.words;
    return last ? team.again(speaker.stage(stage), last.id) : team.submit(speaker.stage(stage));
  };
  return [due(context, { at: onStage(stage, 'submit'), until, say })];
}

/** The parts of an open stage that are scored by a kind of source. */
function openParts(tables: Tables, stage: string, kind: 'forms' | 'judgements') {
  if (tables.get('stages', stage)!.status !== 'open') return [];
  const book = bookOfStage(tables, stage);
  return partsOf(book).flatMap((part) => (part.source.kind === kind ? [{ book, part }] : []));
}

function ofExpert(context: Context, stage: string): Due[] {
  const { tables, person } = context;
  const expert = person.user ?? '';
  if (interestsOf(tables, stage, expert).length > 0) return [];
  const given = tables.of('forms', 'stage', stage).filter((row) => row.expert === expert);
  const isMine = (path: string): boolean => {
    const assigned = assignedTo(tables, stage, path);
    return assigned.length === 0 || assigned.includes(expert);
  };
  return openParts(tables, stage, 'forms')
    .filter(({ part: { path } }) => isMine(path) && !given.some((row) => row.part === path))
    .map(({ book, part }) =>
      due(context, {
        at: onStage(stage, 'form'),
        until: datesOf(tables, stage).closes,
        say: (say) => say.words.expert(say.stage(stage), say.part(book, part)),
      }),
    );
}

function ofEvaluator(context: Context, stage: string): Due[] {
  const { tables } = context;
  if (teamsWithModels(tables, stage).length < 2) return []; // there is nothing to compare yet
  return openParts(tables, stage, 'judgements')
    .filter(({ part: { source } }) => source.kind === 'judgements' && needsJudgements(tables, stage, source))
    .map(({ book, part }) =>
      due(context, {
        at: onStage(stage, 'judge'),
        until: datesOf(tables, stage).closes,
        say: (say) => say.words.evaluator(say.stage(stage), say.part(book, part)),
      }),
    );
}

/** Audited submissions of stages that are not final, of which this auditor has handed in nothing. */
function ofAuditor(context: Context, stage: string): Due[] {
  const { tables, person } = context;
  if (isFinal(tables, stage)) return [];
  const party = `auditor:${person.user}`;
  const open = tables
    .of('submissions', 'stage', stage)
    .filter(
      (row) =>
        isToAudit(tables, row) && !tables.of('auditReports', 'submission', row.id).some(({ by }) => by === party),
    );
  const first = open[0];
  if (!first) return [];
  const say = (speaker: Speaker) => speaker.words.auditor(speaker.stage(stage), open.length, first.id);
  return [due(context, { at: onStage(stage, null), say })];
}

/** Whether others can audit it: the office's audit recorded the evidence that their reports must be about. */
const isToAudit = (tables: Tables, { id, status }: Row<'submissions'>): boolean =>
  status === 'audited' && hasEvidence(tables, id);
