// The mail of a server: follows the logs, keeps people's addresses, writes notices into the outbox and sends them.

import { setTimeout } from 'node:timers/promises';
import { type NewNotice, type OutboxRow, type Store, writeNotices } from '../database/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Link } from '../users/index.ts';
import { requireAddress } from './address.ts';
import { Composer, type Thing } from './compose.ts';
import { follow } from './follow.ts';
import type { MailLang } from './kinds.ts';
import { type LimitedKind, requireFew } from './limits.ts';
import { newMessageId } from './message-id.ts';
import { type Context, INVITATION_KEY, Recipients } from './recipients.ts';
import { noticesOfReminders, type Reminders } from './reminders.ts';
import { sendDue } from './sender.ts';
import type { MailSettings } from './settings.ts';
import { deliver, type Times } from './smtp.ts';

interface MailOptions {
  /** The database of the users. */
  store: Store;
  settings: MailSettings;
  /** Of the server's pages: `https://console.example.kr`. */
  origin: string;
  now?: () => Date;
  times?: Times;
}

/** Between two looks at the outbox, into which other processes write too. */
const LOOK_MS = 5000;
/** After the mail server has refused or not answered. */
const REST_MS = 60_000;
const HOUR_MS = 3_600_000;
/** How long notices that ended are kept for the office. */
const KEPT_MS = 90 * 24 * HOUR_MS;
/** Notices that the office sees. */
const SHOWN = 200;

export class Mail {
  readonly recipients: Recipients;
  readonly #options: Required<Pick<MailOptions, 'store' | 'settings' | 'now'>> & Pick<MailOptions, 'times'>;
  readonly #context: Context;
  readonly #name: string;
  #awake = new AbortController();

  constructor({ store, settings, origin, now = () => new Date(), times }: MailOptions) {
    this.#options = { store, settings, now, ...(times && { times }) };
    this.#name = new URL(origin).hostname;
    const domain = settings.from.address.split('@')[1]!;
    const onWritten = () => this.#awake.abort();
    this.#context = { tables: store.users, composer: new Composer(origin), domain, now, onWritten };
    this.recipients = new Recipients(this.#context);
  }

  /** Writes notices of what is new in a programme's log. */
  follow = (programme: Programme, id: string): Promise<void> =>
    follow({ ...this.#context, recipients: this.recipients }, programme, id);

  /** Writes reminders that were not written before. */
  async remind(reminders: Reminders): Promise<void> {
    const now = this.#context.now();
    const due = await reminders(now);
    if (due.length === 0) return;
    const notices = noticesOfReminders(due, { ...this.#context, people: await this.recipients.verified(), now });
    await this.#context.tables.transact((database) => writeNotices(database, notices));
  }

  /**
   * Sends the one-time link of an invitation. `programme` null: for the office.
   * @throws JikjiError `address-unfit`, `too-many`
   */
  async sendInvitation(
    to: string,
    { invitation, programme, lang }: { invitation: Link; programme: Thing | null; lang: MailLang },
  ): Promise<string> {
    const { id, token, expires } = invitation;
    const address = requireAddress(to);
    const until = new Date(expires);
    const text = this.#context.composer.invitation(lang, programme, token, until);
    await this.#write({ kind: 'invitation', key: `${INVITATION_KEY}${id}`, address, lang, until, ...text });
    return address;
  }

  /**
   * Sends the one-time link that sets a new password to the user's verified address; false if he has none.
   * @param page the path of the page that takes the token from the address's fragment
   * @throws JikjiError `too-many`
   */
  async sendPasswordReset(
    user: string,
    { page, token, expires }: { page: `/${string}`; token: string; expires: string },
  ): Promise<boolean> {
    const [recipient] = await this.recipients.verified(user);
    if (!recipient) return false;
    const { address, lang } = recipient;
    const until = new Date(expires);
    const text = this.#context.composer.passwordReset(lang, user, { page, token, until });
    await this.#write({ kind: 'password-reset', userId: user, address, lang, until, ...text });
    return true;
  }

  async #write(notice: Omit<NewNotice, 'messageId' | 'createdAt' | 'kind'> & { kind: LimitedKind }): Promise<void> {
    const { tables, domain } = this.#context;
    const now = this.#context.now();
    const { kind, address, userId: user = null } = notice;
    await tables.transact(async (database) => {
      await requireFew(database, kind, { user, address, now });
      await writeNotices(database, [{ messageId: newMessageId(domain), createdAt: now, ...notice }]);
    });
    this.#context.onWritten();
  }

  /** The newest notices, without their texts. */
  outbox = (): Promise<OutboxRow[]> => this.#options.store.outbox.list(SHOWN);

  /** Sends what is due. */
  sendDue(signal?: AbortSignal): Promise<{ sent: number; rests: boolean }> {
    const { store, settings, now, times } = this.#options;
    const more = { name: this.#name, ...(times && { times }) };
    return sendDue({
      store,
      now,
      mayGo: (notice) => this.recipients.mayGo(notice),
      deliver: (notice, stop) => deliver(settings, notice, { ...more, ...(stop && { signal: stop }) }),
      ...(signal && { signal }),
    });
  }

  /** Follows the programmes, reminds and sends, until `signal`. */
  async run(
    programmes: () => readonly { id: string; programme: Programme }[],
    {
      signal,
      reminders,
      onTrouble,
    }: { signal: AbortSignal; reminders?: Reminders; onTrouble: (error: unknown) => void },
  ): Promise<void> {
    let [hourly, rested] = [0, 0];
    while (!signal.aborted) {
      try {
        for (const { id, programme } of programmes()) await this.follow(programme, id);
        const now = this.#context.now().getTime();
        if (now - hourly >= HOUR_MS) {
          if (reminders) await this.remind(reminders);
          await this.#options.store.outbox.forget(new Date(now - KEPT_MS));
          hourly = now;
        }
        if (now >= rested && (await this.sendDue(signal)).rests) rested = now + REST_MS;
        onTrouble(undefined);
      } catch (error) {
        onTrouble(error);
      }
      const woken = AbortSignal.any([signal, this.#awake.signal]);
      await setTimeout(LOOK_MS, undefined, { signal: woken }).catch(() => {});
      if (this.#awake.signal.aborted) this.#awake = new AbortController();
    }
  }
}
