// Routes of a stage: pages and explanations; opening, closing, decision; entered scores, findings, appeals.

import { z } from 'zod';
import { explainScore, stageReportHtml } from '../../decision/index.ts';
import { ACTS, canSee, lackingToOpen, notPublic } from '../../office/index.ts';
import { requireRow } from '../../state/index.ts';
import { canSeeAll, thingsIn } from '../access.ts';
import { noteAccess } from '../access-notes.ts';
import { addAct } from '../act-route.ts';
import { TEXT } from '../body.ts';
import { cachedOutcome, cachedReport } from '../cached-reports.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { recorded } from '../shapes/common.ts';
import * as shape from '../shapes/stage.ts';
import { stagePageOf, thingsOnStagePage } from '../stage-page.ts';
import { PAGE_POLICY } from './decisions.ts';

export const STAGE = '/api/programmes/{programme}/stages/{stage}';

/** What an explanation of a score shows. */
const EXPLAINED = ['scores', 'forms', 'judgements'] as const;

export function addStages(api: Api): void {
  addAct(api, ACTS.openStage, { path: '/api/programmes/{programme}/stages', maxBody: TEXT, answer: shape.opened });

  api.on(
    'get /api/programmes/{programme}/opening',
    {
      summary: 'What a stage would lack if it were opened now: nothing is done',
      roles: ACTS.openStage.roles,
      query: z.object({ ruleBook: z.string().min(1).max(300).optional() }),
      answer: shape.lackingToOpen,
    },
    ({ tables, query }) => ({ lacking: lackingToOpen(tables, query.ruleBook) }),
  );

  api.on(`get ${STAGE}`, { summary: 'A stage', roles: EVERYBODY, answer: shape.stagePage }, async (asked) => {
    const page = await stagePageOf(asked.programme, asked.params.stage, asked.viewer);
    await noteAccess(api.context, asked, thingsOnStagePage(page));
    return page;
  });

  api.on(
    `get ${STAGE}/report`,
    {
      summary: "A stage's page for the public",
      roles: EVERYBODY,
      query: z.object({ lang: z.enum(['ko', 'en']).default('en') }),
      responseType: 'text/html',
    },
    async (asked) => {
      const { programme, tables, query, viewer, c } = asked;
      const { stage } = asked.params;
      requireRow(tables, 'stages', stage, 'stage');
      if (!canSee(viewer, tables, stage, 'scores')) throw notPublic(stage);
      await noteAccess(api.context, asked, thingsIn(tables, stage, ['scores']));
      c.header('Content-Security-Policy', PAGE_POLICY);
      return c.html(await stageReportHtml(await cachedReport(programme, stage), query.lang));
    },
  );

  api.on(
    `get ${STAGE}/explain/{consortium}`,
    {
      summary: 'From a score down to what it was worked out from',
      roles: EVERYBODY,
      query: z.object({ part: z.string().max(200).optional() }),
      answer: shape.explained,
    },
    async (asked) => {
      const { programme, tables, query, viewer } = asked;
      const { stage, consortium } = asked.params;
      requireRow(tables, 'stages', stage, 'stage');
      if (!canSeeAll(viewer, tables, stage, EXPLAINED)) throw notPublic(stage);
      await noteAccess(api.context, asked, thingsIn(tables, stage, EXPLAINED));
      const outcome = await cachedOutcome(programme, stage);
      const parts = query.part === undefined ? outcome.book.blocks.map((block) => `blocks.${block.id}`) : [query.part];
      const score = `${stage}/${consortium}`;
      const linesIn = (lang: 'en' | 'ko') =>
        parts.flatMap((part) => explainScore(tables, outcome, `${score}/${part}`, lang) ?? []);
      const lines = linesIn('en');
      if (lines.length > 0) return { lines, linesKo: linesIn('ko') };
      const wanted = `${score}/${query.part ?? ''}`;
      throw refuse.noScore(wanted);
    },
  );

  addAct(api, ACTS.setDates, { method: 'put', path: `${STAGE}/dates`, answer: recorded });
  addAct(api, ACTS.closeStage, {
    path: `${STAGE}/close`,
    answer: shape.closed,
    show: async (closed, programme) => ({ ...closed, unknown: (await cachedOutcome(programme, closed.stage)).unknown }),
  });
  addAct(api, ACTS.decide, { path: `${STAGE}/decide`, answer: shape.decided });
  addAct(api, ACTS.finishStage, { path: `${STAGE}/finish`, answer: shape.finished });

  addAct(api, ACTS.enterScore, { path: `${STAGE}/scores`, maxBody: TEXT, answer: recorded });
  addAct(api, ACTS.addFinding, { path: `${STAGE}/findings`, maxBody: TEXT, answer: shape.made });

  addAct(api, ACTS.rejectProposal, {
    path: `${STAGE}/proposals/{proposal}/reject`,
    maxBody: TEXT,
    answer: shape.rejected,
  });

  addAct(api, ACTS.fileAppeal, { path: `${STAGE}/appeals`, without: ['id'], maxBody: TEXT, answer: shape.made });
  addAct(api, ACTS.answerAppeal, { path: `${STAGE}/appeals/{appeal}`, maxBody: TEXT, answer: recorded });
}
