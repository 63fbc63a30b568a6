// Entries about experts: who may give a form in a stage, and their interests in its teams. A form of an expert with an interest in a team of
// the stage does not count: its marks of the other teams would help that team too.

import { z } from 'zod';
import { partsOf } from '../rules/index.ts';
import { bookOfStage } from './books.ts';
import { id } from './fields.ts';
import { kind, requireRow } from './kind.ts';
import * as refuse from './refusals/experts.ts';
import { notByForms } from './refusals/scores.ts';
import { notInThisStage } from './refusals/stages.ts';
import type { Row } from './rows.ts';
import { requireOpenStage } from './stages.ts';
import type { Tables } from './tables.ts';

/** The key of the row of an expert in a stage: ids have no space. */
export const expertKey = (stage: string, expert: string): string => `${stage} ${expert}`;

const rowOf = (tables: Tables, stage: string, expert: string): Row<'experts'> =>
  tables.get('experts', expertKey(stage, expert)) ?? {
    key: expertKey(stage, expert),
    stage,
    expert,
    parts: [],
    interests: null,
    seq: 0,
  };

/** Teams of a stage that an organisation leads or is a member of. */
const teamsOf = (tables: Tables, stage: string, organisation: string): string[] =>
  tables.get('stages', stage)!.consortia.filter((team) => {
    const { lead, members } = tables.get('consortia', team)!;
    return lead === organisation || (members !== 'not recorded' && members.includes(organisation));
  });

/** Teams of a stage in which an expert has an interest, as he declared and by his organisation. */
export const interestsOf = (tables: Tables, stage: string, expert: string): string[] =>
  tables.get('experts', expertKey(stage, expert))?.interests?.teams ?? [];

/**
 * Whether an expert has an interest in an application: by an organisation that he named as his in any stage or call, which leads it or is a
 * member of it, or as he declared for its call.
 */
export function isInterestedIn(
  tables: Tables,
  expert: string,
  { id: application, lead, members }: Pick<Row<'applications'>, 'id' | 'lead' | 'members'>,
): boolean {
  const applies = (organisation: string): boolean =>
    organisation === lead || (members !== 'not recorded' && members.includes(organisation));
  const inStages = tables.of('experts', 'expert', expert).map(({ interests }) => interests?.organisation ?? null);
  if (inStages.some((organisation) => organisation !== null && applies(organisation))) return true;
  return tables
    .of('reviewers', 'reviewer', expert)
    .some(({ organisations, applications }) => organisations.some(applies) || applications.includes(application));
}

const reviewerKey = (call: string, reviewer: string): string => `${call} ${reviewer}`;

/** What an expert has declared for a call; undefined: nothing yet. */
export const declaredFor = (tables: Tables, call: string, reviewer: string): Row<'reviewers'> | undefined =>
  tables.get('reviewers', reviewerKey(call, reviewer));

/** An expert's declaration for a call, whose applications may still come; a later one adds to it and takes nothing back. */
export const callInterestsDeclared = kind({
  shape: z.strictObject({
    call: id,
    expert: id,
    /** His organisation; null: none of the programme's. */
    organisation: id.nullable(),
    /** Applications in which he has another interest. */
    applications: z.array(id).max(1000),
  }),
  check(tables, { call, organisation, applications }) {
    requireRow(tables, 'calls', call, 'call');
    if (organisation !== null) requireRow(tables, 'organisations', organisation, 'organisation');
    for (const name of applications)
      if (requireRow(tables, 'applications', name, 'application').call !== call) throw refuse.notOfCall(name);
  },
  apply(tables, { call, expert: reviewer, organisation, applications }, { seq }) {
    const key = reviewerKey(call, reviewer);
    const before = tables.get('reviewers', key) ?? { organisations: [], applications: [] };
    const organisations = organisation === null ? before.organisations : [...before.organisations, organisation];
    tables.put('reviewers', {
      ...{ key, call, reviewer, seq },
      organisations: [...new Set(organisations)],
      applications: [...new Set([...before.applications, ...applications])],
    });
  },
});

/** The experts whom the office assigned to a part of a stage; none: every expert may give a form. */
export const assignedTo = (tables: Tables, stage: string, part: string): string[] =>
  tables
    .of('experts', 'stage', stage)
    .filter(({ parts }) => parts.includes(part))
    .map(({ expert }) => expert);

/** Forms of a part that count: of experts without an interest in a team of the stage. */
export const countedForms = (tables: Tables, stage: string, part: string): Row<'forms'>[] =>
  tables
    .of('forms', 'stage', stage)
    .filter((row) => row.part === part && interestsOf(tables, stage, row.expert).length === 0);

const assignment = z.strictObject({ stage: id, part: z.string().max(200), expert: id });

export const expertAssigned = kind({
  shape: assignment,
  check(tables, { stage, part, expert }) {
    requireOpenStage(tables, stage);
    const found = partsOf(bookOfStage(tables, stage)).find(({ path }) => path === part);
    if (found?.source.kind !== 'forms') throw notByForms(part);
    if (rowOf(tables, stage, expert).parts.includes(part)) throw refuse.assigned(expert);
    if (interestsOf(tables, stage, expert).length > 0) throw refuse.interested(expert);
  },
  apply(tables, { stage, part, expert }, { seq }) {
    const row = rowOf(tables, stage, expert);
    tables.put('experts', { ...row, parts: [...row.parts, part], seq });
  },
});

export const expertReleased = kind({
  shape: assignment,
  check(tables, { stage, part, expert }) {
    requireOpenStage(tables, stage);
    if (!rowOf(tables, stage, expert).parts.includes(part)) throw refuse.notAssigned(expert);
    if (tables.of('forms', 'stage', stage).some((row) => row.part === part && row.expert === expert))
      throw refuse.formGivenByExpert(expert);
  },
  apply(tables, { stage, part, expert }, { seq }) {
    const row = rowOf(tables, stage, expert);
    tables.put('experts', { ...row, parts: row.parts.filter((one) => one !== part), seq });
  },
});

/** An expert's declaration; a later one adds to it and takes nothing back. */
export const interestsDeclared = kind({
  shape: z.strictObject({
    stage: id,
    expert: id,
    /** His organisation; null: none of the programme's. */
    organisation: id.nullable(),
    /** Teams in which he has another interest. */
    teams: z.array(id).max(1000),
  }),
  check(tables, { stage, organisation, teams }) {
    const { consortia } = requireOpenStage(tables, stage);
    if (organisation !== null) requireRow(tables, 'organisations', organisation, 'organisation');
    for (const team of teams) if (!consortia.includes(team)) throw notInThisStage(team);
  },
  apply(tables, { stage, expert, organisation, teams }, { seq }) {
    const row = rowOf(tables, stage, expert);
    const own = organisation === null ? [] : teamsOf(tables, stage, organisation);
    const all = [...new Set([...(row.interests?.teams ?? []), ...teams, ...own])];
    tables.put('experts', { ...row, interests: { organisation, teams: all }, seq });
  },
});

/** After an organisation joined a consortium: its experts have an interest in it in every open stage. */
export function addInterests(tables: Tables, consortium: string, organisation: string): void {
  for (const row of tables.all('experts')) {
    const { status, consortia } = tables.get('stages', row.stage)!;
    if (status !== 'open' || !consortia.includes(consortium) || row.interests?.organisation !== organisation) continue;
    const teams = [...new Set([...row.interests.teams, consortium])];
    tables.update('experts', row.key, { interests: { organisation, teams } });
  }
}
