// Folds entries into rows, one after another. The same entries always give the same rows.

import { koreanOfIssue } from '../../formats/index.ts';
import type { Json } from '../../ledger/index.ts';
import { type Entry, firstLink } from '../log/index.ts';
import type { About, Kind } from './kind.ts';
import { KINDS, type KindName } from './kinds.ts';
import { entryBroken, entryKind } from './refusals/things.ts';
import { Tables } from './tables.ts';

export interface Proposal {
  kind: string;
  data: Json;
}

/** The state after a log. */
export class State {
  readonly tables = new Tables();
  #link = firstLink;

  /**
   * Applies the next entry.
   * @throws JikjiError `entry-kind`, `entry-broken`, or as its kind refuses it; the state is then unchanged
   */
  take({ kind, data, seq, time, actor, link }: Entry): void {
    const about = { seq, time, actor, before: this.#link };
    const read = checkProposal(this.tables, { kind, data }, about);
    read.definition.apply(this.tables, read.data, about);
    this.tables.noteTime(seq, time);
    this.#link = link;
  }
}

/**
 * Checks an entry that might follow, and changes nothing.
 * @throws JikjiError as `State.take`
 */
export function checkProposal(
  tables: Tables,
  { kind, data }: Proposal,
  about: About,
): { definition: Kind<unknown>; data: unknown } {
  if (!Object.hasOwn(KINDS, kind)) throw entryKind(kind);
  const definition = KINDS[kind as KindName] as Kind<unknown>;
  const read = definition.shape.safeParse(data);
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue?.path.join('.') || 'the data';
    throw entryBroken(where, { en: issue?.message ?? 'has another form', ko: koreanOfIssue(issue) }, kind);
  }
  definition.check(tables, read.data, about);
  return { definition, data: read.data };
}
