// The page of a stage as one viewer sees it.

import type { z } from 'zod';
import { lackingOf, sees, timesOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOfStage, type Row, statusOf, type Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { seesForm } from './access.ts';
import type { OFFERS, stagePage } from './shapes/stage.ts';
import { submissionRow } from './submission-row.ts';
import { reportNow } from './worked-out.ts';

type Page = z.input<typeof stagePage>;
type Offer = (typeof OFFERS)[number];

/** @throws JikjiError `stage-unknown` */
export async function stagePageOf(programme: Programme, stage: string, viewer: Viewer): Promise<Page> {
  const { tables } = programme;
  const book = bookOfStage(tables, stage);
  const row = tables.get('stages', stage)!;
  const consortia = (row.consortia as string[]).map((id) => ({
    id,
    name: tables.get('consortia', id)!.name as { en: string },
  }));
  const shown = sees(viewer, tables, stage, 'scores');
  const submissions = [];
  for (const submission of tables.of('submissions', 'stage', stage))
    submissions.push(await submissionRow(programme, submission, viewer));
  return {
    id: stage,
    title: row.title as { en: string },
    status: statusOf(tables, stage),
    ruleBook: { digest: String(row.ruleBook), name: book.name, version: book.version, title: book.title },
    consortia,
    components: book.originality.components,
    parts: partsOf(book).map(({ path, title, points, source }) => ({ path, title, points, kind: source.kind })),
    ...(await timesOf(programme, stage)),
    lacking: viewer.role === 'office' && row.status === 'open' ? lackingOf(tables, stage) : [],
    submissions,
    forms: [...tables.of('forms', 'stage', stage)]
      .filter((form) => seesForm(viewer, tables, form))
      .map((form) => formRow(viewer, tables, form)),
    judgements: sees(viewer, tables, stage, 'judgements') ? [...tables.of('judgements', 'stage', stage)].length : null,
    findings: shown ? [...tables.of('findings', 'stage', stage)].map(findingRow) : [],
    appeals: [...tables.of('appeals', 'stage', stage)].map(({ id, consortium, text, outcome, answer }) => ({
      id: String(id),
      consortium: String(consortium),
      text: String(text),
      outcome: outcome as 'upheld' | null,
      answer: answer as string | null,
    })),
    report: shown ? await reportNow(programme, stage) : null,
    mayDo: offersTo(viewer, tables, stage, row),
  };
}

const findingRow = ({ id, consortium, component, verdict, by, text, signedBy }: Row<'findings'>) => ({
  id: String(id),
  consortium: String(consortium),
  component: String(component),
  verdict: String(verdict),
  by: String(by),
  text: String(text),
  signedBy: (signedBy ?? null) as string | null,
});

/** What is in a form is for those to whom forms are shown; who gave one may be more. */
function formRow(
  viewer: Viewer,
  tables: Tables,
  { id, stage, part, expert, commitment, form }: Row<'forms'>,
): Page['forms'][number] {
  const own = viewer.role === 'expert' && viewer.user === expert;
  const open = form !== null && (own || sees(viewer, tables, String(stage), 'forms'));
  return {
    id: String(id),
    part: String(part),
    expert: String(expert),
    commitment: String(commitment),
    form: open ? (form as Page['forms'][number]['form']) : null,
  };
}

/** What this viewer may do in the stage as it stands. */
function offersTo(viewer: Viewer, tables: Tables, stage: string, { consortia }: Row<'stages'>): Offer[] {
  const [programme] = tables.all('programmes');
  if (programme?.mode === 'record') return [];
  const status = statusOf(tables, stage);
  const isOpen = status === 'open';
  const kinds = new Set(partsOf(bookOfStage(tables, stage)).map(({ source }) => source.kind));
  const appeals = [...tables.of('appeals', 'stage', stage)];
  switch (viewer.role) {
    case 'office': {
      if (isOpen) return ['close', 'score', 'submit', 'finding'];
      if (status === 'closed') return ['decide'];
      if (status === 'final') return [];
      return appeals.some(({ outcome }) => outcome === null) ? ['answer'] : ['finish'];
    }
    case 'consortium': {
      if (!(consortia as string[]).includes(String(viewer.consortium))) return [];
      const active = tables.get('consortia', String(viewer.consortium))?.status === 'active';
      if (isOpen) return active ? ['submit'] : [];
      const waits = appeals.some((row) => row.consortium === viewer.consortium && row.outcome === null);
      return status === 'decided' && active && !waits ? ['appeal'] : [];
    }
    case 'expert':
      return isOpen && kinds.has('forms') ? ['form'] : [];
    case 'evaluator':
      return isOpen && kinds.has('judgements') ? ['judge'] : [];
    default:
      return [];
  }
}
