// The page of a stage as one viewer sees it, and its submissions as lists show them.

import type { z } from 'zod';
import { auditShown } from '../audits/index.ts';
import { isRecord, lackingOf, openAppeals, sees, seesAudit, timeOf, timesOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOf, existing, type Row, statusOf, type Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { seesForm } from './access.ts';
import { reportNow } from './cached-reports.ts';
import type { stagePage } from './shapes/stage.ts';

type Page = z.input<typeof stagePage>;
type Offer = Page['mayDo'][number];

/** What its audit says is shown only to whom it may be. */
export async function submissionRow(programme: Programme, row: Row<'submissions'>, viewer: Viewer) {
  const seen = seesAudit(viewer, programme.tables, row);
  return {
    ...row,
    status: seen ? row.status : row.status.split(':')[0]!,
    audit: seen ? (auditShown(programme.tables, row.id) ?? null) : null,
    received: await timeOf(programme, row.receivedSeq),
  };
}

export const consortiaOf = (tables: Tables, stage: string) =>
  tables.get('stages', stage)!.consortia.map((id) => ({ id, name: tables.get('consortia', id)!.name }));

/** @throws JikjiError `stage-unknown` */
export async function stagePageOf(programme: Programme, stage: string, viewer: Viewer): Promise<Page> {
  const { tables } = programme;
  const row = existing(tables, 'stages', stage, 'stage');
  const book = bookOf(tables, row.ruleBook);
  const shown = sees(viewer, tables, stage, 'scores');
  const submissions = [...tables.of('submissions', 'stage', stage)];
  return {
    ...row,
    status: statusOf(tables, stage),
    ruleBook: { ...book, digest: row.ruleBook },
    consortia: consortiaOf(tables, stage),
    components: book.originality.components,
    parts: partsOf(book).map(({ source, ...part }) => ({ ...part, kind: source.kind })),
    ...(await timesOf(programme, stage)),
    lacking: viewer.role === 'office' && row.status === 'open' ? lackingOf(tables, stage) : [],
    submissions: await Promise.all(submissions.map((one) => submissionRow(programme, one, viewer))),
    forms: [...tables.of('forms', 'stage', stage)]
      .filter((form) => seesForm(viewer, tables, form))
      .map((form) => formShown(viewer, tables, form)),
    judgements: sees(viewer, tables, stage, 'judgements') ? [...tables.of('judgements', 'stage', stage)].length : null,
    findings: shown ? [...tables.of('findings', 'stage', stage)] : [],
    appeals: [...tables.of('appeals', 'stage', stage)],
    report: shown ? await reportNow(programme, stage) : null,
    mayDo: offersTo(viewer, tables, row),
  };
}

/** What is in a form is for those to whom forms are shown; who gave one may be more. */
function formShown(viewer: Viewer, tables: Tables, row: Row<'forms'>): Row<'forms'> {
  const isOwn = viewer.role === 'expert' && viewer.user === row.expert;
  return { ...row, form: isOwn || sees(viewer, tables, row.stage, 'forms') ? row.form : null };
}

/** What this viewer may do in the stage as it stands. */
function offersTo(viewer: Viewer, tables: Tables, { id: stage, ruleBook, consortia }: Row<'stages'>): Offer[] {
  if (isRecord(tables)) return [];
  const status = statusOf(tables, stage);
  const isOpen = status === 'open';
  const kinds = new Set(partsOf(bookOf(tables, ruleBook)).map(({ source }) => source.kind));
  switch (viewer.role) {
    case 'office': {
      if (isOpen) return ['close', 'score', 'submit', 'finding'];
      if (status === 'closed') return ['decide'];
      if (status === 'final') return [];
      return openAppeals(tables, stage).length > 0 ? ['answer'] : ['finish'];
    }
    case 'consortium': {
      if (viewer.consortium === null || !consortia.includes(viewer.consortium)) return [];
      const active = tables.get('consortia', viewer.consortium)?.status === 'active';
      if (isOpen) return active ? ['submit'] : [];
      const waits = openAppeals(tables, stage).some((row) => row.consortium === viewer.consortium);
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
