// A decision at an address that lasts, for everybody to link to: a page, and its data as JSON and CSV. Whoever asks sees what the public sees.

import { z } from 'zod';
import { type StageReport, stageReportHtml } from '../../decision/index.ts';
import { csvLine } from '../../housekeeping/index.ts';
import { canSee, notPublic } from '../../office/index.ts';
import type { Programme } from '../../programme/index.ts';
import { decisionParts, requireRow, statusOf } from '../../state/index.ts';
import { NOBODY } from '../../users/index.ts';
import { canSeeAll } from '../access.ts';
import { cachedReport } from '../cached-reports.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';

const DECISION = '/decisions/{programme}/{stage}';
const FORMAT_VERSION = 1 as const;
/** With the members of the stage's report. */
const data = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  /** The decision's document and the office's signature on it; null where not all that it cites is public. */
  signed: z.object({ document: z.string(), envelope: z.string(), digest: z.string() }).nullable(),
});
/** The page has its styles in itself, which the server's own policy forbids. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** Whether a browser asks for a decision's page, and not a program. */
export const wantsPage = (path: string, accept: string | undefined): boolean =>
  /^\/decisions\/[^/]+\/[^/]+$/.test(path) && /\btext\/html\b/.test(accept ?? '');

/** @throws JikjiError `decision-unknown`, `not-public`, `stage-unknown` */
async function publicReport(programme: Programme, stage: string): Promise<StageReport> {
  const { tables } = programme;
  requireRow(tables, 'stages', stage, 'stage');
  const status = statusOf(tables, stage);
  if (status === 'open' || status === 'closed') throw refuse.undecided(stage);
  if (!canSee(NOBODY, tables, stage, 'scores')) throw notPublic(stage);
  return cachedReport(programme, stage);
}

/** The signed document, where all that it cites is public; null in a record, whose decision was published elsewhere. */
function signedDocument({ tables }: Programme, stage: string) {
  const { statement, digest } = tables.get('decisions', stage)!;
  if (digest === null || !canSeeAll(NOBODY, tables, stage, ['scores', 'forms', 'judgements', 'audits'])) return null;
  return { ...decisionParts(statement), digest };
}

/** One line for each team, in the order of the page. What is not known is empty; `not_known` names the parts whose certainty nobody knows; `overturned`: why the decision left out a team that an upheld appeal keeps; `lacks`: what its evidence lacked then. */
function csvOfReport({ stage, teams, blocks, notKnown }: StageReport): string {
  const parts = blocks.flatMap((block) => [block, ...block.parts]);
  const about = ['stage', 'status', 'team', 'name_en', 'name_ko', 'place', 'points', 'low', 'high'];
  const head = [...about, 'chance_to_go_on', 'outcome', 'reason', ...parts.map(({ path }) => path)];
  const lines = teams.map((team) => {
    const { total, keptChance, outcome, reason } = team;
    const [low, high] = total.interval ?? [null, null];
    return csvLine([
      ...[stage.id, stage.status, team.id, team.name.en, team.name.ko ?? null, team.place, total.value, low, high],
      ...[keptChance, outcome, reason],
      ...parts.map(({ path }) => team.figures[path]?.value ?? null),
      notKnown?.parts.map(({ path }) => path).join(' ') ?? null,
      team.overturned,
      ...(['en', 'ko'] as const).map((lang) => team.lacks.map((lack) => lack[lang]).join(' ') || null),
    ]);
  });
  return `\ufeff${csvLine([...head, 'not_known', 'overturned', 'lacks_en', 'lacks_ko'])}${lines.join('')}`;
}

export function addDecisions(api: Api): void {
  api.on(
    `get ${DECISION}`,
    {
      summary: 'A decision as a page, at an address to link to',
      roles: EVERYBODY,
      query: z.object({ lang: z.enum(['ko', 'en']).optional() }),
      responseType: 'text/html',
    },
    async ({ programme, params, query, c }) => {
      const preferred = /^\s*ko\b/i.test(c.req.header('accept-language') ?? '') ? 'ko' : 'en';
      const report = await publicReport(programme, params.stage);
      c.header('Content-Security-Policy', PAGE_POLICY);
      c.header('Vary', 'Accept-Language');
      const console = `/p/${encodeURIComponent(params.programme)}/stages/${encodeURIComponent(params.stage)}`;
      return c.html(await stageReportHtml(report, query.lang ?? preferred, console));
    },
  );
  api.on(
    `get ${DECISION}/data.json`,
    {
      summary: 'Its data: standings, chances, and the signed document',
      roles: EVERYBODY,
      answer: data,
    },
    async ({ programme, params: { stage } }) => {
      const report = await publicReport(programme, stage);
      return { formatVersion: FORMAT_VERSION, ...report, signed: signedDocument(programme, stage) };
    },
  );
  api.on(
    `get ${DECISION}/data.csv`,
    { summary: 'Its standings as a file for spreadsheets', roles: EVERYBODY, responseType: 'text/csv' },
    async ({ programme, params: { stage }, c }) => {
      const csv = csvOfReport(await publicReport(programme, stage));
      c.header('Content-Disposition', `attachment; filename="decision-${stage}.csv"`);
      return c.body(csv, 200, { 'Content-Type': 'text/csv; charset=utf-8' });
    },
  );
}
