// Log-ins by the office's provider: begun in a browser, and finished in the same one, once. Knows who somebody is at the provider, not which
// user that is.

import { randomBytes } from 'node:crypto';
import { and, count, eq, gt, inArray, lte } from 'drizzle-orm';
import { networkOf } from '../../http/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { openidFlows, type UserTables } from '../database/index.ts';
import type { Identity } from '../users/index.ts';
import { Provider } from './provider.ts';
import { notBegunHere, tooManyBegun } from './refusals.ts';
import type { OpenIdSettings } from './settings.ts';

type Row = typeof openidFlows.$inferSelect;

/** What a log-in is for. */
export type Purpose =
  | { purpose: 'log-in' }
  /** With the secret of an invitation's link. */
  | { purpose: 'accept'; invitation: string }
  | { purpose: 'link'; user: string };

/** What the provider sent the browser back with. */
export interface Returned {
  code?: string;
  state: string;
  iss?: string;
  error?: string;
}

const VALID_MS = 10 * 60_000;
/** Log-ins that are under way at a time; the oldest are forgotten first. */
const MAX_FLOWS = 10_000;
/** Of one network without a log-in, in the time for which a flow is valid: others' flows must not be forgotten for them. */
const MAX_FROM_NETWORK = 100;

export class OpenId {
  readonly #settings: OpenIdSettings;
  readonly #tables: UserTables;
  readonly #provider: Provider;
  readonly #redirectUri: string;
  readonly #now: () => Date;
  /** By network: flows begun, and when they are forgotten. */
  readonly #begun = new Map<string, { flows: number; until: number }>();

  /** @param origin of the server's pages; the provider must know `ORIGIN/openid` as the address to come back to */
  constructor(
    settings: OpenIdSettings,
    {
      tables,
      origin,
      now = () => new Date(),
      timeoutMs,
    }: { tables: UserTables; origin: string; now?: () => Date; timeoutMs?: number },
  ) {
    this.#settings = settings;
    this.#tables = tables;
    this.#redirectUri = `${origin}/openid`;
    this.#now = now;
    this.#provider = new Provider(settings, { now, ...(timeoutMs !== undefined && { timeoutMs }) });
  }

  /** Of the button. */
  get label(): OpenIdSettings['label'] {
    return this.#settings.label;
  }

  /**
   * Begins a log-in: where the browser goes, and the secret that it keeps so that nobody can finish the log-in in another browser.
   * @param from the browser's address
   * @throws JikjiError `openid-unreachable`, `too-many`
   */
  async begin(what: Purpose, from: string): Promise<{ url: string; browser: string }> {
    this.#count(networkOf(from));
    const { url, secrets } = await this.#provider.begin(this.#redirectUri);
    const browser = randomBytes(32).toString('base64url');
    const now = this.#now();
    const row: Row = {
      state: sha256Hex(secrets.state),
      browser: sha256Hex(browser),
      nonce: secrets.nonce,
      verifier: secrets.verifier,
      purpose: what.purpose,
      invitation: what.purpose === 'accept' ? sha256Hex(what.invitation) : null,
      userId: what.purpose === 'link' ? what.user : null,
      expiresAt: new Date(now.getTime() + VALID_MS),
    };
    await this.#tables.ask(async (database) => {
      await database.delete(openidFlows).where(lte(openidFlows.expiresAt, now));
      const [{ n } = { n: 0 }] = await database.select({ n: count() }).from(openidFlows);
      if (Number(n) >= MAX_FLOWS) {
        const oldest = database
          .select({ state: openidFlows.state })
          .from(openidFlows)
          .orderBy(openidFlows.expiresAt)
          .limit(1);
        await database.delete(openidFlows).where(inArray(openidFlows.state, oldest));
      }
      await database.insert(openidFlows).values(row);
    });
    return { url, browser };
  }

  #count(network: string): void {
    const now = this.#now().getTime();
    for (const [one, { until }] of this.#begun) if (until <= now) this.#begun.delete(one);
    const { flows, until } = this.#begun.get(network) ?? { flows: 0, until: now + VALID_MS };
    if (flows >= MAX_FROM_NETWORK)
      throw Object.assign(tooManyBegun('log-in'), { retryAfter: Math.ceil((until - now) / 1000) });
    this.#begun.set(network, { flows: flows + 1, until });
  }

  /**
   * Finishes a log-in, once.
   * @param browser the secret of `begin`
   * @throws JikjiError `openid-refused`, `openid-unreachable`
   */
  async finish({ state, ...rest }: Returned, browser: string | undefined): Promise<{ flow: Row; identity: Identity }> {
    const isOpen = and(
      eq(openidFlows.state, sha256Hex(state)),
      eq(openidFlows.browser, sha256Hex(browser ?? '')),
      gt(openidFlows.expiresAt, this.#now()),
    );
    const [flow] = await this.#tables.ask((database) => database.delete(openidFlows).where(isOpen).returning());
    if (!flow) throw notBegunHere('log-in');
    const returned = new URL(this.#redirectUri);
    for (const [name, value] of Object.entries({ ...rest, state }))
      if (value !== undefined) returned.searchParams.set(name, value);
    const { nonce, verifier } = flow;
    return { flow, identity: await this.#provider.finish(returned, { state, nonce, verifier }) };
  }
}
