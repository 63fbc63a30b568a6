// Reads what is new in a programme's log, and writes its notices together with how far it has read: each entry is told once, by whichever
// process is first. Begins at the end of a log that it does not know.

import { and, eq } from 'drizzle-orm';
import { mailCursors, writeNotices } from '../database/index.ts';
import type { Entry, Head } from '../log/index.ts';
import type { Programme } from '../programme/index.ts';
import { noticesOf } from './log-notices.ts';
import type { Context, Recipients } from './recipients.ts';

const PAGE = 100;

/** The entries after `cursor` that the programme's tables know; undefined if the log is another one. */
async function entriesAfter(programme: Programme, cursor: Head): Promise<Entry[] | undefined> {
  const { seq } = programme.head;
  if (cursor.seq > seq) return undefined;
  const page = await programme.store.page(Math.max(cursor.seq, 1), PAGE);
  if (cursor.seq > 0 && page.shift()?.link !== cursor.link) return undefined;
  return page.filter((entry) => entry.seq <= seq);
}

/** Writes the notices of all new entries. */
export async function follow(
  context: Context & { recipients: Recipients },
  programme: Programme,
  id: string,
): Promise<void> {
  const { tables: users, recipients, composer, domain, now } = context;
  const [known] = await users.ask((database) =>
    database.select().from(mailCursors).where(eq(mailCursors.programme, id)),
  );
  let cursor: Head | undefined = known;
  for (;;) {
    const before: Head | undefined = cursor;
    if (before && before.seq === programme.head.seq && before.link === programme.head.link) return;
    const entries: Entry[] | undefined = before && (await entriesAfter(programme, before));
    const last: Head = entries ? (entries.at(-1) ?? before!) : programme.head;
    const people = entries ? await recipients.verified() : [];
    const about = { tables: programme.tables, people, composer, domain, now: now() };
    const notices = (entries ?? []).flatMap((entry) => noticesOf(entry, about));
    const next = { seq: last.seq, link: last.link };
    const isFirst = await users.transact(async (database) => {
      const moved = before
        ? await database
            .update(mailCursors)
            .set(next)
            .where(
              and(eq(mailCursors.programme, id), eq(mailCursors.seq, before.seq), eq(mailCursors.link, before.link)),
            )
            .returning()
        : await database
            .insert(mailCursors)
            .values({ programme: id, ...next })
            .onConflictDoNothing()
            .returning();
      if (moved.length > 0) await writeNotices(database, notices);
      return moved.length > 0;
    });
    if (!isFirst || entries === undefined || entries.length === 0) return;
    cursor = next;
  }
}
