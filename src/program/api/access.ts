// Access: the role of a viewer in a programme, and which entries of its log the viewer may see. Does not decide which acts a viewer may
// do: the office does.

import type { z } from 'zod';
import type { Json } from '../../ledger/index.ts';
import { auditShown } from '../audits/index.ts';
import type { SealedThing } from '../housekeeping/index.ts';
import type { Entry } from '../log/index.ts';
import { canSee, canSeeAudit, canSeeFiles, canSeeReview, canSeeReviewer, type Disclosable } from '../office/index.ts';
import { type CatalogueText, catalogueOf, type KindName, type Row, type Tables } from '../state/index.ts';
import { NOBODY, type Role, type Viewer } from '../users/index.ts';
import { entryNames } from './entry-names.ts';
import { forbidden, noLogIn } from './refusals/requests.ts';
import type { entry as entryShape } from './shapes/programme.ts';

/** The viewer with the role that he has in this programme: a role in another programme counts as public. */
export const viewerIn = (viewer: Viewer, programme: string): Viewer =>
  viewer.role === 'office' || viewer.programme === programme ? viewer : { ...viewer, role: 'public', consortium: null };

/** @throws JikjiError `log-in` without a log-in, otherwise `forbidden` */
export function requireRole(viewer: Viewer, roles: readonly Role[]): void {
  if (roles.includes(viewer.role)) return;
  throw viewer.user === null ? noLogIn('this request') : forbidden(viewer.user, viewer.role, roles);
}

/** The name of an actor in the log. */
export const actorOf = (viewer: Viewer): string => `${viewer.role}:${viewer.user}`;

export const canSeeAll = (viewer: Viewer, tables: Tables, stage: string, kinds: readonly Disclosable[]): boolean =>
  kinds.every((kind) => canSee(viewer, tables, stage, kind));

/** The usage of a submission comes from its audit, so only viewers of the audit see it. */
export const canSeeUsage = (viewer: Viewer, tables: Tables, { submission }: { submission: Json }): boolean =>
  submission === null || whoSeesAudit(viewer, tables, { submission });

/** Whether a form is the viewer's. It stays so if he has another role in the programme now. */
export const isOwnForm = ({ role, user }: Viewer, { expert }: Row<'forms'>): boolean =>
  role !== 'public' && user === expert;

/** Whether a viewer sees that an expert gave a form: the office always, the expert himself, others when forms are public. */
export const canSeeForm = (viewer: Viewer, tables: Tables, form: Row<'forms'>): boolean =>
  viewer.role === 'office' ||
  isOwnForm(viewer, form) ||
  (form.form !== null && canSee(viewer, tables, form.stage, 'forms'));

/** The stage of an entry, for the kinds whose visibility depends on the rule book. */
function stageOf(tables: Tables, data: Record<string, Json>): string {
  if (typeof data.stage === 'string') return data.stage;
  const table = data.submission === undefined ? 'forms' : 'submissions';
  return String(tables.get(table, String(data.submission ?? data.id))?.stage ?? '');
}

type Data = Record<string, Json>;
type Sees = (viewer: Viewer, tables: Tables, data: Data) => boolean;
/** Whether a viewer sees what an entry says; and what that is of, for the access record. */
type Visibility = Sees & { things?: (tables: Tables, data: Data) => SealedThing[] };

const saying = (sees: Sees, things: NonNullable<Visibility['things']>): Visibility => Object.assign(sees, { things });

const everyone: Visibility = () => true;

/** Viewers who see all of these kinds by the rule book of the entry's stage. */
const whoSees = (...kinds: Disclosable[]): Visibility =>
  saying(
    (viewer, tables, data) => canSeeAll(viewer, tables, stageOf(tables, data), kinds),
    (tables, data) => thingsIn(tables, stageOf(tables, data), kinds),
  );

const whoSeesAudit: Visibility = saying(
  (viewer, tables, { submission }) => {
    const row = tables.get('submissions', String(submission));
    return row !== undefined && canSeeAudit(viewer, tables, row);
  },
  (_, { submission }) => [{ what: 'audit', of: String(submission) }],
);

const whoSeesUsage: Visibility = saying(
  (viewer, tables, { submission = null }) => canSeeUsage(viewer, tables, { submission }),
  (_, { submission }) => [{ what: 'usage', of: String(submission) }],
);

const whoSeesForm: Visibility = saying(
  (viewer, tables, { id }) => {
    const row = tables.get('forms', String(id));
    return row !== undefined && canSeeForm(viewer, tables, row);
  },
  (tables, data) => [{ what: 'forms', of: stageOf(tables, data) }],
);

/** Who rates, and their interests, are shown like forms: to the office, to the expert, to others once forms are public. */
export const canSeeExpert = (
  viewer: Viewer,
  tables: Tables,
  { stage, expert }: { stage: string; expert: string },
): boolean =>
  viewer.role === 'office' ||
  (viewer.role === 'expert' && viewer.user === expert) ||
  canSee(viewer, tables, stage, 'forms');

const whoSeesExpert: Visibility = saying(
  (viewer, tables, data) => canSeeExpert(viewer, tables, { stage: String(data.stage), expert: String(data.expert) }),
  (_, { stage }) => [{ what: 'forms', of: String(stage) }],
);

const whoSeesReviewer: Visibility = saying(
  (viewer, tables, { call, expert }) => canSeeReviewer(viewer, tables, { call: String(call), expert: String(expert) }),
  (_, { call }) => [{ what: 'application', of: String(call) }],
);

const whoSeesReview: Visibility = saying(
  (viewer, tables, data) => canSeeReview(viewer, tables, data as unknown as Parameters<typeof canSeeReview>[2]),
  (_, { application }) => [{ what: 'application', of: String(application) }],
);

/** Every kind has a line, so that a new kind must state who sees it. */
const VISIBILITY: Record<KindName, Visibility> = {
  'programme-created': everyone,
  'organisation-added': everyone,
  'call-opened': everyone,
  'call-closed': everyone,
  'application-received': everyone,
  // Names of files can tell what an application is about.
  'application-file-added': saying(
    (viewer, tables, { application }) => canSeeFiles(viewer, tables, String(application)),
    (_, { application }) => [{ what: 'application', of: String(application) }],
  ),
  'review-given': whoSeesReview,
  'application-reviewed': everyone,
  'application-selected': everyone,
  'consortium-formed': everyone,
  'consortium-key-named': everyone,
  'member-joined': everyone,
  'name-mended': everyone,
  'rule-book-registered': everyone,
  // Only the office sees how clusters are reached.
  'catalogue-registered': (viewer, _, data) => viewer.role === 'office' || !saysReached(data),
  'allotment-given': everyone,
  'usage-reported': whoSeesUsage,
  'stage-dates-set': everyone,
  'stage-opened': everyone,
  'submission-received': everyone,
  'submission-refused': whoSeesAudit,
  'submission-audited': whoSeesAudit,
  'audit-reported': whoSeesAudit,
  'audit-part-given': whoSeesAudit,
  'submission-evaluated': whoSees('scores'),
  'submission-compared': whoSees('scores'),
  'score-entered': whoSees('scores'),
  'expert-assigned': whoSeesExpert,
  'expert-released': whoSeesExpert,
  'interests-declared': whoSeesExpert,
  'call-interests-declared': whoSeesReviewer,
  'form-committed': whoSeesForm,
  'form-revealed': whoSeesForm,
  // Hidden from the judge too: an entry names the teams, and the judge's next comparison would not be blind.
  'judgement-given': whoSees('judgements'),
  'finding-signed': whoSees('scores'),
  'proposal-rejected': whoSees('scores'),
  'lodging-given': everyone,
  'answer-registered': everyone,
  'stage-closed': everyone,
  // Its document cites every input: experts with forms, compared teams, findings of audits.
  'decision-made': whoSees('scores', 'forms', 'judgements', 'audits'),
  'decision-recorded': everyone,
  'consortium-dropped': everyone,
  'decision-final': everyone,
  'appeal-filed': everyone,
  'appeal-answered': everyone,
};

function isWithheld(viewer: Viewer, tables: Tables, { kind, data }: Entry): boolean {
  const isVisible = VISIBILITY[kind as KindName];
  return !isVisible(viewer, tables, data as Data);
}

/** The sealed things in the entries that a viewer sees and the public does not. */
export function sealedInEntries(viewer: Viewer, tables: Tables, entries: readonly Entry[]): SealedThing[] {
  return entries.flatMap((entry): SealedThing[] => {
    if (!isWithheld(NOBODY, tables, entry) || isWithheld(viewer, tables, entry)) return [];
    const { things } = VISIBILITY[entry.kind as KindName];
    return things?.(tables, entry.data as Data) ?? [{ what: 'entry', of: String(entry.seq) }];
  });
}

/** What a stage holds of these kinds. */
export function thingsIn(tables: Tables, stage: string, kinds: readonly Disclosable[]): SealedThing[] {
  const submissions = (what: 'audit' | 'weights') =>
    tables.of('submissions', 'stage', stage).map(({ id }): SealedThing => ({ what, of: id }));
  return kinds.flatMap((kind): SealedThing[] => {
    if (kind === 'audits' || kind === 'weights') return submissions(kind === 'audits' ? 'audit' : kind);
    return [{ what: kind, of: stage }];
  });
}

/** Whether the public is not shown a thing now. */
export function isSealed(tables: Tables, { what, of }: SealedThing): boolean {
  switch (what) {
    case 'audit':
    case 'usage':
    case 'weights': {
      const row = tables.get('submissions', of);
      if (!row) return false;
      return what === 'weights' ? !canSee(NOBODY, tables, row.stage, what) : !canSeeAudit(NOBODY, tables, row);
    }
    case 'forms':
      return tables.of('forms', 'stage', of).some((form) => !canSeeForm(NOBODY, tables, form));
    case 'scores':
    case 'judgements':
      return tables.get('stages', of) !== undefined && !canSee(NOBODY, tables, of, what);
    default:
      return true;
  }
}

function saysReached({ digest, texts }: Record<string, Json>): boolean {
  const { clusters } = catalogueOf(String(digest), texts as unknown as CatalogueText[]);
  return [...clusters.values()].some(({ reached }) => reached !== null);
}

type ShownEntry = z.input<typeof entryShape>;

function claimOfEntry(tables: Tables, { kind, data }: Entry): ShownEntry['claim'] {
  if (kind !== 'submission-audited') return null;
  const { en, ko } = auditShown(tables, String((data as Record<string, Json>).submission))!.claim;
  const line = ({ word, beginning, data }: typeof en): string =>
    [`${word}.`, beginning, data].filter((part) => part !== null).join(' ');
  return { en: line(en), ko: line(ko) };
}

/** An entry as a viewer may see it. Number, kind and link are public, so that anybody can verify the chain later. */
export function shownEntry(viewer: Viewer, tables: Tables, entry: Entry): ShownEntry {
  const { seq, time, actor, kind, link } = entry;
  if (isWithheld(viewer, tables, entry))
    return { seq, time, actor: null, kind, link, data: null, names: {}, claim: null, withheld: true };
  // The public sees the role of an actor, not the person.
  const shown = viewer.role === 'public' ? actor.split(':')[0]! : actor;
  const claim = claimOfEntry(tables, entry);
  const names = entryNames(tables, entry.data);
  return { seq, time, actor: shown, kind, link, data: entry.data, names, claim, withheld: false };
}
