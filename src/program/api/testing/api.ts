// A server without sockets over a programme with a stage: people of every role, and requests in their names. For tests.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { copyKept } from '../../../base/testing/kept.ts';
import { housekeepingOver } from '../../housekeeping/index.ts';
import { Office, TEAMS } from '../../office/testing/office.ts';
import type { Programme } from '../../programme/index.ts';
import { Runs } from '../../runs/index.ts';
import { type Role, type Session, Users } from '../../users/index.ts';
import '../../users/testing/quick-passwords.ts';
import { type Application, applicationOf } from '../app.ts';
import type { Context } from '../context.ts';

/** Where a kept server has its sessions. */
const SESSIONS = 'sessions.json';

export const ORIGIN = 'http://localhost:1377';
const PROGRAMME = '/api/programmes/test';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
  body: any;
  headers: Headers;
  /** Of an error: its status and code. */
  refusal: [status: number, code: string | undefined];
}

/** Who asks: a role of the programme `test`, `outsider` (an expert of another programme), `rival` (another consortium's). */
export type Who = Role | 'outsider' | 'rival' | 'second-expert';
/** A requester with extra headers. */
export interface Asker {
  who: Who;
  headers: Record<string, string>;
}

type Parts = (programme: Programme) => Partial<Context>;

export class TestServer {
  readonly office = new Office();
  readonly sessions = new Map<Who, Session>();
  users!: Users;
  runs!: Runs;
  application!: Application;
  readonly #ending = new AbortController();
  readonly #parts: Parts;

  /** @param parts of its context that other servers have, such as mail */
  constructor(parts: Parts = () => ({})) {
    this.#parts = parts;
  }

  /** One for all tests of a file. */
  static forAll(begin: 'begin' | 'beginFilled' | 'beginEmpty' = 'begin', parts?: Parts): TestServer {
    const server = new TestServer(parts);
    beforeAll(async () => void (await server[begin]()));
    afterAll(() => server.close());
    return server;
  }

  get programme(): Programme {
    return this.office.programme;
  }

  /** Begun with an open stage in which teams have been scored. */
  beginFilled(): Promise<this> {
    return this.#beginKept('filled', async ({ office }) => {
      await office.stage();
      await office.fill();
    });
  }

  /** With people of every role, who have logged in. */
  begin(): Promise<this> {
    return this.#beginKept('begun', async () => {});
  }

  /** Begun as a copy of what was made once: its database, and who is logged in. */
  async #beginKept(name: string, more: (first: TestServer) => Promise<void>): Promise<this> {
    const { folder } = this.office;
    await copyKept(process.env.JIKJI_TEST_PROGRAMMES, name, folder, async (made) => {
      const first = new TestServer();
      await first.#begin();
      await more(first);
      first.#ending.abort();
      await first.runs.close();
      await first.programme.close();
      cpSync(join(first.office.folder, 'database'), join(made, 'database'), { recursive: true });
      writeFileSync(join(made, SESSIONS), JSON.stringify([...first.sessions]));
      rmSync(first.office.folder, { recursive: true });
    });
    for (const [who, session] of JSON.parse(readFileSync(join(folder, SESSIONS), 'utf8')))
      this.sessions.set(who, session);
    rmSync(join(folder, SESSIONS));
    await this.office.open();
    await this.open();
    return this;
  }

  /** Begun over an empty database: only the office can log in. */
  async beginEmpty(): Promise<this> {
    await this.office.open();
    await this.#openForOffice();
    return this;
  }

  async #openForOffice(): Promise<void> {
    await this.open();
    const first = (await this.users.firstInvitation())!;
    await this.join('office', first);
  }

  async #begin(): Promise<void> {
    await this.office.found();
    await this.#openForOffice();
    const by = this.sessions.get('office')!.viewer;
    const invite = async (
      who: Who,
      role: Exclude<Role, 'public'>,
      programme: string,
      consortium: string | null = null,
    ) => {
      const { token } = await this.users.invite(by, { role, programme, consortium });
      await this.join(who, token);
    };
    await invite('consortium', 'consortium', 'test', TEAMS[0]);
    await invite('rival', 'consortium', 'test', TEAMS[1]);
    await invite('expert', 'expert', 'test');
    await invite('second-expert', 'expert', 'test');
    await invite('evaluator', 'evaluator', 'test');
    await invite('auditor', 'auditor', 'test');
    await invite('outsider', 'expert', 'elsewhere');
  }

  /** The server over the programme as it is open now. */
  async open(): Promise<void> {
    this.users = await Users.open(this.programme.store);
    this.runs = new Runs({ threads: 1 });
    const context: Context = {
      hosted: [{ programme: this.programme, files: `${this.office.folder}/files` }],
      users: this.users,
      housekeeping: housekeepingOver(this.programme.store.users, this.#ending.signal),
      runs: this.runs,
      office: {
        signer: async () => this.office.signer,
        signerAtHand: async () => this.office.signer,
        newSigner: async () => this.office.signer,
      },
      version: '0.0.0',
      signal: this.#ending.signal,
      origins: new Set([ORIGIN]),
      ...this.#parts(this.programme),
    };
    this.application = applicationOf(context);
  }

  /** Accepts an invitation. */
  async join(who: Who, token: string): Promise<void> {
    const accepted = { user: `the-${who}`, name: `The ${who}`, password: `password of ${who}` };
    this.sessions.set(who, await this.users.accept(token, accepted, '127.0.0.1'));
  }

  get(asker: Who | Asker, path: string): Promise<Answer> {
    return this.ask(asker, 'get', path);
  }

  post(asker: Who | Asker, path: string, body?: unknown): Promise<Answer> {
    return this.ask(asker, 'post', path, body);
  }

  /** What a path gives. */
  async read(asker: Who | Asker, path: string): Promise<Answer['body']> {
    return (await this.get(asker, path)).body;
  }

  async status(asker: Who | Asker, method: string, path: string, body?: unknown): Promise<number> {
    return (await this.ask(asker, method, path, body)).status;
  }

  /**
   * Sends a request as a browser would: with the session's cookie and the page's origin. `headers` are added, or replace these. `/stages/s1`
   * is a path of the programme.
   */
  async ask(asker: Who | Asker, method: string, path: string, body?: unknown): Promise<Answer> {
    const { who, headers: more } = typeof asker === 'string' ? { who: asker, headers: {} } : asker;
    const session = this.sessions.get(who);
    const response = await this.application.app.request(
      `${ORIGIN}${/^\/(api|decisions)\//.test(path) ? '' : PROGRAMME}${path}`,
      {
        method: method.toUpperCase(),
        headers: {
          host: 'localhost:1377',
          ...(method.toLowerCase() === 'get' ? {} : { origin: ORIGIN }),
          ...(session && { cookie: `jikji=${session.token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...more,
        },
        ...(body !== undefined && {
          body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
        }),
      },
    );
    const { status, headers } = response;
    if (/event-stream/.test(headers.get('content-type') ?? '')) {
      await response.body?.cancel(); // it would go on for ever
      return { status, headers, body: undefined, refusal: [status, undefined] };
    }
    const text = await response.text();
    const answer = /json/.test(headers.get('content-type') ?? '') ? JSON.parse(text) : text;
    return { status, headers, body: answer, refusal: [status, answer?.error?.code] };
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.runs.close();
    await this.office.close();
  }
}
