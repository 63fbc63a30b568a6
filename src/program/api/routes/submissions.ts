// Submissions: sent as a bundle or taken from a run of this machine, looked at, asked to go on with a text.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { auditCommand, auditShown, curveOf, givePart, handIn, joinedAudits } from '../../audits/index.ts';
import { modelOf, submit } from '../../intake/index.ts';
import { timeOf } from '../../office/index.ts';
import type { Programme } from '../../programme/index.ts';
import { bookOfStage, existingCluster, openStage, type Row } from '../../state/index.ts';
import type { Viewer } from '../../users/index.ts';
import { actorOf, ownsSubmission, sees, seesAudit } from '../access.ts';
import { FILE, TEXT } from '../body.ts';
import { type Context, shownAs } from '../context.ts';
import { placeless } from '../placeless.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as audits from '../shapes/audits.ts';
import { id } from '../shapes/common.ts';
import { continuation, curve } from '../shapes/runs.ts';
import * as shape from '../shapes/stage.ts';
import { written } from '../sse.ts';
import { withUpload } from '../upload.ts';
import { inProgramme, mustOwn } from './programmes.ts';
import { inStage, STAGE } from './stages.ts';

const SUBMISSION = '/api/programmes/{programme}/submissions/{submission}';

export function addSubmissions(api: Api, context: Context): void {
  /** Consortia that are sending one now: many at once would fill the disk. */
  const sending = new Set<string>();
  interface Given {
    consortium: string;
    /** Where it was made. */
    cluster?: string | undefined;
  }
  const take = async (name: string, path: string, stage: string, { consortium, cluster }: Given, viewer: Viewer) => {
    const { programme, files } = shownAs(context, name);
    const { submission, digest, bytes } = await submit(programme, files, {
      path,
      stage,
      consortium,
      ...(cluster !== undefined && { cluster }),
      actor: actorOf(viewer),
      signal: context.signal,
    });
    return { submission, digest, bytes };
  };

  api.on(
    {
      method: 'post',
      path: `${STAGE}/submissions`,
      summary: 'Submit a bundle',
      who: ['office', 'consortium'],
      params: inStage,
      query: z.object({ consortium: id, cluster: id.optional() }),
      takes: 'application/x-tar',
      answer: shape.submitted,
    },
    async ({ params, query, viewer, c }) => {
      mustOwn(viewer, query.consortium);
      const { programme, files } = shownAs(context, params.programme);
      // What would be refused anyway is told before it comes.
      openStage(programme.tables, params.stage, query.consortium);
      if (query.cluster !== undefined) existingCluster(programme.tables, query.cluster);
      const { limits } = bookOfStage(programme.tables, params.stage);
      if (!limits) throw noLimits(params.stage);
      const sender = `${params.programme} ${query.consortium}`;
      if (sending.has(sender)) throw atWork(query.consortium);
      sending.add(sender);
      try {
        return await withUpload(c.req.raw.body, { files, most: limits.bundleBytes }, (file) =>
          take(params.programme, file, params.stage, query, viewer),
        );
      } catch (error) {
        throw placeless(error, files, 'the upload');
      } finally {
        sending.delete(sender);
      }
    },
  );
  api.on(
    {
      method: 'post',
      path: `${STAGE}/submissions/run`,
      summary: "Submit a run of the server's machine",
      who: ['office'],
      params: inStage,
      body: shape.submitRun,
      answer: shape.submitted,
    },
    ({ params, body, viewer }) => take(params.programme, context.runs.folder(body.run), params.stage, body, viewer),
  );

  const inSubmission = inProgramme.extend({ submission: id });
  api.on(
    {
      method: 'get',
      path: SUBMISSION,
      summary: 'A submission',
      who: EVERYBODY,
      params: inSubmission,
      answer: shape.submissionPage,
    },
    ({ params, viewer }) => pageOf(shownAs(context, params.programme).programme, params.submission, viewer),
  );
  api.on(
    {
      method: 'get',
      path: `${SUBMISSION}/curve`,
      summary: 'The curve of its run, as its audit read it',
      who: EVERYBODY,
      params: inSubmission,
      answer: curve,
    },
    async ({ params, viewer }) => {
      const { programme } = shownAs(context, params.programme);
      const row = rowOf(programme, params.submission);
      if (!seesAudit(viewer, programme.tables, row)) throw notPublic(params.submission);
      const points = await curveOf(programme, params.submission);
      const last = points.step.at(-1) ?? 0;
      return {
        first: points.step[0] ?? 0,
        last,
        every: Math.max(1, Math.ceil(last / points.step.length)),
        steps: last,
        damaged: null,
        ...points,
        validations: [],
      };
    },
  );
  api.on(
    {
      method: 'post',
      path: `${SUBMISSION}/audits`,
      summary: 'Hand in a signed audit of it',
      who: AUDITORS,
      params: inSubmission,
      body: audits.report,
      maxBody: FILE,
      answer: audits.joined,
    },
    ({ params: { programme: name, submission }, body, viewer }) => {
      const { programme } = shownAs(context, name);
      const by = partyOf(viewer, programme, rowOf(programme, submission), body.by);
      return handIn(programme, { submission, by, report: body.report }, actorOf(viewer));
    },
  );
  api.on(
    {
      method: 'post',
      path: `${SUBMISSION}/audit-parts`,
      summary: 'Ask for a part that nobody has trained again',
      who: AUDITORS,
      params: inSubmission,
      body: audits.partAsked,
      answer: audits.partGiven,
    },
    async ({ params: { programme: name, submission }, body: { share, by: given }, viewer }) => {
      const { programme } = shownAs(context, name);
      const row = rowOf(programme, submission);
      const by = partyOf(viewer, programme, row, given);
      const part = await givePart(programme, submission, { by, share }, actorOf(viewer));
      return { part, command: part && auditCommand(submission, part), bundle: String(row.digest) };
    },
  );
  api.on(
    {
      method: 'post',
      path: `${SUBMISSION}/continue`,
      summary: 'Have its model go on with a text',
      who: EVERYBODY,
      params: inSubmission,
      body: continuation,
      maxBody: TEXT,
      gives: 'text/event-stream',
    },
    ({ params, body, viewer, c }) => {
      const { programme, files } = shownAs(context, params.programme);
      if (!mayContinue(viewer, programme, rowOf(programme, params.submission))) throw notPublic(params.submission);
      const model = modelOf(programme, files, params.submission);
      return written(c, (onText, signal) =>
        context.runs.models.ask(model, body, onText, signal).catch((error) => {
          throw placeless(error, files, params.submission);
        }),
      );
    },
  );
}

function rowOf({ tables }: Programme, submission: string): Row<'submissions'> {
  const row = tables.get('submissions', submission);
  if (row) return row;
  throw new JikjiError('submission-unknown', 'there is no submission of this name', submission, 'look at the stage');
}

/** Who may hand in audits, of what they see: never whose submission it is. */
const AUDITORS = ['office', 'auditor', 'consortium'] as const;

/** Whether this viewer may audit a submission that has what others can audit. */
function mayAudit(viewer: Viewer, { tables }: Programme, row: Row<'submissions'>): boolean {
  const evidence = tables.get('audits', row.id)?.reach?.evidence ?? null;
  return (
    (AUDITORS as readonly string[]).includes(viewer.role) &&
    !ownsSubmission(viewer, row) &&
    seesAudit(viewer, tables, row) &&
    row.status === 'audited' &&
    evidence !== null
  );
}

/** Whose report or part it is: the viewer's own, or, by the office's word, somebody else's. */
function partyOf(viewer: Viewer, { tables }: Programme, row: Row<'submissions'>, given: string | undefined): string {
  if (!seesAudit(viewer, tables, row)) throw notPublic(String(row.id));
  const own =
    viewer.role === 'office'
      ? 'office'
      : viewer.role === 'consortium'
        ? `consortium:${viewer.consortium}`
        : `auditor:${viewer.user}`;
  if (ownsSubmission(viewer, row))
    throw new JikjiError('audit-own', 'a consortium does not audit its own submission', String(row.id), 'others do');
  if (given === undefined || given === own || viewer.role === 'office') return given ?? own;
  throw new JikjiError('forbidden', 'only the office speaks for others', given, `leave it out: you are ${own}`);
}

const noLimits = (stage: string) =>
  new JikjiError('no-limits', 'the rule book sets no limits: it is a record', stage, 'a record takes nothing in');

const atWork = (consortium: string) =>
  new JikjiError('too-many', 'a submission of this consortium is coming in already', consortium, 'wait until it is in');

const notPublic = (submission: string) =>
  new JikjiError(
    'not-public',
    'the rule book does not show this to you, or not yet',
    submission,
    'what is public when stands in the rule book',
  );

/** Whose it is may ask it, and the office; others where the rules make the weights public. Judges must not know whom they hear. */
const mayContinue = (viewer: Viewer, { tables }: Programme, row: Row<'submissions'>): boolean =>
  viewer.user !== null &&
  viewer.role !== 'evaluator' &&
  (ownsSubmission(viewer, row) || sees(viewer, tables, String(row.stage), 'weights'));

async function pageOf(
  programme: Programme,
  name: string,
  viewer: Viewer,
): Promise<z.input<typeof shape.submissionPage>> {
  const { tables } = programme;
  const row = rowOf(programme, name);
  const audit = seesAudit(viewer, tables, row);
  const scores = sees(viewer, tables, String(row.stage), 'scores');
  const found = audit ? tables.get('audits', name) : undefined;
  const status = String(row.status);
  return {
    id: name,
    stage: String(row.stage),
    consortium: String(row.consortium),
    consortiumName: tables.get('consortia', String(row.consortium))!.name as { en: string },
    kind: row.kind as 'bundle',
    status: audit ? status : status.split(':')[0]!,
    digest: String(row.digest),
    bytes: Number(row.bytes),
    received: await timeOf(programme, Number(row.receivedSeq)),
    maker: row.maker as string | null,
    audit: found
      ? {
          ...auditShown(tables, name)!,
          office: found.office as string | null,
          checks: found.checks as { name: string; verdict: string; detail: string }[],
        }
      : null,
    joined: audit ? joinedAudits(tables, name) : null,
    mayAudit: mayAudit(viewer, programme, row),
    evaluations: scores
      ? [...tables.of('evaluations', 'submission', name)].map(({ task, metric, value, stderr, n }) => ({
          task: String(task),
          metric: String(metric),
          value: Number(value),
          stderr: stderr as number | null,
          n: Number(n),
        }))
      : null,
    mayContinue: mayContinue(viewer, programme, row),
    withheld: [...(audit ? [] : (['audit'] as const)), ...(scores ? [] : (['scores'] as const))],
  };
}
