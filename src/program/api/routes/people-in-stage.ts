// Routes for experts and evaluators in a stage: forms, and blind comparisons.

import { z } from 'zod';
import { JikjiError, parseJson } from '../../../base/index.ts';
import { lackingModels } from '../../due/index.ts';
import { modelOf } from '../../intake/index.ts';
import { askJudge } from '../../judging/index.ts';
import { ACTS, canSee, formPart } from '../../office/index.ts';
import type { ModelRequest } from '../../runs/index.ts';
import { assignedTo, expertKey, interestsOf, type Row, type Tables } from '../../state/index.ts';
import type { Viewer } from '../../users/index.ts';
import { addAct } from '../act-route.ts';
import { TEXT } from '../body.ts';
import { withoutFolder } from '../errors.ts';
import type { Api } from '../route.ts';
import { recorded } from '../shapes/common.ts';
import * as shape from '../shapes/stage.ts';
import { consortiaOf } from '../stage-page.ts';
import { STAGE } from './stages.ts';

/** Sampling of both models in a blind comparison; the seed is the same for both. */
const COMPARED = { temperature: 0.8, top_k: 40, seed: 1377 };
const MAX_TOKENS = 80;

/** What a model says to a text: its answer in the form of its chat template, or its continuation where it is a base model. */
async function said(ask: (request: ModelRequest) => Promise<Response>, prompt: string): Promise<string> {
  try {
    const messages = [{ role: 'user', content: prompt }];
    const body = { messages, ...COMPARED, max_completion_tokens: MAX_TOKENS };
    const answer = await ask({ path: '/v1/chat/completions', body });
    const { choices } = parseJson(await answer.text()) as { choices: [{ message: { content: string } }] };
    return choices[0].message.content;
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'not-tuned')) throw error;
    const answer = await ask({ path: '/v1/completions', body: { prompt, ...COMPARED, max_tokens: MAX_TOKENS } });
    const { choices } = parseJson(await answer.text()) as { choices: [{ text: string }] };
    return choices[0].text;
  }
}

/** Organisations that lead a team of the stage or are members of one. */
function organisationsOf(tables: Tables, stage: string): Row<'organisations'>[] {
  const teams = tables.get('stages', stage)!.consortia.map((team) => tables.get('consortia', team)!);
  const names = teams.flatMap(({ lead, members }) => [lead, ...(members === 'not recorded' ? [] : members)]);
  return [...new Set(names)].flatMap((name) => tables.get('organisations', name) ?? []);
}

/** An expert with an interest in a team of the stage sees nothing of the form. */
function blankForm(
  tables: Tables,
  stage: string,
  wanted: string | undefined,
  viewer: Viewer,
): z.input<typeof shape.blankForm> {
  const { path: part, title, source } = formPart(tables, stage, wanted);
  const expert = viewer.user!;
  const form = tables.of('forms', 'stage', stage).find((row) => row.part === part && row.expert === expert);
  const about = { part, title, given: form?.commitment ?? null };
  const assigned = assignedTo(tables, stage, part);
  const declared = tables.get('experts', expertKey(stage, expert))?.interests;
  const interests = interestsOf(tables, stage, expert);
  const isOut = interests.length > 0 || (assigned.length > 0 && !assigned.includes(expert));
  const state = interests.length > 0 ? 'interested' : isOut ? 'unassigned' : declared ? 'open' : 'undeclared';
  const teams = consortiaOf(tables, stage);
  const organisations = state === 'undeclared' ? organisationsOf(tables, stage) : [];
  const lacking = isOut ? [] : lackingModels(tables, stage);
  return { ...about, state, criteria: isOut ? [] : source.criteria, teams, organisations, lacking };
}

export function addPeopleInStage(api: Api): void {
  const { signal, runs } = api.context;
  const part = z.string().min(1).max(200).optional();

  api.on(
    `get ${STAGE}/form`,
    { summary: 'A form to fill in', roles: ['expert'], query: z.object({ part }), answer: shape.blankForm },
    ({ tables, params, query, viewer }) => blankForm(tables, params.stage, query.part, viewer),
  );
  addAct(api, ACTS.assignExpert, { path: `${STAGE}/experts`, answer: recorded });
  addAct(api, ACTS.releaseExpert, { path: `${STAGE}/experts/{expert}/release`, answer: recorded });
  addAct(api, ACTS.declareInterests, { path: `${STAGE}/interests`, maxBody: TEXT, answer: recorded });
  addAct(api, ACTS.giveForm, { path: `${STAGE}/forms`, maxBody: TEXT, answer: shape.given });

  api.on(
    `post ${STAGE}/questions`,
    {
      summary: "Two teams' answers to a text, without their names",
      roles: ['evaluator'],
      body: shape.question,
      maxBody: TEXT,
      answer: shape.asked,
    },
    ({ programme, files, params, body: { prompt }, viewer, c }) => {
      const ending = AbortSignal.any([signal, c.req.raw.signal]);
      return askJudge(programme, { stage: params.stage, judge: viewer.user!, prompt }, async (submission, text) => {
        try {
          const model = modelOf(programme, files, submission);
          return await said((request) => runs.models.ask(model, request, ending), text);
        } catch (error) {
          throw withoutFolder(error, files, 'one of the two models'); // its folder would identify the team
        }
      });
    },
  );
  addAct(api, ACTS.answerQuestion, {
    path: '/api/programmes/{programme}/questions/{question}',
    answer: shape.answered,
    show: ({ stage, ...teams }, { tables }, viewer) =>
      canSee(viewer, tables, stage, 'judgements') ? teams : { first: null, second: null },
  });
}
