// A home of programme, run folders and server for bench/console.ts: written, served by the real server, and gone afterwards.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadSigner, newKey } from '../src/ledger/index.ts';
import { lines } from '../src/ledger/testing/transcript.ts';
import { newDatabase, SERVER } from '../src/program/database/testing/harness.ts';
import { Programme } from '../src/program/programme/index.ts';
import { LargeProgramme, type Sizes } from './large-programme.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const STEPS = 200;

export interface HomeSizes extends Sizes {
  /** Run folders that the machine's list names. */
  noted: number;
}

interface Place {
  database: string;
  drop(): Promise<void>;
}

const inFolder = async (folder: string): Promise<Place> => ({ database: join(folder, 'home'), drop: async () => {} });

/** One that `kind` names: a folder, or a database of the PostgreSQL server of the tests. */
const PLACES: Record<string, (folder: string, name: string) => Promise<Place>> = {
  PGlite: inFolder,
  ...(SERVER && {
    PostgreSQL: async (_folder: string, name: string) => {
      const { url, drop } = await newDatabase(`console_${name}`);
      return { database: url, drop };
    },
  }),
};
export const DATABASES = Object.keys(PLACES);

/** Writes run folders and the list that names them. All but the recipe are the same files. */
function noteRuns(folder: string, state: string, count: number) {
  const made = join(folder, 'made');
  mkdirSync(made);
  const bitsPerByte = 1.5;
  const files = {
    'transcript.jsonl': [...lines(STEPS)].join(''),
    'validation.jsonl': `${JSON.stringify({ step: STEPS, bitsPerByte })}\n`,
    'result.json': JSON.stringify({ steps: STEPS, valBitsPerByte: bitsPerByte, tokensPerSecond: 5000 }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  const noted = Array.from({ length: count }, (_, i) => {
    const run = join(folder, 'runs', `run-${i}`);
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, 'recipe.yaml'), `name: run-${i}\ntrain:\n  steps: ${STEPS}\n`);
    for (const name of Object.keys(files)) linkSync(join(made, name), join(run, name));
    return JSON.stringify({ formatVersion: 1, folder: run, noted: new Date(Date.UTC(2026, 0, 1) + i * 1e6) });
  });
  mkdirSync(join(state, 'jikji'), { recursive: true });
  writeFileSync(join(state, 'jikji', 'runs.jsonl'), `${noted.join('\n')}\n`);
}

export class Home {
  readonly folder: string;
  readonly large: LargeProgramme;
  url = '';
  /** Milliseconds from the start of the process until it answered for the programme. */
  started = 0;
  /** Seconds in which the log was written. */
  written = 0;
  readonly #place: Place;
  readonly #env: NodeJS.ProcessEnv = { ...process.env };
  #server: ChildProcess | undefined;
  #first = '';

  /** @param where one of `DATABASES` */
  static async make(where: string, name: string, sizes: HomeSizes): Promise<Home> {
    const folder = mkdtempSync(join(tmpdir(), 'jikji-bench-console-'));
    const home = new Home(folder, await PLACES[where]!(folder, name), sizes);
    noteRuns(folder, join(folder, 'state'), sizes.noted);
    await home.#write();
    return home;
  }

  private constructor(folder: string, place: Place, sizes: HomeSizes) {
    this.folder = folder;
    this.#place = place;
    for (const name of ['config', 'state', 'data', 'cache'])
      this.#env[`XDG_${name.toUpperCase()}_HOME`] = join(folder, name);
    process.env.XDG_CONFIG_HOME = join(folder, 'config');
    newKey('office');
    this.large = new LargeProgramme(sizes, loadSigner('office'));
  }

  async #write() {
    const { database } = this.#place;
    const begun = performance.now();
    const where = database.includes('://') ? { url: database } : { folder: join(database, 'database') };
    const programme = await Programme.open(where);
    for (const proposals of this.large.proposals()) await programme.record('bench', proposals);
    if (programme.head.seq !== this.large.entries)
      throw new Error(`${programme.head.seq} entries instead of ${this.large.entries}`);
    await programme.close();
    this.written = (performance.now() - begun) / 1000;
  }

  async serve(): Promise<void> {
    const begun = performance.now();
    const args = ['console', '--json', '--port', '0', '--threads', '1', '--database', this.#place.database];
    const server = spawn(process.execPath, ['--no-warnings', MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: this.#env,
    });
    this.#server = server;
    const ended = once(server, 'exit').then(() => ['{}']);
    const [line] = (await Promise.race([once(createInterface(server.stdout), 'line'), ended])) as [string];
    const { url, first } = JSON.parse(line) as { url?: string; first: string | null };
    if (!url) throw new Error('the server did not start');
    if (!(await fetch(`${url}/api/programmes/bench`)).ok) throw new Error('the server does not answer');
    this.started = performance.now() - begun;
    this.url = url;
    this.#first = first ?? '';
  }

  /** The cookie of somebody of the office. */
  async logIn(): Promise<string> {
    const [, token] = this.#first.split('#');
    const body = JSON.stringify({ token, user: 'bench', name: 'Bench', password: 'a long enough one' });
    const headers = { 'content-type': 'application/json', origin: this.url };
    const response = await fetch(`${this.url}/api/invitations/accept`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(await response.text());
    return response.headers.get('set-cookie')!.split(';')[0]!;
  }

  /** Resident megabytes of the server: now, and at the most. Linux alone tells them. */
  memory(): { now: number; most: number } {
    const status = readFileSync(`/proc/${this.#server!.pid}/status`, 'utf8');
    const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
    return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
  }

  async end(): Promise<void> {
    const server = this.#server;
    if (server && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await this.#place.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
