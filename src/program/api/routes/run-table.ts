// Routes of the page of runs: the table page by page, tags, curves of several runs, differences of their recipes. As the runs themselves they
// are the office's.

import type { Api } from '../route.ts';
import * as shape from '../shapes/runs.ts';

export function addRunTable(api: Api): void {
  const { runs } = api.context;
  const office = { roles: ['office'] } as const;

  api.on(
    'get /api/run-table',
    {
      ...office,
      summary: 'Runs made on this machine: filtered, sorted, one page of them, with sketches of their losses',
      query: shape.runTableQuery,
      answer: shape.runTable,
    },
    ({ query: { order, ...query } }) => runs.tables.table({ ...query, descending: order === 'down' }),
  );
  api.on(
    'post /api/run-tags',
    { ...office, summary: 'Add a tag to runs, or take it away', body: shape.tagRuns, answer: shape.tagged },
    ({ body }) => ({ changed: runs.tag(body.runs, body.tag, body.on) }),
  );
  api.on(
    'get /api/run-curves',
    {
      ...office,
      summary: 'Curves of several runs over steps, tokens or time, smoothed if asked',
      query: shape.overlayQuery,
      answer: shape.overlaidCurves,
    },
    ({ query: { runs: ids, weight, ...query } }) => runs.overlays.curves(ids, { ...query, weight }),
  );
  api.on(
    'get /api/run-differences',
    {
      ...office,
      summary: 'Where the recipes of several runs differ',
      query: shape.differencesQuery,
      answer: shape.recipeDifferences,
    },
    ({ query }) => runs.differences(query.runs),
  );
}
