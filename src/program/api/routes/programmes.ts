// Routes of a programme: overview, log, organisations and consortia, rule books.

import { z } from 'zod';
import { dueOf, firstStepsOf } from '../../due/index.ts';
import { ACTS, canSee, factsOf, programmeOf, timesOf } from '../../office/index.ts';
import { type Programme, submissionOfJob } from '../../programme/index.ts';
import {
  bookOf,
  citationsOf,
  datesOf,
  isRecord,
  outcomesOf,
  type Row,
  requireRow,
  statusOf,
  type Tables,
} from '../../state/index.ts';
import { NOBODY, type Viewer } from '../../users/index.ts';
import { sealedInEntries, shownEntry } from '../access.ts';
import { auditsIn, noteAccess } from '../access-notes.ts';
import { addAct, byOf } from '../act-route.ts';
import { FILE, TEXT } from '../body.ts';
import { type Context, programmeId } from '../context.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { digest, recorded, wholeIn } from '../shapes/common.ts';
import * as shape from '../shapes/programme.ts';
import { submissionRow } from '../stage-page.ts';

const MAX_ENTRIES = 200;
const PROGRAMME = '/api/programmes/{programme}';
const CONSORTIUM = `${PROGRAMME}/consortia/{consortium}`;

/** Two programmes of one name on one server: requests could not reach the second. */
function requireOnly(context: Context, wanted: string): void {
  if (!context.hosted.some((one) => one !== context.hosted[0] && programmeId(one) === wanted)) return;
  throw refuse.programmeElsewhere(wanted);
}

export function addProgrammes(api: Api): void {
  const { context } = api;

  api.on(
    'post /api/programmes',
    {
      summary: "Begin a programme in the server's own database, or take an example",
      roles: ACTS.foundProgramme.roles,
      body: z.union([ACTS.takeExample.input, ACTS.foundProgramme.input]),
      answer: z.object({ id: z.string() }),
    },
    async ({ body, viewer }) => {
      // The id of an example is its name.
      requireOnly(context, 'example' in body ? body.example : body.id);
      const shown = context.hosted[0]!;
      const by = { ...byOf(context, shown, viewer), signer: context.office.newSigner };
      return 'example' in body
        ? ACTS.takeExample.run(shown.programme, body, by)
        : ACTS.foundProgramme.run(shown.programme, body, by);
    },
  );

  api.on(
    `get ${PROGRAMME}`,
    { summary: 'The programme at a glance', roles: EVERYBODY, answer: shape.overview },
    ({ programme, viewer }) => overviewOf(context, programme, viewer),
  );

  api.on(
    `get ${PROGRAMME}/log`,
    {
      summary: 'Entries of the log, from the newest back or from a number on',
      roles: EVERYBODY,
      query: z.object({
        /** The first entry; by default the last page. */
        from: wholeIn(1, Number.MAX_SAFE_INTEGER).optional(),
        count: wholeIn(1, MAX_ENTRIES).default(50),
      }),
      answer: shape.logPage,
    },
    async (asked) => {
      const { query, viewer } = asked;
      const { tables, store, head } = asked.programme;
      const from = query.from ?? Math.max(1, head.seq - query.count + 1);
      // Entries that this process has not read yet are left out: their visibility is not known.
      const entries = (await store.page(from, query.count)).filter(({ seq }) => seq <= head.seq);
      await noteAccess(context, asked, sealedInEntries(viewer, tables, entries));
      return { entries: entries.map((entry) => shownEntry(viewer, tables, entry)), head };
    },
  );

  addAct(api, ACTS.formConsortium, { path: `${PROGRAMME}/consortia`, maxBody: TEXT, answer: recorded });
  addAct(api, ACTS.mendName, { path: `${PROGRAMME}/names`, answer: recorded });
  api.on(
    `get ${CONSORTIUM}`,
    { summary: 'A consortium', roles: EVERYBODY, answer: shape.consortiumPage },
    async (asked) => {
      const page = consortiumOf(asked.tables, asked.params.consortium, asked.viewer);
      await noteAccess(context, asked, auditsIn(page.submissions as Parameters<typeof auditsIn>[0]));
      return page;
    },
  );
  addAct(api, ACTS.joinConsortium, { path: `${CONSORTIUM}/members`, answer: recorded });
  addAct(api, ACTS.nameMakerKey, { method: 'put', path: `${CONSORTIUM}/key`, answer: shape.keyNamed });

  api.on(
    `get ${PROGRAMME}/rule-books`,
    { summary: 'Registered rule books', roles: EVERYBODY, answer: z.array(shape.bookRow) },
    ({ tables }) =>
      tables.all('ruleBooks').map((row) => {
        const { title, selection } = bookOf(tables, row.digest);
        return { ...row, title, selects: selection !== undefined };
      }),
  );
  addAct(api, ACTS.registerRuleBook, {
    path: `${PROGRAMME}/rule-books`,
    without: ['file'],
    maxBody: FILE,
    answer: z.object({ digest, name: z.string(), version: z.int() }),
  });
  api.on(
    `get ${PROGRAMME}/rule-books/{digest}`,
    { summary: 'A rule book', roles: EVERYBODY, params: { digest }, answer: shape.bookPage },
    ({ tables, params }) => {
      const row = requireRow(tables, 'ruleBooks', params.digest, 'rule-book');
      return { ...row, registered: tables.timeOf(row.registeredSeq), book: bookOf(tables, row.digest) };
    },
  );
}

/** Whether the list of members may be incomplete: published sources seldom name all members. */
const othersUnknown = (tables: Tables, { members }: Row<'consortia'>): boolean =>
  members === 'not recorded' || isRecord(tables);

function consortiumRow(tables: Tables, row: Row<'consortia'>) {
  const { lead, members } = row;
  const everybody = [...new Set([lead, ...(members === 'not recorded' ? [] : members)])];
  return {
    ...row,
    lead: { id: lead, name: tables.get('organisations', lead)?.name ?? { en: lead } },
    members: members === 'not recorded' ? null : everybody.length,
    othersUnknown: othersUnknown(tables, row),
    roles: [...new Set(everybody.flatMap((name) => tables.get('organisations', name)?.roles ?? []))],
  };
}

/** Whether somebody of this programme was invited or has joined. */
const hasPeople = async (users: Context['users'], id: string): Promise<boolean> =>
  [...(await users.invitations()), ...(await users.list())].some(({ programme }) => programme === id);

async function overviewOf(
  { users }: Context,
  programme: Programme,
  viewer: Viewer,
): Promise<z.input<typeof shape.overview>> {
  const { tables, head, store } = programme;
  const office = viewer.role === 'office';
  const { id } = programmeOf(tables);
  const stages = tables.all('stages').map((stage) => {
    const outcomes = [...outcomesOf(tables, stage.id)].map(([team, { outcome }]) => [team, outcome] as const);
    const status = statusOf(tables, stage.id);
    return {
      ...stage,
      ...timesOf(tables, stage.id),
      ...{ status, outcomes: Object.fromEntries(outcomes), dates: datesOf(tables, stage.id) },
    };
  });
  const applications: Record<string, number> = {};
  for (const { status } of tables.all('applications')) applications[status] = (applications[status] ?? 0) + 1;
  const jobs = office ? await store.jobs.list() : [];
  return {
    programme: programmeOf(tables),
    head,
    consortia: tables.all('consortia').map((one) => consortiumRow(tables, one)),
    stages,
    applications,
    ruleBooks: tables.all('ruleBooks').length,
    announced: tables
      .all('stageDates')
      .flatMap(({ stage, title, ...dates }) =>
        tables.get('stages', stage) ? [] : [{ id: stage, title: title!, dates }],
      ),
    due: dueOf(tables, viewer, new Date()),
    firstSteps: office ? firstStepsOf(tables, await hasPeople(users, id)) : [],
    jobs: jobs
      .filter(({ status }) => status === 'queued' || status === 'running')
      .map((job) => ({ ...job, submission: submissionOfJob(job) ?? '' })),
    facts: factsOf(programme),
  };
}

/** A team's outcome; what its evidence lacks only where anybody may see audits. */
function outcomeOf(tables: Tables, stage: string, team: string) {
  const found = outcomesOf(tables, stage).get(team) ?? { outcome: null, reason: null, overturned: null, lacks: [] };
  return canSee(NOBODY, tables, stage, 'audits') ? found : { ...found, lacks: [] };
}

function consortiumOf(tables: Tables, name: string, viewer: Viewer): z.input<typeof shape.consortiumPage> {
  const row = requireRow(tables, 'consortia', name, 'consortium');
  const submissions = tables.of('submissions', 'consortium', name);
  return {
    ...row,
    lead: tables.get('organisations', row.lead) ?? null,
    members:
      row.members === 'not recorded'
        ? row.members
        : row.members.flatMap((member) => tables.get('organisations', member) ?? []),
    othersUnknown: othersUnknown(tables, row),
    stages: tables
      .all('stages')
      .filter(({ consortia }) => consortia.includes(name))
      .map((stage) => ({
        ...stage,
        status: statusOf(tables, stage.id),
        ...outcomeOf(tables, stage.id, name),
        findings: canSee(NOBODY, tables, stage.id, 'scores')
          ? tables.of('findings', 'stage', stage.id).filter(({ consortium }) => consortium === name)
          : [],
      })),
    submissions: submissions.map((one) => submissionRow(tables, one, viewer)),
    source: citationsOf(row.source),
  };
}
