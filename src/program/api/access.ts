// Who is let in: the role of a viewer in a programme; and what he sees of its log by its rule book. What he may do is the office's
// business.

import type { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import { auditShown } from '../audits/index.ts';
import type { Entry } from '../log/index.ts';
import { type Kept, sees, seesAudit } from '../office/index.ts';
import { type CatalogueText, catalogueOf, type KindName, type Row, type Tables } from '../state/index.ts';
import type { Role, Viewer } from '../users/index.ts';
import type { entry as entryShape } from './shapes/programme.ts';

/** The viewer as he is in this programme: what he is elsewhere counts for nothing here. */
export const viewerIn = (viewer: Viewer, programme: string): Viewer =>
  viewer.role === 'office' || viewer.programme === programme ? viewer : { ...viewer, role: 'public', consortium: null };

/** @throws JikjiError `log-in` where logging in could help, else `forbidden` */
export function mustBe(viewer: Viewer, roles: readonly Role[]): void {
  if (roles.includes(viewer.role)) return;
  if (viewer.user === null)
    throw new JikjiError('log-in', 'nobody has logged in', 'this request', 'log in, or send an API token');
  const hint = `it is for: ${roles.join(', ')}`;
  throw new JikjiError('forbidden', `this is not for the role ${viewer.role}`, viewer.user, hint);
}

/** As the log names who did something. */
export const actorOf = (viewer: Viewer): string => `${viewer.role}:${viewer.user}`;

export const seesAll = (viewer: Viewer, tables: Tables, stage: string, kinds: readonly Kept[]): boolean =>
  kinds.every((kind) => sees(viewer, tables, stage, kind));

/** What a submission used is found by its audit, and may tell that there was one. */
export function seesUsage(viewer: Viewer, tables: Tables, { submission }: { submission: string | null }): boolean {
  if (submission === null) return true;
  const row = tables.get('submissions', submission);
  return row !== undefined && seesAudit(viewer, tables, row);
}

/** Whether somebody sees that an expert gave a form: the expert himself does, others when forms are public, the office always. */
export const seesForm = (viewer: Viewer, tables: Tables, form: Row<'forms'>): boolean =>
  viewer.role === 'office' ||
  (viewer.role === 'expert' && viewer.user === form.expert) ||
  (form.form !== null && sees(viewer, tables, form.stage, 'forms'));

/** The stage that an entry belongs to, for the kinds that a rule book keeps back. */
function stageOf(tables: Tables, data: Record<string, Json>): string {
  if (typeof data.stage === 'string') return data.stage;
  const table = data.submission === undefined ? 'forms' : 'submissions';
  return String(tables.get(table, String(data.submission ?? data.id))?.stage ?? '');
}

/** Whether a viewer sees what an entry says. */
type Visibility = (viewer: Viewer, tables: Tables, data: Record<string, Json>) => boolean;

const everyone: Visibility = () => true;

/** Those who see all of these, which the rule book of the entry's stage may keep back. */
const whoSees =
  (...kinds: Kept[]): Visibility =>
  (viewer, tables, data) =>
    seesAll(viewer, tables, stageOf(tables, data), kinds);

const whoSeesAudit: Visibility = (viewer, tables, { submission }) => {
  const row = tables.get('submissions', String(submission));
  return row !== undefined && seesAudit(viewer, tables, row);
};

const whoSeesForm: Visibility = (viewer, tables, { id }) => {
  const row = tables.get('forms', String(id));
  return row !== undefined && seesForm(viewer, tables, row);
};

/** Every kind has a line, so that a new one must say who sees it. */
const VISIBILITY: Record<KindName, Visibility> = {
  'programme-created': everyone,
  'organisation-added': everyone,
  'call-opened': everyone,
  'call-closed': everyone,
  'application-received': everyone,
  'application-reviewed': everyone,
  'application-selected': everyone,
  'consortium-formed': everyone,
  'consortium-key-named': everyone,
  'member-joined': everyone,
  'name-mended': everyone,
  'rule-book-registered': everyone,
  // Where clusters are reached is the office's business.
  'catalogue-registered': (viewer, _, data) => viewer.role === 'office' || !saysReached(data),
  'allotment-given': everyone,
  'usage-reported': (viewer, tables, { submission }) =>
    seesUsage(viewer, tables, { submission: submission as string | null }),
  'stage-opened': everyone,
  'submission-received': everyone,
  'submission-refused': whoSeesAudit,
  'submission-audited': whoSeesAudit,
  'audit-reported': whoSeesAudit,
  'audit-part-given': whoSeesAudit,
  'submission-evaluated': whoSees('scores'),
  'score-entered': whoSees('scores'),
  'form-committed': whoSeesForm,
  'form-revealed': whoSeesForm,
  // From the judge too: it names the teams, and what he reads next would have no names for nothing.
  'judgement-given': whoSees('judgements'),
  'finding-signed': whoSees('scores'),
  'lodging-given': everyone,
  'answer-registered': everyone,
  'stage-closed': everyone,
  // Its document cites every input: who gave forms, whom users compared, what audits found.
  'decision-made': whoSees('scores', 'forms', 'judgements', 'audits'),
  'decision-recorded': everyone,
  'consortium-dropped': everyone,
  'decision-final': everyone,
  'appeal-filed': everyone,
  'appeal-answered': everyone,
};

function isWithheld(viewer: Viewer, tables: Tables, { kind, data }: Entry): boolean {
  const isVisible = VISIBILITY[kind as KindName];
  return !isVisible(viewer, tables, data as Record<string, Json>);
}

function saysReached({ digest, texts }: Record<string, Json>): boolean {
  const { clusters } = catalogueOf(String(digest), texts as unknown as CatalogueText[]);
  return [...clusters.values()].some(({ reached }) => reached !== null);
}

type ShownEntry = z.input<typeof entryShape>;

function claimOfEntry(tables: Tables, { kind, data }: Entry): ShownEntry['claim'] {
  if (kind !== 'submission-audited') return null;
  const { en, ko } = auditShown(tables, String((data as Record<string, Json>).submission))!.claim;
  return { en: `${en.word}. ${en.data}`, ko: `${ko.word}. ${ko.data}` };
}

/** An entry as somebody may see it. Its place, kind and link are public: with all of them anybody can follow the chain later. */
export function shownEntry(viewer: Viewer, tables: Tables, entry: Entry): ShownEntry {
  const { seq, time, actor, kind, link } = entry;
  if (isWithheld(viewer, tables, entry))
    return { seq, time, actor: null, kind, link, data: null, claim: null, withheld: true };
  // Who works at the office is nobody's business outside, nor in another programme; what role it was is.
  const shown = viewer.role === 'public' ? actor.split(':')[0]! : actor;
  const claim = claimOfEntry(tables, entry);
  return { seq, time, actor: shown, kind, link, data: entry.data, claim, withheld: false };
}
