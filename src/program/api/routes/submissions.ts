// Routes of submissions: uploads of bundles, runs of this machine, pages, curves, audits, continuation of a text.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { auditShown, curveOf, joinedAudits, joinedShape } from '../../audits/index.ts';
import type { SealedThing } from '../../housekeeping/index.ts';
import { modelOf } from '../../intake/index.ts';
import { ACTS, AUDITORS, canSee, canSeeAudit, isOwnSubmission, notPublic } from '../../office/index.ts';
import { hasEvidence, type Row, requireRow, sameFiles, type Tables } from '../../state/index.ts';
import type { Viewer } from '../../users/index.ts';
import { thingsIn } from '../access.ts';
import { auditsIn, noteAccess } from '../access-notes.ts';
import { addAct, byOf } from '../act-route.ts';
import { FILE, TEXT } from '../body.ts';
import { withoutFolder } from '../errors.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { id } from '../shapes/common.ts';
import { completion, curve } from '../shapes/runs.ts';
import * as shape from '../shapes/stage.ts';
import { streamAnswer } from '../sse.ts';
import { submissionRow } from '../stage-page.ts';
import { piecesOf } from '../upload.ts';
import { STAGE } from './stages.ts';

const SUBMISSION = '/api/programmes/{programme}/submissions/{submission}';

export function addSubmissions(api: Api): void {
  const { context } = api;
  /** Consortia whose upload is in progress: parallel uploads could fill the disk. */
  const sending = new Set<string>();

  api.on(
    `post ${STAGE}/submissions`,
    {
      summary: ACTS.submit.summary,
      roles: ACTS.submit.roles,
      query: z.object({ consortium: id, cluster: id.optional() }),
      requestType: 'application/x-tar',
      answer: shape.submitted,
    },
    async ({ params: { programme: name, stage }, query, viewer, c, ...place }) => {
      const sender = `${name} ${query.consortium}`;
      if (sending.has(sender)) throw refuse.uploadRunning(query.consortium);
      sending.add(sender);
      try {
        const pieces = piecesOf(c.req.raw.body, c.get('remains'));
        const given = { stage, ...query, path: 'the upload', pieces };
        return await ACTS.submit.run(place.programme, given, byOf(context, place, viewer));
      } catch (error) {
        const { files } = place;
        const isAboutFile = !(error instanceof JikjiError) || error.input.includes(files);
        throw withoutFolder(error, files, isAboutFile ? 'the upload' : error.input);
      } finally {
        sending.delete(sender);
      }
    },
  );
  api.on(
    `post ${STAGE}/submissions/run`,
    {
      summary: "Submit a run of the server's machine",
      roles: ['office'],
      body: shape.submitRun,
      answer: shape.submitted,
    },
    ({ params: { stage }, body: { run, ...rest }, viewer, ...place }) => {
      const given = { stage, ...rest, path: context.runs.folder(run) };
      return ACTS.submit.run(place.programme, given, byOf(context, place, viewer));
    },
  );

  api.on(
    `get ${SUBMISSION}`,
    { summary: 'A submission', roles: EVERYBODY, answer: shape.submissionPage },
    async (asked) => {
      const page = pageOf(asked.tables, asked.params.submission, asked.viewer);
      const scores = page.evaluations?.length ? thingsIn(asked.tables, page.stage, ['scores']) : [];
      await noteAccess(context, asked, [...auditsIn([page] as Parameters<typeof auditsIn>[0]), ...scores]);
      return page;
    },
  );
  api.on(
    `get ${SUBMISSION}/curve`,
    { summary: 'The curve of its run, as its audit read it', roles: EVERYBODY, answer: curve },
    async (asked) => {
      const { programme, tables, params, viewer } = asked;
      const row = requireRow(tables, 'submissions', params.submission, 'submission');
      if (!canSeeAudit(viewer, tables, row)) throw notPublic(params.submission);
      await noteAccess(context, asked, [{ what: 'audit', of: row.id }]);
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
  const audited = ({ submission }: { submission: string }): SealedThing[] => [{ what: 'audit', of: submission }];
  addAct(api, ACTS.handInAudit, { path: `${SUBMISSION}/audits`, maxBody: FILE, answer: joinedShape, shows: audited });
  addAct(api, ACTS.takeAuditPart, { path: `${SUBMISSION}/audit-parts`, answer: shape.partGiven, shows: audited });
  api.on(
    `post ${SUBMISSION}/completions`,
    {
      summary: 'Have its model go on with a text',
      roles: EVERYBODY,
      body: completion,
      maxBody: TEXT,
      responseType: 'text/event-stream',
    },
    async (asked) => {
      const { programme, files, tables, params, body, viewer, c } = asked;
      const row = requireRow(tables, 'submissions', params.submission, 'submission');
      if (!mayContinue(viewer, tables, row)) throw notPublic(params.submission);
      await noteAccess(context, asked, [{ what: 'weights', of: row.id }]);
      const model = modelOf(programme, files, params.submission);
      return streamAnswer(
        c,
        (ending) => context.runs.models.stream(model, { path: '/v1/completions', body }, ending),
        (error) => withoutFolder(error, files, params.submission),
      );
    },
  );
}

/** Whether this viewer may audit a submission, and the submission has evidence to audit. */
function mayAudit(viewer: Viewer, tables: Tables, row: Row<'submissions'>): boolean {
  return (
    AUDITORS.includes(viewer.role) &&
    !isOwnSubmission(viewer, row) &&
    canSeeAudit(viewer, tables, row) &&
    row.status === 'audited' &&
    hasEvidence(tables, row.id)
  );
}

/** The office and the owner may use the model; others if the rule book publishes weights. Judges never: their comparisons are blind. */
const mayContinue = (viewer: Viewer, tables: Tables, row: Row<'submissions'>): boolean =>
  viewer.user !== null &&
  viewer.role !== 'evaluator' &&
  !tables.get('audits', row.id)?.witness &&
  (isOwnSubmission(viewer, row) || canSee(viewer, tables, row.stage, 'weights'));

type Page = z.input<typeof shape.submissionPage>;

function pageOf(tables: Tables, submission: string, viewer: Viewer): Page {
  const row = requireRow(tables, 'submissions', submission, 'submission');
  const audit = canSeeAudit(viewer, tables, row);
  const scores = canSee(viewer, tables, row.stage, 'scores');
  const found = audit ? tables.get('audits', submission) : undefined;
  return {
    ...submissionRow(tables, row, viewer),
    stageTitle: tables.get('stages', row.stage)!.title,
    consortiumName: tables.get('consortia', row.consortium)!.name,
    sameRun: sameFiles(tables, row).map(({ id, stage }) => ({
      id,
      stage,
      stageTitle: tables.get('stages', stage)!.title,
    })),
    audit: found ? { ...auditShown(tables, submission)!, office: found.office, checks: found.checks } : null,
    joined: audit ? joinedAudits(tables, submission) : null,
    mayAudit: mayAudit(viewer, tables, row),
    evaluations: scores ? tables.of('evaluations', 'submission', submission) : null,
    mayContinue: mayContinue(viewer, tables, row),
    withheld: [...(audit ? [] : (['audit'] as const)), ...(scores ? [] : (['scores'] as const))],
  };
}
