// A programme: its overview, who takes part, its rule books, its log.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { ACTS, dueOf, factsOf, nextStepOf, timeOf, timesOf } from '../../office/index.ts';
import { type Programme, submissionOf } from '../../programme/index.ts';
import { bookOf, outcomesOf, type Row, statusOf, type Tables } from '../../state/index.ts';
import type { Viewer } from '../../users/index.ts';
import { shownEntry } from '../access.ts';
import { addAct, byOf } from '../act-route.ts';
import { FILE, TEXT } from '../body.ts';
import { type Context, programmeId, shownAs } from '../context.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { digest, id, recorded, wholeIn } from '../shapes/common.ts';
import * as shape from '../shapes/programme.ts';
import { submissionRow } from '../submission-row.ts';

const MOST_ENTRIES = 200;
const PROGRAMME = '/api/programmes/{programme}';
const CONSORTIUM = `${PROGRAMME}/consortia/{consortium}`;

export const inProgramme = z.object({ programme: id });

/** Of two programmes of one name on one server the second could not be reached. */
function requireOnly(context: Context, wanted: string): void {
  if (context.shown.some((one) => one !== context.shown[0] && programmeId(one) === wanted))
    throw new JikjiError(
      'programme-exists',
      'another database of this server holds a programme of this name',
      wanted,
      'give it another name, or serve the other database from another server',
    );
}

export function addProgrammes(api: Api, context: Context): void {
  const open = (name: string) => shownAs(context, name).programme;

  api.on(
    {
      method: 'post',
      path: '/api/programmes',
      summary: "Begin a programme in the server's own database, or take an example",
      who: ACTS.foundProgramme.who,
      body: z.union([ACTS.takeExample.input, ACTS.foundProgramme.input]),
      answer: z.object({ id: z.string() }),
    },
    async ({ body, viewer }) => {
      // Every example has its own name as its id.
      requireOnly(context, 'example' in body ? body.example : body.id);
      const shown = context.shown[0]!;
      const by = { ...byOf(context, shown, viewer), signer: context.office.newSigner };
      const { id } =
        'example' in body
          ? await ACTS.takeExample.run(shown.programme, body, by)
          : await ACTS.foundProgramme.run(shown.programme, body, by);
      return { id };
    },
  );

  api.on(
    {
      method: 'get',
      path: PROGRAMME,
      summary: 'The programme at a glance',
      who: EVERYBODY,
      params: inProgramme,
      answer: shape.overview,
    },
    async ({ params, viewer }) => overviewOf(open(params.programme), viewer.role === 'office'),
  );

  api.on(
    {
      method: 'get',
      path: `${PROGRAMME}/log`,
      summary: 'Entries of the log, from the newest back or from a number on',
      who: EVERYBODY,
      params: inProgramme,
      query: z.object({
        /** The first entry; by default the last page. */
        from: wholeIn(1, Number.MAX_SAFE_INTEGER).optional(),
        count: wholeIn(1, MOST_ENTRIES).default(50),
      }),
      answer: shape.logPage,
    },
    async ({ params, query, viewer }) => {
      const { tables, store, head } = open(params.programme);
      const from = query.from ?? Math.max(1, head.seq - query.count + 1);
      // What this process has not taken in yet is not shown yet: whether it may be seen is not known.
      const entries = (await store.page(from, query.count)).filter(({ seq }) => seq <= head.seq);
      return { entries: entries.map((entry) => shownEntry(viewer, tables, entry)), head };
    },
  );

  addAct(api, context, ACTS.addOrganisation, { path: `${PROGRAMME}/organisations`, answer: recorded });
  addAct(api, context, ACTS.formConsortium, { path: `${PROGRAMME}/consortia`, maxBody: TEXT, answer: recorded });
  addAct(api, context, ACTS.mendName, { path: `${PROGRAMME}/names`, answer: recorded });
  api.on(
    {
      method: 'get',
      path: CONSORTIUM,
      summary: 'A consortium',
      who: EVERYBODY,
      params: inProgramme.extend({ consortium: id }),
      answer: shape.consortiumPage,
    },
    ({ params, viewer }) => consortiumOf(open(params.programme), params.consortium, viewer),
  );
  addAct(api, context, ACTS.joinConsortium, { path: `${CONSORTIUM}/members`, answer: recorded });
  addAct(api, context, ACTS.nameMakerKey, { method: 'put', path: `${CONSORTIUM}/key`, answer: recorded });

  api.on(
    {
      method: 'get',
      path: `${PROGRAMME}/rule-books`,
      summary: 'Registered rule books',
      who: EVERYBODY,
      params: inProgramme,
      answer: z.array(shape.bookRow),
    },
    ({ params }) => {
      const { tables } = open(params.programme);
      return [...tables.all('ruleBooks')].map((row) => ({
        digest: String(row.digest),
        name: String(row.name),
        version: Number(row.version),
        title: bookOf(tables, String(row.digest)).title,
        registeredSeq: Number(row.registeredSeq),
      }));
    },
  );
  addAct(api, context, ACTS.registerRuleBook, {
    path: `${PROGRAMME}/rule-books`,
    without: ['file'],
    maxBody: FILE,
    answer: z.object({ digest, name: z.string(), version: z.int() }),
  });
  api.on(
    {
      method: 'get',
      path: `${PROGRAMME}/rule-books/{digest}`,
      summary: 'A rule book',
      who: EVERYBODY,
      params: inProgramme.extend({ digest }),
      answer: shape.bookPage,
    },
    async ({ params }) => {
      const programme = open(params.programme);
      const { tables } = programme;
      const book = bookOf(tables, params.digest);
      const { name, version, text, registeredSeq } = tables.get('ruleBooks', params.digest)!;
      return {
        digest: params.digest,
        name: String(name),
        version: Number(version),
        registered: await timeOf(programme, Number(registeredSeq)),
        text: String(text),
        book,
      };
    },
  );
}

type Name = { en: string; ko?: string };
const nameOf = (tables: Tables, organisation: string): Name =>
  tables.get('organisations', organisation)?.name ?? { en: organisation };

const membersOf = ({ members }: Row<'consortia'>): string[] => (members === 'not recorded' ? [] : members);

/** Sources that name members seldom say that they named all of them; who founds a consortium here does. */
const othersUnknown = (tables: Tables, { members }: Row<'consortia'>): boolean =>
  !Array.isArray(members) || [...tables.all('programmes')].some(({ mode }) => mode === 'record');

async function overviewOf(programme: Programme, office: boolean): Promise<z.input<typeof shape.overview>> {
  const { tables, head, store } = programme;
  const [row] = tables.all('programmes');
  const stages = [];
  for (const stage of tables.all('stages'))
    stages.push({
      id: String(stage.id),
      title: stage.title as Name,
      status: statusOf(tables, String(stage.id)),
      consortia: stage.consortia as string[],
      outcomes: Object.fromEntries(
        [...outcomesOf(tables, String(stage.id))].map(([team, { outcome }]) => [team, outcome]),
      ),
      ...(await timesOf(programme, String(stage.id))),
    });
  const applications: Record<string, number> = {};
  for (const { status } of tables.all('applications'))
    applications[String(status)] = (applications[String(status)] ?? 0) + 1;
  const jobs = office ? await store.jobs.list() : [];
  return {
    programme: {
      id: String(row!.id),
      name: row!.name as Name,
      mode: row!.mode as 'real',
      created: String(row!.created),
      officeKey: row!.officeKey as string | null,
    },
    head,
    consortia: [...tables.all('consortia')].map((consortium) => {
      const everybody = [String(consortium.lead), ...membersOf(consortium)];
      const roles = everybody.flatMap(
        (name) => (tables.get('organisations', name)?.roles as string[] | undefined) ?? [],
      );
      return {
        id: String(consortium.id),
        name: consortium.name as Name,
        lead: {
          id: String(consortium.lead),
          name: nameOf(tables, consortium.lead),
        },
        members: Array.isArray(consortium.members) ? new Set(everybody).size : null,
        othersUnknown: othersUnknown(tables, consortium),
        roles: [...new Set(roles)],
        status: String(consortium.status),
      };
    }),
    stages,
    applications,
    ruleBooks: [...tables.all('ruleBooks')].length,
    due: office ? dueOf(tables) : [],
    next: office ? nextStepOf(tables) : null,
    jobs: jobs
      .filter(({ status }) => status === 'queued' || status === 'running')
      .map((job) => ({ id: job.id, kind: job.kind, submission: submissionOf(job) ?? '', status: job.status })),
    facts: factsOf(programme),
  };
}

async function consortiumOf(
  programme: Programme,
  name: string,
  viewer: Viewer,
): Promise<z.input<typeof shape.consortiumPage>> {
  const { tables } = programme;
  const row = tables.get('consortia', name);
  if (!row) {
    const known = [...tables.all('consortia')].map(({ id }) => id).join(', ');
    throw new JikjiError(
      'consortium-unknown',
      'there is no consortium of this name',
      name,
      known ? `there are: ${known}` : 'there is none yet',
    );
  }
  const submissions = [];
  for (const submission of tables.of('submissions', 'consortium', name)) {
    const { consortium: _, ...row } = await submissionRow(programme, submission, viewer);
    submissions.push({ stage: String(submission.stage), ...row });
  }
  return {
    id: name,
    name: row.name as Name,
    status: String(row.status),
    makerKey: row.makerKey as string | null,
    lead: organisationOf(tables, String(row.lead)),
    members: Array.isArray(row.members)
      ? membersOf(row).flatMap((member) => organisationOf(tables, member) ?? [])
      : 'not recorded',
    othersUnknown: othersUnknown(tables, row),
    stages: [...tables.all('stages')]
      .filter(({ consortia }) => (consortia as string[]).includes(name))
      .map(({ id, title }) => ({
        id: String(id),
        title: title as Name,
        status: statusOf(tables, String(id)),
        ...(outcomesOf(tables, String(id)).get(name) ?? { outcome: null, reason: null }),
      })),
    submissions,
    source: (row.source ?? null) as null,
  };
}

function organisationOf(tables: Tables, name: string) {
  const row = tables.get('organisations', name);
  return row ? { id: name, name: row.name as Name, country: String(row.country), roles: row.roles as string[] } : null;
}
