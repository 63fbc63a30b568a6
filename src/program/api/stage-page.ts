// The answer about a stage for one viewer, and rows of submissions for lists.

import type { z } from 'zod';
import { auditShown } from '../audits/index.ts';
import { lackingOf } from '../due/index.ts';
import type { SealedThing } from '../housekeeping/index.ts';
import { questionsOf } from '../judging/index.ts';
import { canSee, canSeeAudit, timesOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOf, datesOf, expertKey, type Row, requireRow, statusOf, type Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { canSeeExpert, canSeeForm, isOwnForm } from './access.ts';
import { auditsIn } from './access-notes.ts';
import { cachedReport } from './cached-reports.ts';
import { offersTo } from './offers.ts';
import type { stagePage } from './shapes/stage.ts';

type Page = z.input<typeof stagePage>;

/** A submission's row; the result of its audit only for viewers who may see it. */
export function submissionRow(tables: Tables, row: Row<'submissions'>, viewer: Viewer) {
  const seen = canSeeAudit(viewer, tables, row);
  const received = tables.timeOf(row.receivedSeq);
  const { closes } = datesOf(tables, row.stage);
  const { id, stage, consortium, kind, digest, bytes, maker, reasonKo } = row;
  return {
    ...{ id, stage, consortium, kind, digest, bytes, maker },
    status: seen ? row.status : row.status.split(':')[0]!,
    ...(seen && reasonKo !== undefined && { reasonKo }),
    audit: seen ? (auditShown(tables, row.id) ?? null) : null,
    received,
    late: closes !== null && Date.parse(received) > Date.parse(closes),
  };
}

export const consortiaOf = (tables: Tables, stage: string) =>
  tables.get('stages', stage)!.consortia.map((id) => ({ id, name: tables.get('consortia', id)!.name }));

/** @throws JikjiError `stage-unknown` */
export async function stagePageOf(programme: Programme, stage: string, viewer: Viewer): Promise<Page> {
  const { tables } = programme;
  const row = requireRow(tables, 'stages', stage, 'stage');
  const { id, title } = row;
  const book = bookOf(tables, row.ruleBook);
  const shown = canSee(viewer, tables, stage, 'scores');
  const submissions = tables.of('submissions', 'stage', stage);
  const report = shown ? await cachedReport(programme, stage) : null;
  return {
    ...{ id, title },
    status: statusOf(tables, stage),
    ruleBook: { ...book, digest: row.ruleBook },
    consortia: consortiaOf(tables, stage),
    components: book.originality.components,
    parts: partsOf(book).map(({ source, ...part }) => ({ ...part, kind: source.kind })),
    ...timesOf(tables, stage),
    dates: datesOf(tables, stage),
    lacking: viewer.role === 'office' && row.status === 'open' ? lackingOf(tables, stage).map(({ text }) => text) : [],
    submissions: submissions.map((one) => submissionRow(tables, one, viewer)),
    forms: tables
      .of('forms', 'stage', stage)
      .filter((form) => canSeeForm(viewer, tables, form))
      .map((form) => formShown(viewer, tables, form)),
    experts: expertsShown(viewer, tables, stage),
    judgements: canSee(viewer, tables, stage, 'judgements') ? tables.of('judgements', 'stage', stage).length : null,
    questions: questionsOf(tables, stage)?.length ?? null,
    findings: shown ? tables.of('findings', 'stage', stage) : [],
    comparisons: report?.comparisons?.all ?? null,
    proposals: report?.comparisons?.proposals ?? [],
    appeals: tables.of('appeals', 'stage', stage),
    report,
    mayDo: offersTo(viewer, tables, row),
  };
}

function expertsShown(viewer: Viewer, tables: Tables, stage: string): Page['experts'] {
  const forms = tables.of('forms', 'stage', stage);
  const rows = tables.of('experts', 'stage', stage);
  const names = new Set([...rows, ...forms].map(({ expert }) => expert));
  return [...names]
    .filter((expert) => canSeeExpert(viewer, tables, { stage, expert }))
    .map((expert) => {
      const row = tables.get('experts', expertKey(stage, expert));
      const own = row?.interests;
      const organisation = own?.organisation ? tables.get('organisations', own.organisation)!.name : null;
      return {
        expert,
        assigned: row?.parts ?? [],
        given: forms.filter((form) => form.expert === expert).map(({ part }) => part),
        interests: own ? { organisation, teams: own.teams } : null,
      };
    });
}

/** What a page of a stage shows that may be sealed. */
export function thingsOnStagePage({ id, submissions, forms, judgements, report }: Page): SealedThing[] {
  return [
    ...auditsIn(submissions as Parameters<typeof auditsIn>[0]),
    ...(forms.length > 0 ? [{ what: 'forms', of: id } as const] : []),
    ...(judgements !== null ? [{ what: 'judgements', of: id } as const] : []),
    ...(report !== null ? [{ what: 'scores', of: id } as const] : []),
  ];
}

/** A form's row. Some viewers see that a form exists and not its content. */
function formShown(viewer: Viewer, tables: Tables, row: Row<'forms'>): Page['forms'][number] {
  const { id, part, expert, commitment } = row;
  const seen = isOwnForm(viewer, row) || canSee(viewer, tables, row.stage, 'forms');
  return { id, part, expert, commitment, form: seen ? row.form : null };
}
