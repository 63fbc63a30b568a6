// Shapes of notices by e-mail.

import { z } from 'zod';
import { CHOSEN, LANGS } from '../../mail/index.ts';
import { invite } from './people.ts';

const lang = z.enum(LANGS);
const kinds = z.array(z.enum(CHOSEN)).max(CHOSEN.length);
/** As typed: what cannot be an address is refused with its reason. */
const address = z.string().trim().min(1).max(300);

export const ownMail = z
  .object({
    /** Whether this server sends mail. */
    on: z.boolean(),
    /** Verified. */
    address: z.string().nullable(),
    /** Its link was not opened yet. */
    pending: z.string().nullable(),
    lang,
    kinds,
  })
  .meta({ id: 'OwnMail' });

export const mailChoice = z.strictObject({ lang, kinds });
export const mailAddress = z.strictObject({ address, lang });
export const mailVerification = z.strictObject({ token: z.string().min(1).max(200) });

export const mailedInvite = invite.extend({ address, lang });
export const mailedInvitation = z.object({ id: z.string(), address: z.string(), expires: z.string() });

const time = z.string();
/** A notice without its text. */
export const outboxNotice = z
  .object({
    id: z.int(),
    kind: z.string(),
    /** Null for somebody who was not a user yet. */
    user: z.string().nullable(),
    address: z.string(),
    status: z.enum(['waiting', 'sending', 'sent', 'failed']),
    attempts: z.int(),
    created: time,
    /** The next attempt; null once it ended. */
    due: time.nullable(),
    ended: time.nullable(),
    /** Why the last attempt failed: a word, and the numbers of the mail server's reply. */
    error: z.object({ why: z.string(), reply: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'OutboxNotice' });
