// Who gets notices where: each user's address, verified by a link before anything else is sent there, his language, and the kinds that he wants.
// Mails that verify an address are few for each user and for each address: nobody can use the server to flood a stranger.

import { randomBytes } from 'node:crypto';
import { and, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import { sha256Hex } from '../../ledger/index.ts';
import { addresses, invitations, type OutboxRow, type UserTables, users, writeNotices } from '../database/index.ts';
import type { Role } from '../users/index.ts';
import { requireAddress } from './address.ts';
import type { Composer } from './compose.ts';
import { CHOSEN, type ChosenKind, type MailLang } from './kinds.ts';
import { lockOutbox, requireFew } from './limits.ts';
import { newMessageId } from './message-id.ts';
import { verificationUnknown } from './refusals.ts';

/** What a user sees of his own settings. */
export interface OwnAddress {
  /** Verified; null without one. */
  address: string | null;
  /** Waits for its link to be opened. */
  pending: string | null;
  lang: MailLang;
  kinds: ChosenKind[];
}

/** A user with a verified address. */
export interface Recipient {
  user: string;
  role: Role;
  programme: string | null;
  consortium: string | null;
  address: string;
  lang: MailLang;
  kinds: readonly ChosenKind[];
}

export interface Context {
  tables: UserTables;
  composer: Composer;
  /** The domain of Message-IDs. */
  domain: string;
  now(): Date;
  /** Called when a notice was written that somebody waits for. */
  onWritten(): void;
}

/** The key of an invitation's notice is this and the invitation's id. */
export const INVITATION_KEY = 'invitation:';
/** How long a link verifies an address. */
const VALID_MS = 24 * 3_600_000;

export const membershipOf = ({
  role,
  programme,
  consortium,
}: Pick<Recipient, 'role' | 'programme' | 'consortium'>): string => [role, programme ?? '', consortium ?? ''].join('/');

/** Of a hand or another release: kinds that this release does not know are left out. */
const kindsOf = (value: unknown): ChosenKind[] => CHOSEN.filter((kind) => Array.isArray(value) && value.includes(kind));

export class Recipients {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async own(user: string): Promise<OwnAddress> {
    const [row] = await this.#context.tables.ask((database) =>
      database.select().from(addresses).where(eq(addresses.userId, user)),
    );
    if (!row) return { address: null, pending: null, lang: 'en', kinds: [...CHOSEN] };
    const isOpen = row.expiresAt !== null && row.expiresAt > this.#context.now();
    return { address: row.address, pending: isOpen ? row.pending : null, lang: row.lang, kinds: kindsOf(row.kinds) };
  }

  /** Language and kinds. */
  async choose(user: string, { lang, kinds }: Pick<OwnAddress, 'lang' | 'kinds'>): Promise<void> {
    const set = { lang, kinds, updatedAt: this.#context.now() };
    await this.#context.tables.ask((database) =>
      database
        .insert(addresses)
        .values({ userId: user, ...set })
        .onConflictDoUpdate({ target: addresses.userId, set }),
    );
  }

  /** Forgets the address of a user, and one that waits. */
  async remove(user: string): Promise<void> {
    const set = { address: null, pending: null, token: null, expiresAt: null, updatedAt: this.#context.now() };
    await this.#context.tables.ask((database) => database.update(addresses).set(set).where(eq(addresses.userId, user)));
  }

  /**
   * Sends a link to an address that a user wants; until it is opened, notices go where they went.
   * @throws JikjiError `address-unfit`, `too-many`
   */
  async request(user: string, wanted: string, lang: MailLang): Promise<void> {
    const address = requireAddress(wanted);
    const { tables, composer, domain, now, onWritten } = this.#context;
    const time = now();
    const token = randomBytes(32).toString('base64url');
    await tables.transact(async (database) => {
      await requireFew(database, 'verification', { user, address, now: time });
      const pending = { pending: address, token: sha256Hex(token), expiresAt: new Date(time.getTime() + VALID_MS) };
      const set = { ...pending, lang, updatedAt: time };
      await database
        .insert(addresses)
        .values({ userId: user, kinds: [...CHOSEN], ...set })
        .onConflictDoUpdate({ target: addresses.userId, set });
      const text = composer.verification(lang, user, token);
      const about = { kind: 'verification', userId: user, address, lang, until: pending.expiresAt };
      await writeNotices(database, [{ messageId: newMessageId(domain), ...about, ...text, createdAt: time }]);
    });
    onWritten();
  }

  /**
   * Takes the address whose link was opened; whoever had another one learns of it there. The user of the link need not be logged in: it
   * reached the address.
   * @throws JikjiError `verification-unknown`
   */
  async verify(token: string): Promise<void> {
    const { tables, composer, domain, now, onWritten } = this.#context;
    const time = now();
    await tables.transact(async (database) => {
      await lockOutbox(database);
      const [row] = await database
        .select()
        .from(addresses)
        .innerJoin(users, eq(users.id, addresses.userId))
        .where(and(eq(addresses.token, sha256Hex(token)), gt(addresses.expiresAt, time), eq(users.blocked, false)))
        .for('update');
      if (!row?.addresses.pending) throw verificationUnknown('address');
      const { userId, address: before, pending: address, lang } = row.addresses;
      const set = { address, pending: null, token: null, expiresAt: null, updatedAt: time };
      await database.update(addresses).set(set).where(eq(addresses.userId, userId));
      if (before === null || before === address) return;
      const about = { kind: 'address-changed', userId, address: before, lang };
      const text = composer.addressChanged(lang, userId);
      await writeNotices(database, [{ messageId: newMessageId(domain), ...about, ...text, createdAt: time }]);
    });
    onWritten();
  }

  /** Users who can log in and have a verified address: all, or one. */
  async verified(user?: string): Promise<Recipient[]> {
    const which = and(
      isNotNull(addresses.address),
      eq(users.blocked, false),
      user === undefined ? undefined : eq(users.id, user),
    );
    const rows = await this.#context.tables.ask((database) =>
      database.select().from(users).innerJoin(addresses, eq(addresses.userId, users.id)).where(which).orderBy(users.id),
    );
    return rows.map(({ users: { id, role, programme, consortium }, addresses: { address, lang, kinds } }) => {
      return { user: id, role: role as Role, programme, consortium, address: address!, lang, kinds: kindsOf(kinds) };
    });
  }

  /** Whether the invitation of a notice was neither used nor withdrawn. */
  async #isOpen(key: string): Promise<boolean> {
    const open = and(eq(invitations.id, key.slice(INVITATION_KEY.length)), isNull(invitations.usedAt));
    const found = await this.#context.tables.ask((database) => database.select().from(invitations).where(open));
    return found.length > 0;
  }

  /** Whether a notice that was written earlier may still go where it was to go. */
  async mayGo({
    key,
    kind,
    userId,
    address,
    membership,
  }: Pick<OutboxRow, 'key' | 'kind' | 'userId' | 'address' | 'membership'>): Promise<boolean> {
    if (kind === 'address-changed') return true;
    if (kind === 'invitation') return this.#isOpen(key ?? '');
    if (userId === null) return false;
    if (kind === 'verification') return (await this.own(userId)).pending === address;
    const [recipient] = await this.verified(userId);
    if (recipient?.address !== address) return false;
    return (
      kind === 'password-reset' ||
      (recipient.kinds.includes(kind as ChosenKind) && membershipOf(recipient) === membership)
    );
  }
}
