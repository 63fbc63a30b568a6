// Whom the server reminds by mail: people with something due whose announced moment is near. The office sees its list when it opens its page.

import { dueOf } from '../due/index.ts';
import type { Reminder } from '../mail/index.ts';
import type { Users } from '../users/index.ts';
import { type HostedProgramme, programmeId } from './context.ts';

/** How long before its moment somebody is reminded. */
const AHEAD_MS = 3 * 86_400_000;

export async function remindersOf(users: Users, hosted: readonly HostedProgramme[], now: Date): Promise<Reminder[]> {
  const people = (await users.list()).filter(({ role, blocked }) => role !== 'office' && !blocked);
  return hosted.flatMap((one) => {
    const { tables } = one.programme;
    const [row] = tables.all('programmes');
    const id = programmeId(one);
    if (id === undefined || row === undefined) return [];
    return people
      .filter(({ programme }) => programme === id)
      .flatMap((person) =>
        dueOf(tables, person, now).flatMap(({ text, until }): Reminder[] => {
          const left = until === null ? Number.NaN : Date.parse(until) - now.getTime();
          if (!(left > 0 && left <= AHEAD_MS)) return [];
          return [{ user: person.user, programme: { id, title: row.name }, text, until: new Date(until!) }];
        }),
      );
  });
}
