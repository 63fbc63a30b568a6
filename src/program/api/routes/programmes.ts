// A programme: its overview, who takes part, its rule books, its log.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import type { Json } from '../../../ledger/index.ts';
import {
  dueOf,
  factsOf,
  foundProgramme,
  mendName,
  nextStepOf,
  registerRuleBook,
  takeExample,
  timeOf,
  timesOf,
} from '../../office/index.ts';
import { type Programme, submissionOf } from '../../programme/index.ts';
import { bookOf, outcomesOf, type Row, statusOf, type Tables } from '../../state/index.ts';
import type { Viewer } from '../../users/index.ts';
import { actorOf, shownEntry } from '../access.ts';
import { FILE, TEXT } from '../body.ts';
import { type Context, programmeId, shownAs } from '../context.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { digest, id, recorded, wholeIn } from '../shapes/common.ts';
import * as shape from '../shapes/programme.ts';
import { submissionRow } from '../submission-row.ts';

const MOST_ENTRIES = 200;

export const inProgramme = z.object({ programme: id });

export function addProgrammes(api: Api, context: Context): void {
  const { office } = context;
  const open = (name: string) => shownAs(context, name).programme;
  /** One entry, said by the viewer. */
  const write = async (programme: Programme, actor: string, kind: string, data: object) => {
    const [entry] = await programme.record(actor, [{ kind, data: data as Json }]);
    return { seq: entry!.seq };
  };

  api.on(
    {
      method: 'post',
      path: '/api/programmes',
      summary: "Begin a programme in the server's own database, or take an example",
      who: ['office'],
      body: shape.found,
      answer: z.object({ id: z.string() }),
    },
    async ({ body, viewer }) => {
      const { programme } = context.shown[0]!;
      const actor = actorOf(viewer);
      // Of two of one name the second could not be reached. Every example has its own name as its id.
      const wanted = 'example' in body ? body.example : body.id;
      if (context.shown.some((one) => one !== context.shown[0] && programmeId(one) === wanted))
        throw new JikjiError(
          'programme-exists',
          'another database of this server holds a programme of this name',
          wanted,
          'give it another name, or serve the other database from another server',
        );
      if ('example' in body) {
        const taken = await takeExample(programme, body.example, office.newSigner, actor);
        return { id: taken.id };
      }
      await foundProgramme(programme, await office.newSigner(), body as Parameters<typeof foundProgramme>[2], actor);
      return { id: body.id };
    },
  );

  api.on(
    {
      method: 'get',
      path: '/api/programmes/{programme}',
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
      path: '/api/programmes/{programme}/log',
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

  api.on(
    {
      method: 'post',
      path: '/api/programmes/{programme}/organisations',
      summary: 'Add an organisation',
      who: ['office'],
      params: inProgramme,
      body: shape.newOrganisation,
      answer: recorded,
    },
    ({ params, body, viewer }) => write(open(params.programme), actorOf(viewer), 'organisation-added', body),
  );
  api.on(
    {
      method: 'post',
      path: '/api/programmes/{programme}/consortia',
      summary: 'Form a consortium',
      who: ['office'],
      params: inProgramme,
      body: shape.newConsortium,
      maxBody: TEXT,
      answer: recorded,
    },
    ({ params, body, viewer }) => write(open(params.programme), actorOf(viewer), 'consortium-formed', body),
  );
  api.on(
    {
      method: 'post',
      path: '/api/programmes/{programme}/names',
      summary: 'Mend a name that was entered wrongly; the log keeps both',
      who: ['office'],
      params: inProgramme,
      body: shape.mending,
      answer: recorded,
    },
    async ({ params, body, viewer }) => {
      const { seq } = await mendName(open(params.programme), body as Parameters<typeof mendName>[1], actorOf(viewer));
      return { seq };
    },
  );
  const inConsortium = inProgramme.extend({ consortium: id });
  api.on(
    {
      method: 'get',
      path: '/api/programmes/{programme}/consortia/{consortium}',
      summary: 'A consortium',
      who: EVERYBODY,
      params: inConsortium,
      answer: shape.consortiumPage,
    },
    ({ params, viewer }) => consortiumOf(open(params.programme), params.consortium, viewer),
  );
  api.on(
    {
      method: 'post',
      path: '/api/programmes/{programme}/consortia/{consortium}/members',
      summary: 'An organisation came to a consortium after it was formed',
      who: ['office'],
      params: inConsortium,
      body: shape.newMember,
      answer: recorded,
    },
    ({ params: { programme, consortium }, body, viewer }) =>
      write(open(programme), actorOf(viewer), 'member-joined', { consortium, ...body }),
  );
  api.on(
    {
      method: 'put',
      path: '/api/programmes/{programme}/consortia/{consortium}/key',
      summary: "Name the key that signs a consortium's runs",
      who: ['office', 'consortium'],
      params: inConsortium,
      body: shape.makerKey,
      answer: recorded,
    },
    ({ params, body, viewer }) => {
      mustOwn(viewer, params.consortium);
      const data = { consortium: params.consortium, key: body.makerKey };
      return write(open(params.programme), actorOf(viewer), 'consortium-key-named', data);
    },
  );

  api.on(
    {
      method: 'get',
      path: '/api/programmes/{programme}/rule-books',
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
  api.on(
    {
      method: 'post',
      path: '/api/programmes/{programme}/rule-books',
      summary: 'Register a rule book, signed; it cannot be changed afterwards',
      who: ['office'],
      params: inProgramme,
      body: shape.newBook,
      maxBody: FILE,
      answer: z.object({ digest, name: z.string(), version: z.int() }),
    },
    async ({ params, body, viewer }) => {
      const programme = open(params.programme);
      const signer = await office.signer(programme.tables);
      const { digest, book } = await registerRuleBook(
        programme,
        signer,
        { text: body.text, file: 'rule book' },
        actorOf(viewer),
      );
      return { digest, name: book.name, version: book.version };
    },
  );
  api.on(
    {
      method: 'get',
      path: '/api/programmes/{programme}/rule-books/{digest}',
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

/** @throws JikjiError `forbidden` where a consortium's people reach for what is another's */
export function mustOwn({ role, consortium }: { role: string; consortium: string | null }, wanted: string): void {
  if (role === 'consortium' && consortium !== wanted)
    throw new JikjiError('forbidden', 'this is another consortium', wanted, `yours is ${consortium}`);
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
