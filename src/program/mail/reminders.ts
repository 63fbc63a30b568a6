// Reminders of what is due. Does not know what is due: the office does.

import { sha256Hex } from '../../ledger/index.ts';
import type { NewNotice } from '../database/index.ts';
import type { Composer, Thing } from './compose.ts';
import type { MailLang } from './kinds.ts';
import { newMessageId } from './message-id.ts';
import { membershipOf, type Recipient } from './recipients.ts';

/** Something that a user should do soon. Each text is told once. */
export interface Reminder {
  user: string;
  programme: Thing;
  text: Record<MailLang, string>;
  /** Its deadline: after it, nothing is sent. */
  until?: Date;
}

/** What users should be reminded of now. */
export type Reminders = (now: Date) => readonly Reminder[] | Promise<readonly Reminder[]>;

export function noticesOfReminders(
  reminders: readonly Reminder[],
  { people, composer, domain, now }: { people: readonly Recipient[]; composer: Composer; domain: string; now: Date },
): NewNotice[] {
  const byUser = new Map(people.map((person) => [person.user, person]));
  return reminders.flatMap(({ user, programme, text, until }) => {
    const person = byUser.get(user);
    if (!person?.kinds.includes('reminders')) return [];
    // As with the log: only people of the programme.
    if (person.role !== 'office' && person.programme !== programme.id) return [];
    return [
      {
        messageId: newMessageId(domain),
        key: `reminder:${programme.id}:${user}:${sha256Hex(text.en)}`,
        kind: 'reminders',
        userId: user,
        address: person.address,
        membership: membershipOf(person),
        lang: person.lang,
        ...composer.reminder(person.lang, programme, text[person.lang]),
        createdAt: now,
        ...(until && { until }),
      },
    ];
  });
}
