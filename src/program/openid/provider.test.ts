// A provider that lies, talks without end or not at all: ID tokens signed by hand, answers of all kinds. And the files of settings.

import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Provider, type Secrets } from './provider.ts';
import { type OpenIdSettings, readOpenIdSettings } from './settings.ts';

const keys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const own = keys();
const other = keys();
const REDIRECT = 'https://console.example/openid';
const SECRET = 'hunter 2';
const folder = mkdtempSync(join(tmpdir(), 'jikji-openid-'));

type Handler = (response: ServerResponse, body: string) => void;
/** What the server answers, by path; what is not there, as a good one. */
let answers: Record<string, Handler> = {};
let asked: { path: string; body: string; authorization: string | undefined }[] = [];
let server: Server;
let issuer = '';
const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const jwk = (key: KeyObject) => ({
  ...createPublicKey(key).export({ format: 'jwk' }),
  kid: 'k1',
  use: 'sig',
  alg: 'RS256',
});
const metadata = () => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
});

beforeAll(async () => {
  const listener: RequestListener = async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const [path, body] = [request.url!, Buffer.concat(pieces).toString()];
    asked.push({ path, body, authorization: request.headers.authorization });
    if (answers[path]) return answers[path](response, body);
    if (path === '/.well-known/openid-configuration') return json(response, metadata());
    if (path === '/jwks') return json(response, { keys: [jwk(own.privateKey)] });
    response.writeHead(404).end();
  };
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  answers = {};
  asked = [];
});

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
type Signing = (text: string) => Buffer;
const by =
  (key: KeyObject): Signing =>
  (text) =>
    sign('sha256', Buffer.from(text), key);
/** A token, signed by hand. */
function tokenOf(
  claims: object,
  { header = {}, signing = by(own.privateKey) }: { header?: object; signing?: Signing } = {},
): string {
  const text = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...header })}.${part(claims)}`;
  return `${text}.${signing(text).toString('base64url')}`;
}
const now = () => Math.floor(Date.now() / 1000);
const claimsFor = ({ nonce }: Pick<Secrets, 'nonce'>, more: object = {}) => {
  return { iss: issuer, sub: 'kim', aud: 'jikji', iat: now(), exp: now() + 300, nonce, ...more };
};

const settings = (more: Partial<OpenIdSettings> = {}): OpenIdSettings => {
  return { issuer, clientId: 'jikji', clientSecret: SECRET, label: { en: 'x', ko: 'x' }, ...more };
};
const provider = (more: Partial<OpenIdSettings> = {}, timeoutMs = 5000) =>
  new Provider(settings(more), { now: () => new Date(), timeoutMs });

/** A log-in in which the provider gives this ID token. */
async function logIn(idToken: (secrets: Secrets) => unknown, more: Partial<OpenIdSettings> = {}) {
  const tested = provider(more);
  const { secrets } = await tested.begin(REDIRECT);
  answers['/token'] = (response) =>
    json(response, { access_token: 'x', token_type: 'Bearer', id_token: idToken(secrets) });
  const url = new URL(REDIRECT);
  url.search = new URLSearchParams({ code: 'c0de', state: secrets.state }).toString();
  return tested.finish(url, secrets);
}
const REFUSED = { name: 'JikjiError', code: 'openid-refused' };

test('a token that is right in everything names issuer and subject', async () => {
  expect(await logIn((secrets) => tokenOf(claimsFor(secrets)))).toEqual({ issuer, subject: 'kim' });
  const token = asked.find(({ path }) => path === '/token')!;
  // The secret in the form of RFC 6749, 2.3.1; the verifier of PKCE in the body.
  expect(token.authorization).toBe(`Basic ${Buffer.from('jikji:hunter+2').toString('base64')}`);
  expect(Object.fromEntries(new URLSearchParams(token.body))).toEqual({
    grant_type: 'authorization_code',
    code: 'c0de',
    redirect_uri: REDIRECT,
    code_verifier: expect.stringMatching(/^[\w-]{43}$/),
  });
});

const PEM = createPublicKey(own.privateKey).export({ type: 'spki', format: 'pem' }).toString();
const hmac =
  (secret: string): Signing =>
  (text) =>
    createHmac('sha256', secret).update(text).digest();

test.each<[what: string, token: (secrets: Secrets) => unknown]>([
  ['signed with another key of the same name', (s) => tokenOf(claimsFor(s), { signing: by(other.privateKey) })],
  [
    'signed with a key that nobody published',
    (s) => tokenOf(claimsFor(s), { header: { kid: 'k2' }, signing: by(other.privateKey) }),
  ],
  [
    'that brings its own key',
    (s) =>
      tokenOf(claimsFor(s), { header: { kid: undefined, jwk: jwk(other.privateKey) }, signing: by(other.privateKey) }),
  ],
  [
    'that names where its key is',
    (s) => tokenOf(claimsFor(s), { header: { kid: 'k2', jku: `${issuer}/evil` }, signing: by(other.privateKey) }),
  ],
  [
    'without a signature (alg none)',
    (s) => tokenOf(claimsFor(s), { header: { alg: 'none' }, signing: () => Buffer.alloc(0) }),
  ],
  [
    'with another spelling of none',
    (s) => tokenOf(claimsFor(s), { header: { alg: 'nOnE' }, signing: () => Buffer.alloc(0) }),
  ],
  ['with its signature cut off', (s) => `${tokenOf(claimsFor(s)).split('.').slice(0, 2).join('.')}.`],
  [
    'signed by HMAC with the client’s secret',
    (s) => tokenOf(claimsFor(s), { header: { alg: 'HS256' }, signing: hmac(SECRET) }),
  ],
  [
    'signed by HMAC with the public key',
    (s) => tokenOf(claimsFor(s), { header: { alg: 'HS256' }, signing: hmac(PEM) }),
  ],
  [
    'with other claims than were signed',
    (s) => {
      const [head, , signature] = tokenOf(claimsFor(s)).split('.');
      return [head, part(claimsFor(s, { sub: 'the-office' })), signature].join('.');
    },
  ],
  ['with a critical extension that nobody knows', (s) => tokenOf(claimsFor(s), { header: { crit: ['x'], x: 1 } })],
  ['for another client', (s) => tokenOf(claimsFor(s, { aud: 'another' }))],
  ['for several, ordered by another', (s) => tokenOf(claimsFor(s, { aud: ['jikji', 'another'], azp: 'another' }))],
  ['for nobody', (s) => tokenOf(claimsFor(s, { aud: undefined }))],
  ['of another issuer', (s) => tokenOf(claimsFor(s, { iss: 'https://evil.example' }))],
  ['of an issuer that looks alike', (s) => tokenOf(claimsFor(s, { iss: `${issuer}/` }))],
  ['of no issuer', (s) => tokenOf(claimsFor(s, { iss: undefined }))],
  ['that has expired', (s) => tokenOf(claimsFor(s, { iat: now() - 600, exp: now() - 60 }))],
  ['that never expires', (s) => tokenOf(claimsFor(s, { exp: undefined }))],
  ['that is not valid yet', (s) => tokenOf(claimsFor(s, { nbf: now() + 600 }))],
  ['with the nonce of another log-in', (s) => tokenOf(claimsFor(s, { nonce: `${s.nonce}x` }))],
  ['without a nonce', (s) => tokenOf(claimsFor(s, { nonce: undefined }))],
  ['without a subject', (s) => tokenOf(claimsFor(s, { sub: undefined }))],
  ['with an empty subject', (s) => tokenOf(claimsFor(s, { sub: '' }))],
  ['with a list of subjects', (s) => tokenOf(claimsFor(s, { sub: ['kim'] }))],
  ['with a subject that is too long', (s) => tokenOf(claimsFor(s, { sub: 'x'.repeat(256) }))],
  ['with a subject of other characters', (s) => tokenOf(claimsFor(s, { sub: 'kim\u0000' }))],
  ['that is missing', () => undefined],
  ['that is none', () => 'x.y.z'],
  ['that is a number', () => 1],
])('a token %s is refused', async (_, token) => {
  await expect(logIn(token)).rejects.toMatchObject(REFUSED);
});

test('people are let in by claims and by the domain of a verified address', async () => {
  const withClaims = (claims: object, more: Partial<OpenIdSettings>) =>
    logIn((s) => tokenOf(claimsFor(s, claims)), more);
  const domain = { emailDomain: 'ministry.example' };
  const fit = { email: 'kim@Ministry.example', email_verified: true };
  expect(await withClaims(fit, domain)).toEqual({ issuer, subject: 'kim' });
  for (const claims of [
    {},
    { email: fit.email },
    { ...fit, email_verified: false },
    { ...fit, email_verified: 'true' },
    { ...fit, email: 'kim@ministry.example.evil' },
    { ...fit, email: 'kim@evilministry.example' },
    { ...fit, email: 'kim@sub.ministry.example' },
    { ...fit, email: 'kim@ministry.example@evil.example' },
    { ...fit, email: ['kim@ministry.example'] },
    { ...fit, email: '@ministry.example' },
  ])
    await expect(withClaims(claims, domain), JSON.stringify(claims)).rejects.toMatchObject(REFUSED);
  const required = { claims: { department: 'AI', level: 2, active: true } };
  expect(await withClaims({ department: 'AI', level: 2, active: true }, required)).toEqual({ issuer, subject: 'kim' });
  for (const claims of [
    { department: 'AI', level: 2 },
    { department: ['AI'], level: 2, active: true },
    { department: 'AI', level: '2', active: true },
  ])
    await expect(withClaims(claims, required)).rejects.toMatchObject(REFUSED);
  const scope = async (more: Partial<OpenIdSettings>) =>
    new URL((await provider(more).begin(REDIRECT)).url).searchParams.get('scope');
  expect([await scope({}), await scope(domain)]).toEqual(['openid', 'openid email']);
});

/** Bytes without end, until the client hangs up. */
const pour: Handler = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(1 << 16)));
  };
  response.on('drain', more);
  more();
};
const hang: Handler = () => {};
/** A head, and then a byte now and then. */
const trickle: Handler = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

test.each<[what: string, answer: Handler]>([
  ['never answers', hang],
  ['answers without end', pour],
  ['answers a byte at a time', trickle],
  ['is broken', (response) => response.writeHead(500).end('x')],
  ['answers with a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello')],
  ['leads elsewhere', (response) => response.writeHead(302, { location: 'https://evil.example/' }).end()],
  ['hangs up', (response) => response.destroy()],
  ['is another issuer', (response) => json(response, { ...metadata(), issuer: 'https://evil.example' })],
  ['has no addresses', (response) => json(response, { issuer })],
  [
    'sends browsers to a script',
    (response) => json(response, { ...metadata(), authorization_endpoint: 'javascript:alert(1)' }),
  ],
  [
    'sends browsers where others can read',
    (response) => json(response, { ...metadata(), authorization_endpoint: 'http://evil.example' }),
  ],
  [
    'has its keys where others can change them',
    (response) => json(response, { ...metadata(), jwks_uri: 'http://evil.example' }),
  ],
  [
    'takes secrets where others can read',
    (response) => json(response, { ...metadata(), token_endpoint: 'http://evil.example' }),
  ],
])('discovery: a provider that %s is not reachable; asked again it may be', async (_, answer) => {
  answers['/.well-known/openid-configuration'] = answer;
  const tested = provider({}, 1500);
  await expect(tested.begin(REDIRECT)).rejects.toMatchObject({ name: 'JikjiError', code: 'openid-unreachable' });
  answers = {};
  expect((await tested.begin(REDIRECT)).url).toContain('/auth?');
});

test.each<[what: string, path: string, answer: Handler]>(
  (['/token', '/jwks'] as const).flatMap((path) => [
    ['never answers', path, hang] as [string, string, Handler],
    ['answers without end', path, pour] as [string, string, Handler],
    ['answers a byte at a time', path, trickle] as [string, string, Handler],
    ['is broken', path, (response) => response.writeHead(500).end()] as [string, string, Handler],
    ['leads elsewhere', path, (response) => response.writeHead(307, { location: `${issuer}/evil` }).end()] as [
      string,
      string,
      Handler,
    ],
    [
      'answers with an error',
      path,
      (response) => json(response, { error: 'invalid_grant', error_description: SECRET }, 400),
    ] as [string, string, Handler],
  ]),
)('a provider that %s at %s lets nobody in, and no error tells a secret', async (_, path, answer) => {
  const tested = provider({}, 1500);
  const { secrets } = await tested.begin(REDIRECT);
  answers['/token'] = (response) =>
    json(response, { access_token: 'x', token_type: 'Bearer', id_token: tokenOf(claimsFor(secrets)) });
  answers[path] = answer;
  const url = new URL(`${REDIRECT}?code=c0de&state=${secrets.state}`);
  const error = await tested.finish(url, secrets).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ name: 'JikjiError', code: expect.stringMatching(/^openid-(refused|unreachable)$/) });
  const { message, input, hint } = error;
  expect([message, input, hint].join()).not.toMatch(/hunter|c0de/);
  expect(asked.map(({ path }) => path)).not.toContain('/evil');
});

test('settings of a provider', () => {
  const file = join(folder, 'openid.yaml');
  const read = (text: string, mode = 0o600, environment = {}) => {
    writeFileSync(file, text);
    chmodSync(file, mode);
    return readOpenIdSettings(file, environment);
  };
  const base = 'issuer: https://login.ministry.example\nclientId: jikji\nlabel: { en: Log in, ko: 로그인 }\n';
  const plain = { issuer: 'https://login.ministry.example', clientId: 'jikji', label: { en: 'Log in', ko: '로그인' } };
  expect(read(base, 0o644)).toEqual(plain);
  expect(read(`${base}clientSecret: hunter 2\n`)).toEqual({ ...plain, clientSecret: SECRET });
  expect(read(base, 0o644, { JIKJI_OPENID_SECRET: SECRET })).toEqual({ ...plain, clientSecret: SECRET });
  const more = { emailDomain: 'ministry.example', claims: { department: 'AI' } };
  expect(read(`${base}emailDomain: ministry.example\nclaims: { department: AI }\n`)).toEqual({ ...plain, ...more });
  const wrong: [text: string, code: string, mode?: number][] = [
    [`${base}clientSecret: hunter 2\n`, 'settings-readable', 0o644],
    [base.replace('https', 'http'), 'settings-conflict'],
    [base.replace('https://login', 'https://user:hunter@login'), 'settings-conflict'],
    [base.replace('.example', '.example/?x=1'), 'settings-conflict'],
    [base.replace('https://login.ministry.example', 'file:///etc/passwd'), 'settings-conflict'],
    [base.replace('https://login.ministry.example', 'http://127.0.0.1.evil.example'), 'settings-conflict'],
    [base.replace('ko:', 'kr:'), 'settings-unknown-key'],
    [base.replace('clientId: jikji\n', ''), 'settings-missing-key'],
    [`${base}emailDomain: "@ministry.example"\n`, 'settings-range'],
    [`${base}insecure: true\n`, 'settings-unknown-key'],
  ];
  for (const [text, code, mode] of wrong)
    expect(() => read(text, mode), text).toThrow(expect.objectContaining({ code }));
  expect(read(base.replace('https://login.ministry.example', 'http://127.0.0.1:9000')).issuer).toBe(
    'http://127.0.0.1:9000',
  );
});
