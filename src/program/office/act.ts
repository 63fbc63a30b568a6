// What an act is: something that somebody does in a programme, stated once for the command line and for HTTP. Who may do it, what it
// takes and what it checks belong to the act; how it is asked for and how its result is shown do not.

import type { z } from 'zod';
import type { Json, Signer } from '../../ledger/index.ts';
import type { Entry } from '../log/index.ts';
import type { Programme } from '../programme/index.ts';
import type { KindName, Tables } from '../state/index.ts';
import type { Role } from '../users/index.ts';
import { programmeOf } from './times.ts';

/** Who acts. */
export interface By {
  /** As the log names him. */
  actor: string;
  role: Role;
  /** Who it is; where the office acts for somebody else, who that is. */
  user: string | null;
  consortium: string | null;
  /** The key that signs what he does: the office's, or that of a panel's member. */
  signer(): Promise<Signer>;
  /** The office's folder for submissions. */
  files: string;
  signal?: AbortSignal;
}

export interface Act<I extends z.ZodType, R> {
  summary: string;
  /** Roles that may do it themselves. The office's command line may do it for them. */
  who: readonly Role[];
  /** The log checks what it takes in. This shape is for what comes from outside: no text of it is endless. */
  input: I;
  /** @throws JikjiError where this person may not do it, or it cannot be done now */
  run(programme: Programme, input: z.output<I>, by: By): Promise<R>;
}

export const OFFICE: readonly Role[] = ['office'];
export const OFFICE_OR_CONSORTIUM: readonly Role[] = ['office', 'consortium'];

export const act = <I extends z.ZodType, R>(definition: Act<I, R>): Act<I, R> => definition;

interface EntryAct<I extends z.ZodType> extends Omit<Act<I, Entry>, 'run'> {
  kind: KindName;
  /** The entry's data where it is not the input as it is. */
  data?(input: z.output<I>): object;
  /** @throws JikjiError where this person may not do it */
  guard?(tables: Tables, input: z.output<I>, by: By): void;
}

/** An act that writes one entry, and returns it. */
export const entryAct = <I extends z.ZodType>({ kind, data, guard, ...rest }: EntryAct<I>): Act<I, Entry> => ({
  ...rest,
  async run(programme, input, by) {
    programmeOf(programme.tables);
    guard?.(programme.tables, input, by);
    const members = Object.entries(data ? data(input) : (input as object)).filter(([, value]) => value !== undefined);
    const [entry] = await programme.record(by.actor, [{ kind, data: Object.fromEntries(members) as Json }]);
    return entry!;
  },
});
