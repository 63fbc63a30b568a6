// PostgreSQL in a folder, without a server: PGlite in a thread, spoken to as any other PostgreSQL, by a socket that is none.
// Knows no table.
//
// One process at a time has the folder: a lock file of our own beside it says which, and does not outlive its process.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Duplex } from 'node:stream';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import {
  JikjiError,
  makeFolder,
  syncFolder,
  systemCode,
  takeLock,
  writeFailure,
  writeFileAtomic,
} from '../../base/index.ts';
import { type Connection, takeLease } from './connection.ts';
import { explainPlace } from './failures.ts';
import type { FromWorker, ToWorker, WorkerData } from './pglite-worker.ts';
import { Pool } from './pool.ts';

/** Beside this file, as TypeScript in a checkout and as JavaScript in the package. */
const WORKER = new URL(`./pglite-worker${extname(import.meta.url)}`, import.meta.url);

/** Messages after which PostgreSQL answers: Query, Sync, Terminate. */
const ENDS_BATCH = new Set(['Q', 'S', 'X'].map((c) => c.charCodeAt(0)));

/**
 * What `pg` takes for a socket. It gathers what is written until PostgreSQL has to answer: PGlite answers each piece it is
 * handed as if that were all, and would say twice that it is ready.
 */
class Wire extends Duplex {
  readonly #worker: Worker;
  #port: MessagePort | undefined;
  #pieces: Buffer[] = [];

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
    // Nothing more comes, and the pool makes room for the next one when this one has closed.
    this.once('finish', () => this.destroy());
  }

  connect(): this {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (bytes: Uint8Array) => this.push(bytes));
    port1.unref(); // an open connection alone keeps no process alive
    this.#port = port1;
    this.#worker.postMessage({ connection: port2 } satisfies ToWorker, [port2]);
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay = (): this => this;
  setKeepAlive = (): this => this;
  ref = (): this => this;
  unref = (): this => this;

  override _read(): void {}

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.#pieces.push(piece);
    const batch = Buffer.concat(this.#pieces);
    if (endsBatch(batch)) {
      this.#pieces = [];
      this.#port?.postMessage(new Uint8Array(batch));
    } else this.#pieces = [batch];
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#port?.close();
    done(error);
  }
}

/** Whether the last of the whole messages in `batch` asks for an answer. */
function endsBatch(batch: Buffer): boolean {
  if (batch[0] === 0) return true; // the startup message, which has no type
  let type = 0;
  for (let at = 0; at < batch.length; ) {
    type = batch[at]!;
    at += 1 + batch.readUInt32BE(at + 1);
  }
  return ENDS_BATCH.has(type);
}

const BROKEN = 'restore a backup into a new folder';

let compiled: WebAssembly.Module | undefined;

/** PostgreSQL itself. What V8 makes of it serves every database that this process opens: the next one opens in half the time. */
function postgres(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL(import.meta.resolve('@electric-sql/pglite/pglite.wasm'))));
  return compiled;
}

/** The thread, and what becomes of it. */
class Server {
  readonly #worker: Worker;
  readonly #where: string;
  readonly #wires = new Set<Wire>();
  #ended: Error | undefined;

  constructor(folder: string) {
    this.#where = folder;
    this.#worker = new Worker(WORKER, { workerData: { folder, module: postgres() } satisfies WorkerData });
    this.#worker.on('message', (message: FromWorker) => {
      if (message.state === 'failed') this.#end(this.#failure(message.reason, message.code));
    });
    this.#worker.on('error', (error) => this.#end(this.#failure(error.message, systemCode(error))));
    this.#worker.on('exit', () => this.#end(new Error('the thread of the database has ended')));
  }

  #failure(reason: string, code: string | undefined): unknown {
    const cause = Object.assign(new Error(reason), code === undefined ? {} : { code });
    const known = writeFailure(cause, this.#where);
    if (known instanceof JikjiError) return known;
    return new JikjiError('database-broken', 'the database cannot go on', `${this.#where}: ${reason}`, BROKEN, {
      cause,
    });
  }

  #end(error: unknown): void {
    this.#ended ??= error as Error;
    for (const wire of this.#wires) wire.destroy(this.#ended);
    void this.#worker.terminate();
  }

  /** Resolves when the thread says so. @throws what it died of */
  async #says(state: 'ready' | 'closed'): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const ended = (): void => reject(this.#ended);
      this.#worker.on('message', (message: FromWorker) => {
        if (message.state === state) resolve();
        else if (message.state === 'failed') ended();
      });
      this.#worker.on('error', ended);
      this.#worker.on('exit', ended);
      if (this.#ended) ended();
    });
  }

  ready = (): Promise<void> => this.#says('ready');

  wire(): Wire {
    const wire = new Wire(this.#worker);
    if (this.#ended) wire.destroy(this.#ended);
    this.#wires.add(wire);
    wire.on('close', () => this.#wires.delete(wire));
    return wire;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const closed = this.#says('closed');
    this.#worker.postMessage('close' satisfies ToWorker);
    await closed;
    await this.#worker.terminate();
  }
}

/** Files of a database are there from the moment when this one is gone. */
const unfinished = (folder: string): string => `${folder}.unfinished`;

/** What stands in the folder: nothing yet, or a database. @throws JikjiError for anything else */
function lookInto(folder: string): 'empty' | 'database' {
  if (existsSync(unfinished(folder))) {
    // Its maker was stopped before it had acknowledged anything, and had found nothing here.
    rmSync(folder, { recursive: true, force: true });
    return 'empty';
  }
  if (!existsSync(folder)) return 'empty';
  const names = readdirSync(folder);
  if (names.length === 0) return 'empty';
  if (names.includes('PG_VERSION')) return 'database';
  throw new JikjiError('not-a-database', 'this folder holds something else', folder, 'choose a new or empty folder');
}

/** Makes a folder's files safe against a power cut: those that were copied there when the database was made. */
async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncTree(join(folder, entry.name));
    else if (entry.isFile()) {
      const file = await open(join(folder, entry.name), 'r');
      await file.sync().finally(() => file.close());
    }
  }
  syncFolder(folder);
}

/**
 * The database in `folder`, which is made where there is none.
 * @throws JikjiError `locked`, `not-a-database`, `not-writable`, `database-broken`
 */
export async function connectFolder(path: string): Promise<Connection> {
  const folder = resolve(path);
  try {
    makeFolder(dirname(folder));
  } catch (error) {
    throw explainPlace(error, folder);
  }
  const release = takeLock(`${folder}.lock`, 'the database');
  let server: Server | undefined;
  try {
    const isNew = lookInto(folder) === 'empty';
    if (isNew) {
      writeFileAtomic(unfinished(folder), '');
      makeFolder(folder, 0o700);
    }
    server = new Server(folder);
    await server.ready();
    if (isNew) {
      await syncTree(folder);
      rmSync(unfinished(folder));
      syncFolder(dirname(folder));
    }
  } catch (error) {
    await server?.close().catch(() => {});
    release();
    throw explainPlace(error, folder);
  }
  const running = server;
  const pool = new Pool({
    max: 1, // PGlite has one session
    idleTimeoutMillis: 0,
    stream: () => running.wire(),
    user: 'postgres',
    database: 'postgres',
    host: folder,
  });
  let own: Promise<number> | undefined;
  return {
    where: folder,
    pool,
    // The session ends with the process.
    lease() {
      own ??= takeLease(pool).catch((error: unknown) => {
        own = undefined;
        throw error;
      });
      return own;
    },
    async tidy() {
      await pool.query('vacuum (analyze)');
      await pool.query('checkpoint');
    },
    async close() {
      try {
        await pool.end();
        await running.close();
      } finally {
        release();
      }
    },
  };
}
