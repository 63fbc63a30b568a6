// The users of a server, in the tables of its first database: joins invitations, sessions and log-in limits, and handles passwords.

import { randomBytes } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import type { JikjiError } from '../../base/index.ts';
import { accounts, type Store, sessions, users } from '../database/index.ts';
import { type Context, lazyAuth } from './better-auth.ts';
import { Identities } from './identities.ts';
import * as input from './input.ts';
import { Invitations, invitationUnknown, userTaken } from './invitations.ts';
import { knownBrowser, markOf } from './known-browsers.ts';
import { LogInLimits } from './log-in-limits.ts';
import { LogIns } from './log-ins.ts';
import { Memberships, userUnknown } from './memberships.ts';
import * as refuse from './refusals.ts';
import { Resets, resetUnknown } from './resets.ts';
import { Sessions, type UserRow } from './sessions.ts';
import type { Invitation, Link, Session, Token, User, Viewer } from './types.ts';
import { Watchers } from './watchers.ts';

/** A hash that no password has: checking it takes as long as any other. */
const NO_PASSWORD = `${randomBytes(16).toString('hex')}:${randomBytes(64).toString('hex')}`;

const logInWrong = (): JikjiError => refuse.logInWrong('log-in');

/** Every method also throws the errors of a store (`database-unreachable`, ...). */
export class Users {
  readonly identities: Identities;
  readonly #context: Context;
  readonly #sessions: Sessions;
  readonly #invitations: Invitations;
  readonly #limits: LogInLimits;
  readonly logIns: LogIns;
  readonly memberships: Memberships;
  readonly resets: Resets;

  private constructor(context: Context) {
    this.#context = context;
    this.#sessions = new Sessions(context);
    this.#invitations = new Invitations(context);
    this.identities = new Identities(context, { sessions: this.#sessions, invitations: this.#invitations });
    this.#limits = new LogInLimits(context.now);
    this.logIns = new LogIns(context);
    this.memberships = new Memberships(context);
    this.resets = new Resets(context);
  }

  static async open(store: Store, { now = () => new Date() }: { now?: () => Date } = {}): Promise<Users> {
    return new Users({ tables: store.users, auth: lazyAuth(store.users), now, watchers: new Watchers() });
  }

  /** The token of a link for the office, valid for 24 hours, if nobody of it can log in; it replaces an earlier one. */
  async firstInvitation(): Promise<string | undefined> {
    return (await this.#invitations.makeFirst())?.token;
  }

  /** Makes an invitation, by default for 7 days. @throws JikjiError `forbidden`, `invitation-unfit`, `days-unfit` */
  async invite(by: Viewer, invited: input.Invited): Promise<Link> {
    if (by.role !== 'office' || by.user === null) throw refuse.onlyOfficeInvites(by.role);
    input.checkInvited(invited);
    const { role, programme, consortium, note = null, days = 7 } = invited;
    return this.#invitations.make({ role, programme, consortium, note, invitedBy: by.user }, days * 24);
  }

  /** All invitations, also used ones, in the order they were made. */
  invitations = (): Promise<Invitation[]> => this.#invitations.list();
  /** @throws JikjiError `invitation-unknown`, also where it was used */
  withdraw = (id: string): Promise<void> => this.#invitations.withdraw(id);
  /** The invitation of a link. @throws JikjiError `invitation-unknown` (also for a used or expired one) */
  invitation = (token: string): Promise<Invitation> => this.#invitations.look(token);

  /**
   * Uses up a link, creates its user and logs in. Of parallel calls one succeeds.
   * @throws JikjiError `invitation-unknown`, `user-taken`, `user-unfit`, `name-unfit`, `password-weak`, `password-common`; TooMany
   */
  async accept(
    token: string,
    { user, name, password }: { user: string; name: string; password: string },
    from: string,
  ): Promise<Session> {
    // A password is hashed only for a valid link.
    const invitation = await this.#limits.attempt({ from }, () =>
      this.#invitations.look(token).catch((error: unknown) => {
        if ((error as JikjiError).code === 'invitation-unknown') return undefined;
        throw error;
      }),
    );
    if (!invitation) throw invitationUnknown();
    input.checkWho(user, name);
    await input.checkPassword(password, user);
    if (await this.#find(user)) throw userTaken(user);
    const made = { user, name: name.trim(), password: await this.#hash(password) };
    return this.#sessions.start(await this.#invitations.accept(token, made));
  }

  /**
   * An unknown user gives the same error after about the same time.
   * @param mark as `markBrowser` made it: failures of a known browser are counted apart, so it does not wait for those of others
   * @throws JikjiError `log-in-wrong`; TooMany
   */
  async logIn(user: string, password: string, from: string, mark?: string): Promise<Session> {
    const isId = input.isUserId(user);
    const known = isId && mark !== undefined ? await this.#knownBrowser(user, mark) : undefined;
    // No id has a space.
    const by = known === undefined ? { ...(isId && { user }), from } : { user: `${user} in ${known}` };
    const session = await this.#limits.attempt(by, async () => {
      const found = await this.#verified(isId ? user : undefined, password);
      return found && this.#startAs(user, found.password);
    });
    if (!session) throw logInWrong();
    return session;
  }

  /** What a browser keeps in which this user has logged in. @throws JikjiError `user-unknown` */
  async markBrowser(user: string): Promise<string> {
    const found = await this.#find(user);
    if (!found) throw userUnknown(user);
    return markOf(user, found.password);
  }

  async #knownBrowser(user: string, mark: string): Promise<string | undefined> {
    const found = await this.#find(user);
    return found && knownBrowser(mark, user, found.password);
  }

  /** Ends a session; open streams of `user` end with it. */
  async logOut(token: string, user?: string): Promise<void> {
    await this.#sessions.end(token);
    if (user !== undefined) this.#context.watchers.tell(user);
  }

  /** Calls `onChange` after changes of the user or his log-ins in this process. Returns the function that ends it. */
  watch = (user: string, onChange: () => void): (() => void) => this.#context.watchers.watch(user, onChange);
  /** The viewer of a session or API token; undefined if it is unknown or expired, or its user is blocked. */
  viewer = async (token: string, { isUse = true } = {}): Promise<Viewer | undefined> =>
    (await this.#sessions.asker(token, isUse))?.viewer;
  /** The same, and whether it is an API token. */
  asker = (token: string): Promise<{ viewer: Viewer; byToken: boolean } | undefined> =>
    this.#sessions.asker(token, true);

  /** Whether a valid token is that of a log-in: what changes how a user logs in takes no API token. */
  isLogIn = (token: string): Promise<boolean> => this.#sessions.isLogIn(token);

  /** An API token. @throws JikjiError `name-unfit`, `days-unfit`, `user-unknown`, `tokens-full` */
  async newToken(user: string, what: { name: string; days: number }): Promise<Link> {
    const owner = await this.#find(user);
    if (!owner || owner.blocked) throw userUnknown(user);
    return this.#sessions.newToken(user, what);
  }

  /** Valid tokens in the order they were made. */
  tokens = (user: string): Promise<Token[]> => this.#sessions.tokens(user);
  /** @throws JikjiError `token-unknown` if this user has no such token */
  dropToken = (user: string, id: string): Promise<void> => this.#sessions.dropToken(user, id);

  /** In the order of their ids. */
  async list(): Promise<User[]> {
    const rows = await this.#context.tables.ask((database) => database.select().from(users).orderBy(asc(users.id)));
    return rows.map(({ id: user, name, role, programme, consortium, blocked, createdAt, lastSeen }) => {
      const times = { created: createdAt.toISOString(), lastSeen: lastSeen?.toISOString() ?? null };
      return { user, name, role: role as User['role'], programme, consortium, blocked, ...times };
    });
  }

  /** Blocks or unblocks a user. `by` null: not a user. @throws JikjiError as Memberships.block */
  block = (user: string, blocked: boolean, by: string | null = null): Promise<void> =>
    this.memberships.block(by, user, blocked);

  /** Notes that the password was given again, for acts that ask for it. @throws JikjiError `log-in-wrong`, `log-in-stale`; TooMany */
  async confirm(user: string, token: string, password: string): Promise<void> {
    const found = await this.#limits.attempt({ user: `${user} himself` }, () => this.#verified(user, password));
    if (!found) throw logInWrong();
    await this.logIns.confirm(token);
  }

  /** The user of a link. @throws JikjiError `reset-unknown`; TooMany */
  async reset(token: string, from: string): Promise<{ user: string; expires: string }> {
    const found = await this.#limits.attempt({ from }, () =>
      this.resets.look(token).catch((error: unknown) => {
        if ((error as JikjiError).code === 'reset-unknown') return undefined;
        throw error;
      }),
    );
    if (!found) throw resetUnknown();
    return found;
  }

  /**
   * Uses up a link: sets the password, ends all sessions and tokens of its user, and logs in. Of parallel calls one succeeds.
   * @throws JikjiError `reset-unknown`, `password-weak`, `password-common`; TooMany
   */
  async useReset(token: string, password: string, from: string): Promise<Session> {
    // A password is hashed only for a valid link.
    const { user } = await this.reset(token, from);
    await input.checkPassword(password, user);
    const hash = await this.#hash(password);
    await this.resets.use(token, hash);
    const session = await this.#startAs(user, hash);
    if (!session) throw resetUnknown();
    return session;
  }

  /** A session; none if the user was blocked or changed the password meanwhile: it would outlive the end of his others. */
  async #startAs(user: string, password: string): Promise<Session | undefined> {
    const found = await this.#find(user);
    const isStill = (row: typeof found) => row !== undefined && !row.blocked && row.password === password;
    if (!isStill(found)) return undefined;
    const opened = await this.#sessions.start(found!);
    if (isStill(await this.#find(user))) return opened;
    await this.#sessions.end(opened.token);
    return undefined;
  }

  /**
   * Ends all sessions and tokens of the user, since anybody who knew the old password may have made one, and returns a new session.
   * @throws JikjiError `log-in-wrong`, `password-weak`, `password-common`; TooMany
   */
  async setPassword(user: string, old: string, next: string): Promise<Session> {
    // Counted apart from log-ins, so that no stranger can delay a logged-in user. No id has a space.
    const session = await this.#limits.attempt({ user: `${user} himself` }, async () => {
      const found = await this.#verified(user, old);
      if (!found) return undefined;
      await input.checkPassword(next, user);
      const password = await this.#hash(next);
      const isSet = await this.#context.tables.transact(async (database) => {
        // A session that starts meanwhile waits for this lock, and then finds another password.
        await database.select({ id: users.id }).from(users).where(eq(users.id, user)).for('update');
        const mine = and(eq(accounts.userId, user), eq(accounts.password, found.password));
        const columns = { password, updatedAt: this.#context.now() };
        const changed = await database.update(accounts).set(columns).where(mine).returning();
        if (changed.length > 0) await database.delete(sessions).where(eq(sessions.userId, user));
        return changed.length > 0;
      });
      if (isSet) this.#context.watchers.tell(user);
      return isSet ? this.#startAs(user, password) : undefined;
    });
    if (!session) throw logInWrong();
    return session;
  }

  #hash = async (password: string): Promise<string> => (await this.#context.auth()).password.hash(password);

  /** A user with his password hash. */
  async #find(user: string): Promise<(UserRow & { password: string }) | undefined> {
    const [found] = await this.#context.tables.ask((database) =>
      database.select().from(users).innerJoin(accounts, eq(accounts.userId, users.id)).where(eq(users.id, user)),
    );
    return found && { ...found.users, password: found.accounts.password };
  }

  /** The user if the password is right; undefined, after the same work, also if he is blocked or unknown. */
  async #verified(user: string | undefined, password: string) {
    const found = user === undefined ? undefined : await this.#find(user);
    const hash = found?.password ?? NO_PASSWORD;
    const auth = await this.#context.auth();
    const isRight = input.fitsPassword(password) && (await auth.password.verify({ hash, password }));
    return isRight && found && !found.blocked ? found : undefined;
  }
}
