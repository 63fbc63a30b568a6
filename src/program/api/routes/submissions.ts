// Submissions: sent as a bundle or taken from a run of this machine, looked at, asked to go on with a text.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { auditShown, curveOf, joinedAudits } from '../../audits/index.ts';
import { modelOf } from '../../intake/index.ts';
import { ACTS, AUDITORS, notPublic, ownsSubmission, sees, seesAudit, timeOf } from '../../office/index.ts';
import type { Programme } from '../../programme/index.ts';
import type { Row } from '../../state/index.ts';
import type { Viewer } from '../../users/index.ts';
import { addAct, byOf } from '../act-route.ts';
import { FILE, TEXT } from '../body.ts';
import { type Context, shownAs } from '../context.ts';
import { placeless } from '../placeless.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as audits from '../shapes/audits.ts';
import { id } from '../shapes/common.ts';
import { continuation, curve } from '../shapes/runs.ts';
import * as shape from '../shapes/stage.ts';
import { written } from '../sse.ts';
import { piecesOf } from '../upload.ts';
import { inProgramme } from './programmes.ts';
import { inStage, STAGE } from './stages.ts';

const SUBMISSION = '/api/programmes/{programme}/submissions/{submission}';

export function addSubmissions(api: Api, context: Context): void {
  /** Consortia that are sending one now: many at once would fill the disk. */
  const sending = new Set<string>();

  api.on(
    {
      method: 'post',
      path: `${STAGE}/submissions`,
      summary: ACTS.submit.summary,
      who: ACTS.submit.who,
      params: inStage,
      query: z.object({ consortium: id, cluster: id.optional() }),
      takes: 'application/x-tar',
      answer: shape.submitted,
    },
    async ({ params: { programme: name, stage }, query, viewer, c }) => {
      const shown = shownAs(context, name);
      const sender = `${name} ${query.consortium}`;
      if (sending.has(sender)) throw atWork(query.consortium);
      sending.add(sender);
      try {
        const given = { stage, ...query, path: 'the upload', pieces: piecesOf(c.req.raw.body) };
        return shape.submitted.parse(await ACTS.submit.run(shown.programme, given, byOf(context, shown, viewer)));
      } catch (error) {
        const { files } = shown;
        const isAboutFile = !(error instanceof JikjiError) || error.input.includes(files);
        throw placeless(error, files, isAboutFile ? 'the upload' : error.input);
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
    async ({ params: { programme: name, stage }, body: { run, ...rest }, viewer }) => {
      const shown = shownAs(context, name);
      const given = { stage, ...rest, path: context.runs.folder(run) };
      return shape.submitted.parse(await ACTS.submit.run(shown.programme, given, byOf(context, shown, viewer)));
    },
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
  addAct(api, context, ACTS.handInAudit, { path: `${SUBMISSION}/audits`, maxBody: FILE, answer: audits.joined });
  addAct(api, context, ACTS.takeAuditPart, { path: `${SUBMISSION}/audit-parts`, answer: audits.partGiven });
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

/** Whether this viewer may audit a submission that has what others can audit. */
function mayAudit(viewer: Viewer, { tables }: Programme, row: Row<'submissions'>): boolean {
  const evidence = tables.get('audits', row.id)?.reach?.evidence ?? null;
  return (
    AUDITORS.includes(viewer.role) &&
    !ownsSubmission(viewer, row) &&
    seesAudit(viewer, tables, row) &&
    row.status === 'audited' &&
    evidence !== null
  );
}

const atWork = (consortium: string) =>
  new JikjiError('too-many', 'a submission of this consortium is coming in already', consortium, 'wait until it is in');

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
