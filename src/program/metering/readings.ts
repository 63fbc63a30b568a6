// Readings of Slurm's accounting for a server: each is done in a child process, one at a time, and kept in memory until it is registered.
// Nothing of a reading is in the log. Knows no HTTP and no usage: the office computes usages from the jobs.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type ChildOutcome, childScript, childSettings, runChild } from '../../apart/index.ts';
import type { Failure } from '../../base/index.ts';
import { writeFailure } from '../../base/index.ts';
import { checkAccounts, isAccountName, type RanJob } from '../../fleet/index.ts';
import type { ReadWork } from './read.child.ts';
import * as refuse from './refusals.ts';
import { fileTooLarge } from './refusals.ts';

/** Bytes of an uploaded answer. */
const MAX_ANSWER = 64 << 20;

/** Returns the SHA-256. @throws JikjiError `metering-too-large`, `disk-full`, and as the sender does */
async function writeAnswer(pieces: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const digest = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > MAX_ANSWER) throw fileTooLarge('the upload', MAX_ANSWER >> 20);
      digest.update(piece);
      await file.writeFile(piece).catch((error) => {
        throw writeFailure(error, 'the upload');
      });
    }
  } finally {
    await file.close();
  }
  return digest.digest('hex');
}

export interface ReadingRequest {
  programme: string;
  cluster: string;
  /** First and last day, UTC. */
  from: string;
  to: string;
  /** Slurm accounts by consortium. */
  accounts: ReadonlyMap<string, readonly string[]>;
  /** Whether sacct of this machine is asked, or a file is uploaded. */
  by: 'sacct' | 'file';
}

export interface Reading extends ReadingRequest {
  id: string;
  /** `waiting`: for the file. */
  state: 'waiting' | 'reading' | 'read' | 'failed';
  /** Accounts that have been read. */
  done: number;
  /** SHA-256 of the uploaded file. */
  digest: string | null;
  jobs: readonly RanJob[];
  failure: Failure | null;
}

/** Readings that are kept; the oldest one goes. */
const MAX_KEPT = 12;
const MAX_ACCOUNTS = 100;
/** Time of one reading; Slurm's own commands have 90 seconds for each account. */
const MAX_SECONDS = 900;
const MAX_BYTES = 2 ** 31;

/** Whether this machine has Slurm's command sacct. Whether it answers, only asking shows. */
export const hasSacct = (path = process.env.PATH ?? ''): boolean =>
  path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, 'sacct')));

function checkNames(accounts: ReadingRequest['accounts']): void {
  const names = [...accounts.values()].flat();
  if (names.length === 0 || names.length > MAX_ACCOUNTS)
    throw refuse.accountCount('accounts', names.length, MAX_ACCOUNTS);
  const odd = names.find((name) => !isAccountName(name));
  if (odd !== undefined) throw refuse.noAccountName(odd.slice(0, 80));
  checkAccounts(accounts);
}

export class Readings {
  readonly #kept = new Map<string, Reading>();
  readonly #ending: AbortSignal;
  #folder: string | undefined;
  /** A reading, or an upload for one, is in progress. */
  #busy = false;

  constructor(ending: AbortSignal) {
    this.#ending = ending;
    ending.addEventListener('abort', () => {
      if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  /**
   * Begins a reading; with `by: 'file'` it waits for the file.
   * @throws JikjiError `metering-accounts`, `account-twice`, `metering-busy`, `slurm-missing`
   */
  start(asked: ReadingRequest): Reading {
    checkNames(asked.accounts);
    if (asked.by === 'sacct' && !hasSacct()) throw refuse.noSlurm('sacct');
    const id = randomBytes(12).toString('hex');
    const rest = { done: 0, digest: null, jobs: [], failure: null };
    const reading: Reading = { ...asked, id, state: 'waiting', ...rest };
    if (asked.by === 'sacct') this.#begin(reading, null);
    for (const old of this.#kept.values())
      if (this.#kept.size >= MAX_KEPT && old.state !== 'reading') this.#kept.delete(old.id);
    this.#kept.set(id, reading);
    return reading;
  }

  /** @throws JikjiError `metering-unknown` */
  get(programme: string, id: string): Reading {
    const found = this.#kept.get(id);
    if (found?.programme === programme) return found;
    throw refuse.noReading(id);
  }

  /** A reading with its jobs. @throws JikjiError `metering-unknown`, `metering-unread` */
  requireRead(programme: string, id: string): Reading {
    const reading = this.get(programme, id);
    if (reading.state === 'read') return reading;
    throw reading.state === 'waiting' ? refuse.fileAwaited(id) : refuse.notReadYet(id);
  }

  /**
   * Takes the file of a reading that waits for it, or whose file could not be read.
   * @throws JikjiError `metering-unknown`, `metering-busy`, `metering-too-large`
   */
  async takeFile(programme: string, id: string, pieces: AsyncIterable<Uint8Array>): Promise<Reading> {
    const reading = this.get(programme, id);
    if (reading.by !== 'file' || reading.state === 'read') throw refuse.takesNoFile(id);
    this.#requireFree(id);
    this.#busy = true;
    const path = join(this.#temporary(), `${id}.json`);
    try {
      rmSync(path, { force: true });
      reading.digest = await writeAnswer(pieces, path);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      this.#busy = false;
    }
    this.#begin(reading, path);
    return reading;
  }

  #requireFree(input: string): void {
    if (this.#busy) throw refuse.anotherReading(input);
  }

  #temporary(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'jikji-metering-'));
    return this.#folder;
  }

  #begin(reading: Reading, file: string | null): void {
    this.#requireFree(reading.cluster);
    this.#busy = true;
    Object.assign(reading, { state: 'reading', done: 0, failure: null });
    const { from, to } = reading;
    const work: ReadWork = { accounts: [...reading.accounts.values()].flat(), from, to, file };
    void runChild<RanJob[], number>(childScript(import.meta.url, 'read'), work, {
      settings: childSettings(this.#temporary()),
      seconds: MAX_SECONDS,
      bytes: MAX_BYTES,
      signal: this.#ending,
      onProgress: (done) => {
        reading.done = done;
      },
    }).then((outcome) => {
      this.#busy = false;
      if (file !== null) rmSync(file, { force: true });
      if (outcome.how === 'done') Object.assign(reading, { state: 'read', jobs: outcome.result });
      else Object.assign(reading, { state: 'failed', failure: failureOf(outcome, reading, file) });
    });
  }
}

/** Why a reading failed, for people: without the path of the uploaded file. */
function failureOf(
  outcome: Exclude<ChildOutcome<unknown>, { how: 'done' }>,
  { cluster }: Reading,
  file: string | null,
): Failure {
  if (outcome.how === 'failed') {
    const input = outcome.failure.input === file ? 'the upload' : outcome.failure.input;
    return { ...outcome.failure, input };
  }
  if (outcome.how === 'crashed') console.error(outcome.text);
  const refused = {
    'too-long': (input: string) => refuse.tookLong(input, MAX_SECONDS / 60),
    'too-big': refuse.tookMemory,
    crashed: refuse.crashed,
    stopped: refuse.stopped,
  }[outcome.how];
  return refused(cluster).failure;
}
