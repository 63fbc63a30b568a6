// Who was shown what the public is not shown: one line for each person, thing and day. A line is in the database before the thing is shown.
// Knows no rule book: its caller says what is sealed.

import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { accesses, type UserTables, users } from '../database/index.ts';
import { ROLES } from '../users/index.ts';

/** Signs with which a spreadsheet takes a value for a formula, also after blanks, and also in their full-width forms. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@＝＋－＠\t\r]/u;

/** One line, as RFC 4180 has it. A value that could be a formula begins with an apostrophe, which spreadsheets do not show as a formula. */
export const csvLine = (values: readonly (string | number | null)[]): string =>
  `${values.map((value) => quoted(value === null ? '' : String(value))).join(',')}\r\n`;

function quoted(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * `audit`, `usage` (hours of its run), `weights`: of a submission. `scores`, `forms`, `judgements`: of a stage. `entry`: an entry of the log
 * that none of these covers, by its number.
 */
const KINDS = ['audit', 'usage', 'weights', 'scores', 'forms', 'judgements', 'application', 'entry', 'backup'] as const;
type AccessKind = (typeof KINDS)[number];

/** Something sealed: its kind, and the id of what it is of. */
export interface SealedThing {
  what: AccessKind;
  of: string;
}

export interface Reader {
  user: string;
  role: string;
  consortium: string | null;
  /** Whether an API token asks, and not a log-in. */
  byToken: boolean;
}

export const accessShape = z
  .object({
    id: z.int(),
    /** Of the first reading on that day (UTC). */
    time: z.string(),
    user: z.string(),
    /** Null if the user is gone. */
    name: z.string().nullable(),
    /** At that time. */
    role: z.enum(ROLES),
    consortium: z.string().nullable(),
    via: z.enum(['log-in', 'token']),
    what: z.enum(KINDS),
    of: z.string(),
  })
  .meta({ id: 'Access' });
export type Access = z.output<typeof accessShape>;

/** Lines of one page, and of one query of a file. */
const PAGE_LINES = 100;
const FILE_LINES = 1000;
/** Days after which a line is deleted. */
export const KEPT_DAYS = 1100;
/** Lines that are known to be in the database. */
const MAX_KNOWN = 50_000;
const DAY_MS = 86_400_000;

type Row = typeof accesses.$inferInsert;

export class AccessRecord {
  readonly #tables: UserTables;
  readonly #now: () => Date;
  /** Lines of `#day` that are in the database. */
  readonly #known = new Set<string>();
  #day = '';

  constructor(tables: UserTables, now: () => Date = () => new Date()) {
    this.#tables = tables;
    this.#now = now;
  }

  /** Returns when a line for each of `things` is in the database. Once a day for each of them, so most calls ask nothing of it. */
  async note(
    programme: string,
    { user, role, consortium, byToken }: Reader,
    things: Iterable<SealedThing>,
  ): Promise<void> {
    const time = this.#now();
    const day = time.toISOString().slice(0, 10);
    if (day !== this.#day) await this.#begin(day, time);
    const by = { programme, day, userId: user, role, consortium: consortium ?? '', via: byToken ? 'token' : 'log-in' };
    const rows = new Map<string, Row>();
    for (const { what, of } of things) {
      const key = JSON.stringify([...Object.values(by), what, of]);
      if (!this.#known.has(key)) rows.set(key, { ...by, what, thing: of, time });
    }
    if (rows.size === 0) return;
    await this.#tables.ask((database) =>
      database
        .insert(accesses)
        .values([...rows.values()])
        .onConflictDoNothing(),
    );
    if (day !== this.#day) return;
    if (this.#known.size + rows.size > MAX_KNOWN) this.#known.clear();
    for (const key of rows.keys()) this.#known.add(key);
  }

  /** A new day: nothing is known to be in the database, and old lines are deleted. */
  async #begin(day: string, time: Date): Promise<void> {
    this.#day = day;
    this.#known.clear();
    const first = new Date(time.getTime() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);
    await this.#tables.ask((database) => database.delete(accesses).where(lt(accesses.day, first)));
  }

  /** Lines about a programme, the newest first; those before the line `before` where it is given. */
  async page(programme: string, before?: number, count = PAGE_LINES): Promise<Access[]> {
    const rows = await this.#tables.ask((database) =>
      database
        .select({ line: accesses, name: users.name })
        .from(accesses)
        .leftJoin(users, eq(users.id, accesses.userId))
        .where(and(eq(accesses.programme, programme), before === undefined ? undefined : lt(accesses.id, before)))
        .orderBy(desc(accesses.id))
        .limit(count),
    );
    return rows.map(({ line: { id, time, userId: user, role, consortium, via, what, thing: of }, name }) => ({
      ...{ id, time: time.toISOString(), user, name, role: role as Access['role'], consortium: consortium || null },
      ...{ via: via as Access['via'], what: what as AccessKind, of },
    }));
  }

  /** All lines about a programme, the newest first. */
  async *all(programme: string): AsyncGenerator<Access> {
    let page: Access[] = [];
    do {
      page = await this.page(programme, page.at(-1)?.id, FILE_LINES);
      yield* page;
    } while (page.length === FILE_LINES);
  }
}
