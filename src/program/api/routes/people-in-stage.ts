// What experts and evaluators do in a stage: forms, and comparisons without names.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { modelOf } from '../../intake/index.ts';
import { askJudge } from '../../judging/index.ts';
import { ACTS, formPart, sees } from '../../office/index.ts';
import { addAct } from '../act-route.ts';
import { TEXT } from '../body.ts';
import { type Context, shownAs } from '../context.ts';
import { placeless } from '../placeless.ts';
import type { Api } from '../route.ts';
import * as shape from '../shapes/stage.ts';
import { inStage, STAGE } from './stages.ts';

/** How much each of two models writes for a judge; the seed is the same for both. */
const COMPARED = { maxTokens: 80, temperature: 0.8, topK: 40, topP: 1, seed: 1377 };

export function addPeopleInStage(api: Api, context: Context): void {
  const part = z.string().min(1).max(200).optional();

  api.on(
    {
      method: 'get',
      path: `${STAGE}/form`,
      summary: 'A form to fill in',
      who: ['expert'],
      params: inStage,
      query: z.object({ part }),
      answer: shape.blankForm,
    },
    ({ params, query, viewer }) => {
      const { tables } = shownAs(context, params.programme).programme;
      const { path, title, source } = formPart(tables, params.stage, query.part);
      const own = [...tables.of('forms', 'stage', params.stage)].find(
        (row) => row.part === path && row.expert === viewer.user,
      );
      return {
        part: path,
        title,
        criteria: source.criteria,
        teams: (tables.get('stages', params.stage)!.consortia as string[]).map((id) => ({
          id,
          name: tables.get('consortia', id)!.name as { en: string },
        })),
        given: own ? String(own.commitment) : null,
      };
    },
  );
  addAct(api, context, ACTS.giveForm, { path: `${STAGE}/forms`, maxBody: TEXT, answer: shape.given });

  api.on(
    {
      method: 'post',
      path: `${STAGE}/questions`,
      summary: "Two teams' answers to a text, without their names",
      who: ['evaluator'],
      params: inStage,
      body: shape.question,
      maxBody: TEXT,
      answer: shape.asked,
    },
    ({ params, body: { prompt }, viewer, c }) => {
      const { programme, files } = shownAs(context, params.programme);
      const signal = AbortSignal.any([context.signal, c.req.raw.signal]);
      return askJudge(programme, { stage: params.stage, judge: viewer.user!, prompt }, async (submission) => {
        try {
          const model = modelOf(programme, files, submission);
          const { text, ended } = await context.runs.models.ask(model, { prompt, ...COMPARED }, () => {}, signal);
          // What was broken off is no answer to compare, and nobody is there to be asked.
          if (ended === 'stopped') throw new JikjiError('stopping', 'the question was broken off', model, 'ask again');
          return text;
        } catch (error) {
          throw placeless(error, files, 'one of the two models'); // which one would name a team
        }
      });
    },
  );
  addAct(api, context, ACTS.answerQuestion, {
    path: '/api/programmes/{programme}/questions/{question}',
    answer: shape.answered,
    show: ({ stage, ...teams }, { tables }, viewer) =>
      sees(viewer, tables, stage, 'judgements') ? teams : { first: null, second: null },
  });
}
