// What can be found: its kinds, its names, and where it is.

import type { Title } from '../rules/index.ts';

/** In the order of groups that are found equally well. */
export const FOUND_KINDS = [
  ...(['entry', 'page', 'deed', 'programme', 'stage', 'consortium', 'application', 'submission', 'decision'] as const),
  ...(['call', 'organisation', 'rule-book', 'part', 'chip', 'supplier', 'run', 'model', 'sweep', 'person'] as const),
] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

/** A thing that can be found. */
export interface Thing {
  kind: FoundKind;
  /** Of which programme; null: of the server. */
  programme: string | null;
  /** What the log and addresses call it; null for pages and deeds. */
  id: string | null;
  title: Title;
  /** What it belongs to. */
  about: Title[];
  /** The form on its page. */
  act: string | null;
  /** What a path names of it: its id, or the digest of a rule book; null for a page that is the only one. */
  of: string | null;
  /** The page on which it is, where its kind does not say it. */
  page: string | null;
  /** Words that find it beside id and title. */
  words?: readonly string[];
}
