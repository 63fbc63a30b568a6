// The server killed with -9 under load, while people write in every way there is: all that it had acknowledged is there afterwards, nothing is
// there by halves, and the next server goes on from there. Over a folder and over PostgreSQL.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Signer } from '../../ledger/index.ts';
import { newDatabase, SERVER } from '../database/testing/harness.ts';
import { MailServer } from '../mail/testing/mail-server.ts';
import { BOOK, Office } from '../office/testing/office.ts';
import { catalogueDigest } from '../state/index.ts';
import { TEXTS } from '../state/testing/catalogue.ts';
import { Users } from '../users/index.ts';
import { Load, writersFor } from './testing/writers.ts';
import { checkWritten } from './testing/written.ts';

const KILLS = process.env.JIKJI_TORTURE ? 20 : 1;
/** Writers of each kind at once. */
const CLIENTS = 2;
/** Things of each kind that are acknowledged before it is killed. */
const ENOUGH = 2;
const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
/** More experts than ever give a form here: a full list would refuse the next one. */
const RULES = `${BOOK.replace('experts: 2', 'experts: 1000')}limits: { bundleBytes: 1000000 }
selection: { paper: { criteria: [{ id: plan, title: { en: Plan }, points: 10 }], reviewers: 1, minimum: 5 } }
`;

/** A programme that everything can be written to, over a place that the server opens afterwards. */
class Loss {
  readonly office: Office;
  readonly maker: Signer;
  readonly loads: Load[] = [];
  readonly #mail: MailServer;
  /** Of the office. */
  #token = '';

  private constructor(url: string | undefined, mail: MailServer) {
    this.office = new Office(url === undefined ? undefined : { url });
    this.maker = this.office.key('maker');
    this.#mail = mail;
  }

  /** @param url of a PostgreSQL database; default: a folder */
  static async begin(url?: string): Promise<Loss> {
    const loss = new Loss(url, await MailServer.begin());
    await loss.#prepare();
    return loss;
  }

  /** As the command line has it. */
  get #database(): string {
    const { where, folder } = this.office;
    return 'url' in where ? where.url : folder;
  }

  get #files(): string {
    const { where, folder } = this.office;
    return 'url' in where ? join(folder, 'data', 'jikji', 'program', 'submissions') : join(folder, 'submissions');
  }

  async #prepare(): Promise<void> {
    const { office } = this;
    await office.found();
    await office.say('consortium-key-named', { consortium: 'b', key: this.maker.fingerprint });
    await office.say('catalogue-registered', { digest: catalogueDigest(TEXTS), texts: TEXTS });
    await office.stage('s1', RULES);
    const ruleBook = office.programme.tables.all('ruleBooks')[0]!.digest;
    const until = '2999-01-01T00:00:00Z';
    await office.say('call-opened', { id: 'call', title: { en: 'Call' }, text: 'Apply.', until, ruleBook });
    const users = await Users.open(office.programme.store);
    const who = { user: 'kim', name: 'Kim', password: 'a long enough one' };
    await users.accept((await users.firstInvitation())!, who, '127.0.0.1');
    this.#token = (await users.newToken('kim', { name: 'test', days: 1 })).token;
    await office.programme.close();
    const { host, port, tls, from } = this.#mail.settings();
    const settings = `host: ${host}\nport: ${port}\ntls: ${tls}\nfrom: ${from.address}\n`;
    writeFileSync(join(office.folder, 'mail.yaml'), settings);
  }

  /** Starts a server and kills it at some moment while all writers write. */
  async killUnderLoad(round: number): Promise<void> {
    const args = ['--no-warnings', MAIN, 'program', 'serve', '--json', '--port', '0', '--threads', '1'];
    const { folder } = this.office;
    const more = ['--mail', join(folder, 'mail.yaml'), '--database', this.#database];
    const homes = { XDG_CONFIG_HOME: join(folder, 'config'), XDG_DATA_HOME: join(folder, 'data') };
    const child = spawn(process.execPath, [...args, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...homes },
    });
    const ended = once(child, 'exit');
    const started = once(createInterface(child.stdout), 'line');
    const [line] = (await Promise.race([started, ended.then(() => ['{}'])])) as [string];
    const { url } = JSON.parse(line);
    expect(url).toMatch(/^http/);
    const load = new Load(url, this.#token);
    this.loads.push(load);
    const running = Object.entries(writersFor(this.maker)).flatMap(([name, write]) =>
      Array.from({ length: CLIENTS }, (_, i) => load.run(write, `${name}-${round}`, i)),
    );
    const failed = new Promise<never>((_, reject) => {
      for (const one of running) one.catch(reject);
    });
    try {
      // How long it lives under load is what is drawn here; nothing waits for it to be long enough.
      await Promise.race([load.enough(ENOUGH), failed]);
      await Promise.race([setTimeout(Math.random() * 300), failed]);
    } finally {
      load.killed = true;
      child.kill('SIGKILL');
      await ended;
    }
    await Promise.all(running);
  }

  /** Everything is there that any of the servers acknowledged. */
  check = (): Promise<void> => checkWritten(this.office.where, this.#files, this.loads, this.#mail.arrived);

  async end(): Promise<void> {
    await this.#mail.close();
    rmSync(this.office.folder, { recursive: true, force: true });
  }
}

function loss(name: string, url: () => string | undefined): void {
  test(`${name}: kill -9, ${KILLS} times`, { timeout: 60_000 + KILLS * 60_000 }, async () => {
    const loss = await Loss.begin(url());
    try {
      for (let round = 0; round < KILLS; round++) {
        await loss.killUnderLoad(round);
        await loss.check();
      }
    } finally {
      await loss.end();
    }
  });
}

loss('a folder', () => undefined);

describe.skipIf(!SERVER)('PostgreSQL', () => {
  let made: Awaited<ReturnType<typeof newDatabase>>;
  beforeAll(async () => {
    made = await newDatabase('api_loss');
  });
  afterAll(() => made.drop());
  loss('a server', () => made.url);
});
