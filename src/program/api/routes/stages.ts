// A stage for those who look at it, and the office's acts: open, close, decide, finish, figures, findings.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { explainScore, stageReportHtml } from '../../decision/index.ts';
import {
  closeStage,
  decide,
  enterScore,
  type Figure,
  finishStage,
  lackingOf,
  openStage,
  signedFinding,
  takesNew,
} from '../../office/index.ts';
import { bookOfStage, freeId } from '../../state/index.ts';
import { actorOf, sees, seesAll } from '../access.ts';
import { TEXT } from '../body.ts';
import { type Context, shownAs } from '../context.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { id, recorded } from '../shapes/common.ts';
import * as shape from '../shapes/stage.ts';
import { stagePageOf } from '../stage-page.ts';
import { outcomeNow, reportNow } from '../worked-out.ts';
import { inProgramme } from './programmes.ts';

export const inStage = inProgramme.extend({ stage: id });
export const STAGE = '/api/programmes/{programme}/stages/{stage}';

export function addStages(api: Api, context: Context): void {
  const { office } = context;
  const open = (name: string) => shownAs(context, name).programme;

  api.on(
    {
      method: 'post',
      path: '/api/programmes/{programme}/stages',
      summary: 'Open a stage by a registered rule book',
      who: ['office'],
      params: inProgramme,
      body: shape.openStage,
      maxBody: TEXT,
      answer: shape.opened,
    },
    async ({ params, body, viewer }) => {
      const { ruleBook, consortia, ...rest } = body;
      const opening = { ...rest, ...(ruleBook !== undefined && { ruleBook }), ...(consortia && { consortia }) };
      const warnings = await openStage(
        open(params.programme),
        opening as Parameters<typeof openStage>[1],
        actorOf(viewer),
      );
      return { id: body.id, warnings };
    },
  );

  api.on(
    { method: 'get', path: STAGE, summary: 'A stage', who: EVERYBODY, params: inStage, answer: shape.stagePage },
    ({ params, viewer }) => stagePageOf(open(params.programme), params.stage, viewer),
  );

  api.on(
    {
      method: 'get',
      path: `${STAGE}/report`,
      summary: "A stage's page for the public",
      who: EVERYBODY,
      params: inStage,
      query: z.object({ lang: z.enum(['ko', 'en']).default('en') }),
      gives: 'text/html',
    },
    async ({ params, query, viewer, c }) => {
      const programme = open(params.programme);
      mustBePublic(sees(viewer, programme.tables, known(programme.tables, params.stage), 'scores'), params.stage);
      // A page of its own, with styles of its own: not under this server's rule that forbids them.
      c.header(
        'Content-Security-Policy',
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
      );
      return c.html(await stageReportHtml(await reportNow(programme, params.stage), query.lang));
    },
  );

  api.on(
    {
      method: 'get',
      path: `${STAGE}/explain/{consortium}`,
      summary: 'From a score down to what it was worked out from',
      who: EVERYBODY,
      params: inStage.extend({ consortium: id }),
      query: z.object({ part: z.string().max(200).optional() }),
      answer: shape.explained,
    },
    async ({ params: { programme: name, stage, consortium }, query, viewer }) => {
      const programme = open(name);
      const { tables } = programme;
      known(tables, stage);
      mustBePublic(seesAll(viewer, tables, stage, ['scores', 'forms', 'judgements']), stage);
      const outcome = await outcomeNow(programme, stage);
      const parts = query.part === undefined ? outcome.book.blocks.map((block) => `blocks.${block.id}`) : [query.part];
      const lines = parts.flatMap((part) => explainScore(tables, outcome, `${stage}/${consortium}/${part}`) ?? []);
      if (lines.length === 0)
        throw new JikjiError(
          'score-unknown',
          'there is no such score',
          `${stage}/${consortium}/${query.part ?? ''}`,
          'look at the stage',
        );
      return { lines };
    },
  );

  api.on(
    {
      method: 'post',
      path: `${STAGE}/close`,
      summary: 'Close a stage: forms are revealed, the log is signed',
      who: ['office'],
      params: inStage,
      body: shape.close,
      answer: shape.closed,
    },
    async ({ params, body, viewer }) => {
      const programme = open(params.programme);
      takesNew(programme.tables);
      const lacking = lackingOf(programme.tables, known(programme.tables, params.stage));
      if (lacking.length > 0 && !body.anyway)
        throw new JikjiError(
          'stage-lacking',
          `the rule book asks for more: ${lacking.slice(0, 6).join('; ')}`,
          params.stage,
          'see to it, or close the stage as it is',
        );
      await closeStage(programme, await office.signer(programme.tables), params.stage, actorOf(viewer));
      const { unknown } = await outcomeNow(programme, params.stage);
      return { ...programme.head, lacking, unknown };
    },
  );
  api.on(
    {
      method: 'post',
      path: `${STAGE}/decide`,
      summary: 'Decide a closed stage by its rule book, signed',
      who: ['office'],
      params: inStage,
      answer: shape.decided,
    },
    async ({ params, viewer }) => {
      const programme = open(params.programme);
      known(programme.tables, params.stage);
      const { kept, out, undecided } = await decide(
        programme,
        await office.signer(programme.tables),
        params.stage,
        actorOf(viewer),
      );
      return { kept, out, undecided };
    },
  );
  api.on(
    {
      method: 'post',
      path: `${STAGE}/finish`,
      summary: 'Make a decision final: appeals end, who is out leaves, and the next stage may open',
      who: ['office'],
      params: inStage,
      answer: shape.finished,
    },
    async ({ params, viewer }) => ({
      dropped: await finishStage(open(params.programme), params.stage, actorOf(viewer)),
    }),
  );

  api.on(
    {
      method: 'post',
      path: `${STAGE}/scores`,
      summary: 'Enter a figure that others measured',
      who: ['office'],
      params: inStage,
      body: shape.score,
      maxBody: TEXT,
      answer: recorded,
    },
    async ({ params: { programme: name, stage }, body, viewer }) => {
      const { seq } = await enterScore(open(name), { stage, ...body } as Figure, actorOf(viewer));
      return { seq };
    },
  );
  api.on(
    {
      method: 'post',
      path: `${STAGE}/findings`,
      summary: "The panel's word on a component of a team's model, signed",
      who: ['office'],
      params: inStage,
      body: shape.finding,
      maxBody: TEXT,
      answer: shape.made,
    },
    async ({ params: { programme: name, stage }, body, viewer }) => {
      const programme = open(name);
      known(programme.tables, stage);
      const signer = await office.signer(programme.tables);
      return { id: await signedFinding(programme, signer, { stage, ...body }, actorOf(viewer)) };
    },
  );

  api.on(
    {
      method: 'post',
      path: `${STAGE}/appeals`,
      summary: 'Appeal against a decision',
      who: ['consortium'],
      params: inStage,
      body: shape.appeal,
      maxBody: TEXT,
      answer: shape.made,
    },
    async ({ params: { programme: name, stage }, body, viewer }) => {
      const programme = open(name);
      const consortium = String(viewer.consortium);
      let id = '';
      // Looked at when it is its turn: however many are sent at once, one is open, and the office can come to an end.
      await programme.recordOnce(actorOf(viewer), (tables) => {
        const open = [...tables.of('appeals', 'stage', stage)].find(
          (row) => row.consortium === consortium && row.outcome === null,
        );
        if (open)
          throw new JikjiError('appeal-open', 'your appeal has no answer yet', String(open.id), 'wait for its answer');
        id = freeId(tables, 'appeals', `appeal-${stage}-${consortium}`);
        return [{ kind: 'appeal-filed', data: { id, stage, consortium, text: body.text } }];
      });
      return { id };
    },
  );
  api.on(
    {
      method: 'post',
      path: `${STAGE}/appeals/{appeal}`,
      summary: 'Answer an appeal',
      who: ['office'],
      params: inStage.extend({ appeal: id }),
      body: shape.appealAnswer,
      maxBody: TEXT,
      answer: recorded,
    },
    async ({ params, body, viewer }) => {
      const programme = open(params.programme);
      if (programme.tables.get('appeals', params.appeal)?.stage !== params.stage)
        throw new JikjiError(
          'appeal-unknown',
          'there is no such appeal in this stage',
          params.appeal,
          'look at the stage',
        );
      const [entry] = await programme.record(actorOf(viewer), [
        { kind: 'appeal-answered', data: { appeal: params.appeal, ...body } },
      ]);
      return { seq: entry!.seq };
    },
  );
}

/** The stage, which is there. @throws JikjiError `stage-unknown` */
function known(tables: Parameters<typeof bookOfStage>[0], stage: string): string {
  bookOfStage(tables, stage);
  return stage;
}

function mustBePublic(seen: boolean, stage: string): void {
  if (!seen)
    throw new JikjiError(
      'not-public',
      'the rule book does not show this to you, or not yet',
      stage,
      'what is public when stands in the rule book',
    );
}
