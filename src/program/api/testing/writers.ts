// Writers that put load on a server over HTTP until it is killed: one for each way in which something is written. Each notes what the server
// acknowledged. For tests.

import { randomBytes } from 'node:crypto';
import { tarPieces } from '../../../formats/index.ts';
import { type Signer, sha256Hex } from '../../../ledger/index.ts';
import { commitmentOf, requestText } from '../../../ledger/testing/register.ts';
import { TEAMS } from '../../office/testing/office.ts';

const P = '/api/programmes/test';

/** What was acknowledged, by kind. */
export interface Acknowledged {
  organisation: { id: string; seq: number };
  application: { id: string; seq: number };
  file: { application: string; sha256: string };
  review: { application: string; seq: number };
  allotment: { id: string; seq: number };
  /** The office's signed answer. */
  lodging: { statement: string };
  submission: { id: string; digest: string };
  account: { user: string; session: string };
  token: { user: string; token: string };
  /** A user whose link to confirm an address is in the outbox. */
  notice: { user: string; address: string };
  form: { id: string; commitment: string; nonce: string };
  /** An application that was shown to the office. */
  reading: { application: string };
}
export type Kind = keyof Acknowledged;
const KINDS = [
  ...(['organisation', 'application', 'file', 'review', 'allotment', 'lodging', 'submission'] as const),
  ...(['account', 'token', 'notice', 'form', 'reading'] as const),
] satisfies Kind[];

/** A server under load. */
export class Load {
  readonly acknowledged = Object.fromEntries(KINDS.map((kind) => [kind, []])) as unknown as {
    [K in Kind]: Acknowledged[K][];
  };
  /** Set before it is killed: then nothing more is asked, and what fails is no fault. */
  killed = false;
  readonly #url: string;
  readonly #office: string;
  #wanted = Number.POSITIVE_INFINITY;
  #reach = () => {};

  constructor(url: string, office: string) {
    this.#url = url;
    this.#office = office;
  }

  note<K extends Kind>(kind: K, what: Acknowledged[K]): void {
    this.acknowledged[kind].push(what);
    if (KINDS.every((one) => this.acknowledged[one].length >= this.#wanted)) this.#reach();
  }

  /** When so many of each kind are acknowledged. */
  enough(count: number): Promise<void> {
    this.#wanted = count;
    return new Promise((resolve) => {
      this.#reach = resolve;
    });
  }

  /** The answer, which must be a good one. By default the office asks. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
  async ask(path: string, body?: object | Uint8Array, session?: string): Promise<any> {
    const bytes = body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : undefined;
    const headers: Record<string, string> = {
      ...(session ? { cookie: session, origin: this.#url } : { authorization: `Bearer ${this.#office}` }),
      ...(body && { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
    };
    const response = await fetch(`${this.#url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers,
      ...(body && { body: bytes ?? JSON.stringify(body) }),
    });
    const answer = (await response.json()) as object;
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    return { ...answer, ...(cookie !== undefined && { session: cookie }) };
  }

  /** Writes one thing after the other until the server is killed. */
  async run(write: Write, name: string, client: number): Promise<void> {
    for (let i = 0; !this.killed; i++) {
      try {
        await write(this, `${name}-${client}-${i}`, client);
      } catch (error) {
        if (!this.killed) throw error; // it was asked while the server lived
      }
    }
  }
}

type Write = (load: Load, name: string, client: number) => Promise<void>;

async function writeOrganisation(load: Load, id: string): Promise<void> {
  const { seq } = await load.ask(`${P}/organisations`, { id, name: { en: id }, country: 'KR' });
  load.note('organisation', { id, seq });
}

/** An application with a file and a reviewer's points, which the office then looks at. */
async function writeApplication(load: Load, id: string): Promise<void> {
  const sent = await load.ask(`${P}/calls/call/applications`, { id, name: { en: id }, lead: 'a-org', members: [] });
  load.note('application', { id, seq: sent.seq });
  const application = id;
  // Several pieces of a stream.
  const bytes = randomBytes(300_000);
  const { sha256 } = await load.ask(`${P}/applications/${id}/files?name=plan.pdf`, bytes);
  if (sha256 !== sha256Hex(bytes)) throw new Error(`${sha256} is not the digest of what was sent`);
  load.note('file', { application, sha256 });
  const points = { step: 'paper', reviewer: 'lee', points: { plan: 7 }, comment: 'a word' };
  const { seq } = await load.ask(`${P}/applications/${id}/reviews`, points);
  load.note('review', { application, seq });
  await load.ask(`${P}/applications/${id}`);
  load.note('reading', { application });
}

async function writeAllotment(load: Load, id: string): Promise<void> {
  const given = { consortium: 'a', cluster: 'near', from: '2026-01-01', to: '2026-03-31', deviceHours: 10 };
  const { seq } = await load.ask(`${P}/allotments`, { id, ...given });
  load.note('allotment', { id, seq });
}

const writeLodging =
  (maker: Signer): Write =>
  async (load, name) => {
    const { lodging } = await load.ask(`${P}/lodgings`, { statement: requestText(maker, commitmentOf(maker, name)) });
    load.note('lodging', { statement: lodging });
  };

/** A bundle that is taken in, and refused by the audit that follows. A consortium sends one at a time. */
async function writeSubmission(load: Load, name: string, client: number): Promise<void> {
  const text = Buffer.from(JSON.stringify({ name, filling: randomBytes(50_000).toString('hex') }));
  const bundle = Buffer.concat([
    ...tarPieces([{ path: `${name}/genesis.json`, size: text.length, pieces: () => [text] }]),
  ]);
  const { submission, digest } = await load.ask(`${P}/stages/s1/submissions?consortium=${TEAMS[client]}`, bundle);
  if (digest !== sha256Hex(bundle)) throw new Error(`${digest} is not the digest of what was sent`);
  load.note('submission', { id: submission, digest });
}

/** Somebody who is invited, makes a token, wants mail, and gives a form. */
async function writePerson(load: Load, user: string): Promise<void> {
  const invited = await load.ask('/api/invitations', { role: 'expert', programme: 'test' });
  const who = { token: invited.token, user, name: user, password: `the password of ${user}` };
  const { session } = await load.ask('/api/invitations/accept', who);
  load.note('account', { user, session });
  const { token } = await load.ask('/api/tokens', { name: 'mine', days: 1 }, session);
  load.note('token', { user, token });
  const address = `${user}@people.example`;
  await load.ask('/api/mail/address', { address, lang: 'en' }, session);
  load.note('notice', { user, address });
  const scores = Object.fromEntries(['a', 'b', 'c'].map((team) => [team, { a: 10, b: 5 }]));
  const given = await load.ask(`${P}/stages/s1/forms`, { scores, comment: user }, session);
  load.note('form', { id: given.id, commitment: given.commitment, nonce: given.nonce });
}

/** @param maker whose runs are lodged */
export const writersFor = (maker: Signer): Record<string, Write> => ({
  organisation: writeOrganisation,
  application: writeApplication,
  allotment: writeAllotment,
  lodging: writeLodging(maker),
  submission: writeSubmission,
  person: writePerson,
});
