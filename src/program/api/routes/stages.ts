// A stage for those who look at it, and what is done in it: opened, closed, decided, made final; figures, findings, appeals.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { explainScore, stageReportHtml } from '../../decision/index.ts';
import { ACTS, notPublic, sees } from '../../office/index.ts';
import { bookOfStage } from '../../state/index.ts';
import { seesAll } from '../access.ts';
import { addAct } from '../act-route.ts';
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
  const open = (name: string) => shownAs(context, name).programme;

  addAct(api, context, ACTS.openStage, {
    path: '/api/programmes/{programme}/stages',
    maxBody: TEXT,
    answer: shape.opened,
  });

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
      bookOfStage(programme.tables, params.stage); // or there is no such stage
      if (!sees(viewer, programme.tables, params.stage, 'scores')) throw notPublic(params.stage);
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
      bookOfStage(tables, stage);
      if (!seesAll(viewer, tables, stage, ['scores', 'forms', 'judgements'])) throw notPublic(stage);
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

  addAct(api, context, ACTS.closeStage, {
    path: `${STAGE}/close`,
    answer: shape.closed,
    show: async ({ stage, ...closed }, programme) => {
      const { unknown } = await outcomeNow(programme, stage);
      return { ...closed, unknown };
    },
  });
  addAct(api, context, ACTS.decide, { path: `${STAGE}/decide`, answer: shape.decided });
  addAct(api, context, ACTS.finishStage, { path: `${STAGE}/finish`, answer: shape.finished });

  addAct(api, context, ACTS.enterScore, { path: `${STAGE}/scores`, maxBody: TEXT, answer: recorded });
  addAct(api, context, ACTS.addFinding, { path: `${STAGE}/findings`, maxBody: TEXT, answer: shape.made });

  addAct(api, context, ACTS.fileAppeal, {
    path: `${STAGE}/appeals`,
    without: ['id'],
    maxBody: TEXT,
    answer: shape.made,
  });
  addAct(api, context, ACTS.answerAppeal, { path: `${STAGE}/appeals/{appeal}`, maxBody: TEXT, answer: recorded });
}
