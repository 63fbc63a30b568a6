// A thing that is due: a sentence in both languages, the place where it is done, and its moment.

import type { Both } from '../../base/index.ts';
import type { Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { inBoth, type Speaker } from './speaker.ts';

/** Where a thing is done: a page of the console, and the form on it. */
export interface Place {
  page: 'overview' | 'organisations' | 'call' | 'application' | 'ruleBooks' | 'people' | 'consortium' | 'stage';
  /** Id of the application, consortium or stage. */
  of: string | null;
  /** `close`, `form`: the form on the page. */
  act: string | null;
}

export interface Due {
  text: Both;
  at: Place;
  /** The announced moment by which it should be done. */
  until: string | null;
  /** Whether that moment has passed. */
  late: boolean;
}

export type Person = Pick<Viewer, 'role' | 'user' | 'consortium'>;

export interface Context {
  tables: Tables;
  person: Person;
  now: Date;
}

export interface ItemInput {
  at: Place;
  until?: string | null;
  say: (speaker: Speaker) => string;
}

export function due({ tables, now }: Context, { at, until = null, say }: ItemInput): Due {
  return { text: inBoth(tables, say), at, until, late: until !== null && Date.parse(until) < now.getTime() };
}
