// A certified OpenID provider of another author on loopback, and a person's browser that logs in there. For tests.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OpenIdSettings } from '../settings.ts';

export const CLIENT = { clientId: 'jikji', clientSecret: 'a secret of the office & more: %' };
const LABEL = { en: 'Ministry log-in', ko: '부처 로그인' };

export interface TestProvider {
  settings: OpenIdSettings;
  issuer: string;
  /** Logs in at the provider as this person, and returns the address to which the browser is sent back. */
  visit(url: string, person: string): Promise<URL>;
  close(): Promise<void>;
}

/** @param redirectUri where it sends browsers back */
export async function beginProvider(redirectUri: string): Promise<TestProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' };
  const { info, warn } = console;
  // It says at length that it is a test.
  console.info = console.warn = () => {};
  const { default: Provider } = await import('oidc-provider');
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [redirectUri] }],
    cookies: { keys: ['of the test'] },
    jwks: { keys: [key] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    renderError: (context: { body: unknown }, out: { error: string }) => {
      context.body = out.error;
    },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => {
        const [sub, domain = 'ministry.example'] = id.split(' at ');
        return { sub: id, email: `${sub}@${domain}`, email_verified: !id.startsWith('unverified') };
      },
    }),
  });
  Object.assign(console, { info, warn });
  server.on('request', provider.callback());
  return {
    issuer,
    settings: { issuer, ...CLIENT, label: LABEL },
    visit: (url, person) => visit(url, person, redirectUri),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Follows redirects with cookies, fills the forms of the provider, and stops where it is sent back. */
async function visit(url: string, person: string, redirectUri: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let next = { url, body: undefined as string | undefined };
  for (let steps = 0; steps < 20; steps++) {
    if (next.url.startsWith(redirectUri)) return new URL(next.url);
    const response: Response = await fetch(next.url, {
      method: next.body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        ...(next.body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(next.body !== undefined && { body: next.body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (/expires=Thu, 01 Jan 1970/i.test(cookie)) cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      next = { url: new URL(location, next.url).href, body: undefined };
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    if (action === undefined) throw new Error(`the provider answers ${response.status}: ${page.slice(0, 500)}`);
    const prompt = /name="prompt" value="(\w+)"/.exec(page)![1]!;
    const fields = { prompt, ...(prompt === 'login' && { login: person, password: 'x' }) };
    next = { url: new URL(action, next.url).href, body: new URLSearchParams(fields).toString() };
  }
  throw new Error('the provider redirects without end');
}
