// The office's OpenID provider (code flow with PKCE, state and nonce) by openid-client, which only this file knows. It checks the ID token:
// signature, issuer, audience, times, nonce.

import type { Configuration } from 'openid-client';
import type { Identity } from '../users/index.ts';
import * as refuse from './refusals.ts';
import { isSafe, type OpenIdSettings } from './settings.ts';

const MAX_BYTES = 256 << 10;
const TIMEOUT_MS = 10_000;

class FetchRefused extends Error {}

async function bodyOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > MAX_BYTES) throw new FetchRefused('the provider’s answer is too large');
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces, length));
}

/** Like `fetch`, with the answer read whole. */
function limitedFetch(timeoutMs: number): (url: string, options: RequestInit) => Promise<Response> {
  return async (url, options) => {
    if (!isSafe(new URL(url))) throw new FetchRefused('the provider names an address without https');
    const signals = [AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])];
    const response = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.any(signals) });
    const { status, headers } = response;
    const body = await bodyOf(response);
    const isEmpty = [101, 204, 205, 304].includes(status);
    return new Response(isEmpty ? null : body, { status, headers });
  };
}

/** The secrets of one log-in, which never leave the server but as digests. */
export interface Secrets {
  state: string;
  nonce: string;
  verifier: string;
}

/** How long what the provider says of itself is believed. */
const BELIEVED_MS = 3_600_000;
/** Seconds by which clocks may differ. */
const TOLERANCE = 30;
/** As OpenID Connect bounds it. */
const MAX_SUBJECT = 255;

const client = () => import('openid-client');

export class Provider {
  readonly #settings: OpenIdSettings;
  readonly #timeoutMs: number;
  readonly #now: () => Date;
  #found: { config: Promise<Configuration>; at: number } | undefined;

  constructor(settings: OpenIdSettings, { now, timeoutMs = TIMEOUT_MS }: { now: () => Date; timeoutMs?: number }) {
    this.#settings = settings;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
  }

  /** @throws JikjiError `openid-unreachable` */
  async #config(): Promise<Configuration> {
    const at = this.#now().getTime();
    if (!this.#found || at - this.#found.at >= BELIEVED_MS) {
      const found = { config: this.#discover(), at };
      this.#found = found;
      found.config.catch(() => {
        if (this.#found === found) this.#found = undefined; // asked again next time
      });
    }
    return this.#found.config;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const lib = await client();
    const server = new URL(issuer);
    // By what the provider supports; without a word of it, as the standard says.
    const withSecret: import('openid-client').ClientAuth = (as, ...rest) => {
      const methods = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      const isBasic = methods.includes('client_secret_basic');
      return (isBasic ? lib.ClientSecretBasic(clientSecret) : lib.ClientSecretPost(clientSecret))(as, ...rest);
    };
    const auth = clientSecret === undefined ? lib.None() : withSecret;
    try {
      const config = await lib.discovery(server, clientId, { [lib.clockTolerance]: TOLERANCE }, auth, {
        [lib.customFetch]: limitedFetch(this.#timeoutMs) as import('openid-client').CustomFetch,
        timeout: Math.ceil(this.#timeoutMs / 1000),
        // The signature of the ID token is checked, although it comes over TLS.
        execute: [lib.enableNonRepudiationChecks, ...(server.protocol === 'http:' ? [lib.allowInsecureRequests] : [])],
      });
      const { authorization_endpoint: page, token_endpoint: token, jwks_uri: jwks } = config.serverMetadata();
      // A browser goes to the first one: it must not be a script.
      for (const address of [page, token, jwks])
        if (address === undefined || !URL.canParse(address) || !isSafe(new URL(address)))
          throw new Error('the provider lacks an address, or one is not https');
      return config;
    } catch (error) {
      throw refuse.unreachable(issuer).causedBy(error);
    }
  }

  /** The address at the provider to which a browser goes, and the secrets of this log-in. @throws JikjiError `openid-unreachable` */
  async begin(redirectUri: string): Promise<{ url: string; secrets: Secrets }> {
    const [lib, config] = [await client(), await this.#config()];
    const secrets = { state: lib.randomState(), nonce: lib.randomNonce(), verifier: lib.randomPKCECodeVerifier() };
    const url = lib.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.#settings.emailDomain === undefined ? 'openid' : 'openid email',
      code_challenge: await lib.calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
      state: secrets.state,
      nonce: secrets.nonce,
    });
    return { url: url.href, secrets };
  }

  /**
   * The identity for which the provider gave a code.
   * @param returned the address to which the browser came back
   * @throws JikjiError `openid-refused`, `openid-unreachable`
   */
  async finish(returned: URL, { state, nonce, verifier }: Secrets): Promise<Identity> {
    const [lib, config] = [await client(), await this.#config()];
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    let claims: Record<string, unknown> | undefined;
    try {
      claims = (await lib.authorizationCodeGrant(config, returned, checks)).claims();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT')
        throw refuse.unreachable(this.#settings.issuer).causedBy(error);
      throw refuse.notConfirmed('log-in').causedBy(error);
    }
    return this.#identityOf(claims);
  }

  #identityOf(claims: Record<string, unknown> | undefined): Identity {
    const { iss: issuer, sub: subject } = claims ?? {};
    if (
      typeof issuer !== 'string' ||
      typeof subject !== 'string' ||
      !/^[\x20-\x7e]+$/.test(subject) ||
      subject.length > MAX_SUBJECT
    )
      throw refuse.oddName('log-in');
    const { emailDomain, claims: required = {} } = this.#settings;
    const isFit = Object.entries(required).every(
      ([name, value]) => Object.hasOwn(claims!, name) && claims![name] === value,
    );
    if (!isFit || (emailDomain !== undefined && !hasDomain(claims!, emailDomain))) throw refuse.notAccepted('log-in');
    return { issuer, subject };
  }
}

/** Whether the provider verified an address of this domain. */
function hasDomain({ email, email_verified: isVerified }: Record<string, unknown>, domain: string): boolean {
  if (isVerified !== true || typeof email !== 'string') return false;
  const at = email.lastIndexOf('@');
  return at > 0 && email.slice(at + 1).toLowerCase() === domain;
}
