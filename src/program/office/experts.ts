// Acts about experts: the office assigns them to parts of a stage, and they declare their interests in its teams or in applications.

import { z } from 'zod';
import type { Entry } from '../log/index.ts';
import { act, entryAct, OFFICE } from './act.ts';
import { id } from './shapes.ts';

const assignment = z.strictObject({
  stage: id,
  /** Path of a part that is scored by forms. */
  part: z.string().min(1).max(200),
  /** The name with which the expert logs in. */
  expert: id,
});

export const assignExpert = entryAct({
  summary: 'Assign an expert to a part of a stage: from then on only assigned experts give its forms',
  roles: OFFICE,
  input: assignment,
  kind: 'expert-assigned',
});

export const releaseExpert = entryAct({
  summary: 'Release an expert from a part, before a form is given',
  roles: OFFICE,
  input: assignment,
  kind: 'expert-released',
});

export const declareInterests = act({
  summary: 'Declare interests in the teams of a stage; a later declaration adds to it',
  roles: ['expert'],
  input: z.strictObject({
    stage: id,
    /** The expert's organisation; null: none of the programme's. */
    organisation: id.nullable(),
    /** Teams in which the expert has another interest. */
    teams: z.array(id).max(1000),
  }),
  async run(programme, { stage, organisation, teams }, by): Promise<Entry> {
    const data = { stage, expert: by.user!, organisation, teams };
    const [entry] = await programme.record(by.actor, [{ kind: 'interests-declared', data }]);
    return entry!;
  },
});

export const declareForCall = act({
  summary: 'Declare interests in the applications to a call; a later declaration adds to it',
  roles: ['expert'],
  input: z.strictObject({
    call: id,
    /** The expert's organisation; null: none of the programme's. */
    organisation: id.nullable(),
    /** Applications in which the expert has another interest. */
    applications: z.array(id).max(1000),
  }),
  async run(programme, { call, organisation, applications }, by): Promise<Entry> {
    const data = { call, expert: by.user!, organisation, applications };
    const [entry] = await programme.record(by.actor, [{ kind: 'call-interests-declared', data }]);
    return entry!;
  },
});
