// Acts: operations on a programme, defined once for the command line and for HTTP. An act has its roles, its input and its checks. It
// does not know how it is called or how its result is shown.

import type { z } from 'zod';
import type { Json, Signer } from '../../ledger/index.ts';
import type { Entry } from '../log/index.ts';
import type { Programme } from '../programme/index.ts';
import type { KindName, Tables } from '../state/index.ts';
import type { Role } from '../users/index.ts';
import { programmeOf } from './times.ts';

/** The actor of an act. */
export interface By {
  /** The actor's name in the log. */
  actor: string;
  role: Role;
  /** The user; if the office acts for somebody else, that person. */
  user: string | null;
  consortium: string | null;
  /** The signing key: the office's, or that of a panel member. */
  signer(): Promise<Signer>;
  /** The office's folder for submissions. */
  files: string;
  signal?: AbortSignal;
}

export interface Act<I extends z.ZodType, R> {
  summary: string;
  /** Roles that may do the act. The office's command line may do it for them. */
  roles: readonly Role[];
  /** Shape of input from outside: it bounds every text. The log checks the content. */
  input: I;
  /** @throws JikjiError if the actor may not do it, or it is not possible now */
  run(programme: Programme, input: z.output<I>, by: By): Promise<R>;
}

export const OFFICE: readonly Role[] = ['office'];
export const OFFICE_OR_CONSORTIUM: readonly Role[] = ['office', 'consortium'];

export const act = <I extends z.ZodType, R>(definition: Act<I, R>): Act<I, R> => definition;

interface EntryAct<I extends z.ZodType> extends Omit<Act<I, Entry>, 'run'> {
  kind: KindName;
  /** Converts the input to the entry's data; without it the data is the input. */
  data?(input: z.output<I>): object;
  /** @throws JikjiError if the actor may not do it */
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
