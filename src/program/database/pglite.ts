// PostgreSQL in a folder, without a server: PGlite in a thread, reached through a stream that `pg` uses as its socket. One process at a
// time holds the folder, by a lock file beside it. Knows no table.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Duplex } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
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
import { cannotGoOn } from './refusals.ts';

/** TypeScript in a checkout, JavaScript in the package. */
const WORKER = new URL(`./pglite-worker${extname(import.meta.url)}`, import.meta.url);

/** Messages after which PostgreSQL answers: Query, Sync, Terminate. */
const ENDS_BATCH = new Set(['Q', 'S', 'X'].map((c) => c.charCodeAt(0)));

/**
 * The socket of `pg`. It collects what is written until PostgreSQL has to answer: PGlite answers each piece that it gets as a whole, and
 * would report twice that it is ready.
 */
class Wire extends Duplex {
  readonly #worker: Worker;
  #port: MessagePort | undefined;
  #pieces: Buffer[] = [];

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
    // Nothing more comes, and the pool opens the next connection after this one has closed.
    this.once('finish', () => this.destroy());
  }

  connect(): this {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (bytes: Uint8Array) => this.push(bytes));
    port1.unref(); // an open connection alone must not keep the process alive
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

/** Whether the last whole message in `batch` asks for an answer. */
function endsBatch(batch: Buffer): boolean {
  if (batch[0] === 0) return true; // the startup message, which has no type
  let type = 0;
  for (let at = 0; at < batch.length; ) {
    type = batch[at]!;
    at += 1 + batch.readUInt32BE(at + 1);
  }
  return ENDS_BATCH.has(type);
}

let compiled: WebAssembly.Module | undefined;

/** PostgreSQL, compiled once for all databases that this process opens: the second one opens in half the time. */
function postgresModule(): WebAssembly.Module {
  // An engine in this process has V8 use the optimising compiler alone, which is right for its few kernels and takes many seconds over
  // PostgreSQL. Kernels that are compiled stay as they are.
  setFlagsFromString('--liftoff');
  compiled ??= new WebAssembly.Module(readFileSync(new URL(import.meta.resolve('@electric-sql/pglite/pglite.wasm'))));
  return compiled;
}

/** The thread of PGlite, and why it ended. */
class Server {
  readonly #worker: Worker;
  readonly #where: string;
  readonly #wires = new Set<Wire>();
  readonly #states = { ready: Promise.withResolvers<void>(), closed: Promise.withResolvers<void>() };
  #ended: Error | undefined;

  constructor(folder: string) {
    this.#where = folder;
    this.#worker = new Worker(WORKER, { workerData: { folder, module: postgresModule() } satisfies WorkerData });
    this.#worker.on('message', (message: FromWorker) => {
      if (message.state === 'failed') this.#end(this.#failure(message.reason, message.code));
      else this.#states[message.state].resolve();
    });
    this.#worker.on('error', (error) => this.#end(this.#failure(error.message, systemCode(error))));
    this.#worker.on('exit', () => this.#end(new Error('the thread of the database has ended')));
    for (const { promise } of Object.values(this.#states)) promise.catch(() => {}); // thrown where it is awaited
  }

  #failure(reason: string, code: string | undefined): unknown {
    const cause = Object.assign(new Error(reason), code === undefined ? {} : { code });
    const known = writeFailure(cause, this.#where);
    if (known instanceof JikjiError) return known;
    return cannotGoOn(`${this.#where}: ${reason}`).causedBy(cause);
  }

  #end(error: unknown): void {
    this.#ended ??= error as Error;
    for (const { reject } of Object.values(this.#states)) reject(this.#ended);
    for (const wire of this.#wires) wire.destroy(this.#ended);
    void this.#worker.terminate();
  }

  /** Waits until the thread is ready. @throws the error that ended it */
  ready = (): Promise<void> => this.#states.ready.promise;

  wire(): Wire {
    const wire = new Wire(this.#worker);
    if (this.#ended) wire.destroy(this.#ended);
    this.#wires.add(wire);
    wire.on('close', () => this.#wires.delete(wire));
    return wire;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#worker.postMessage('close' satisfies ToWorker);
    await this.#states.closed.promise;
    await this.#worker.terminate();
  }
}

/** Exists while a new database is created: without it, the database is complete. */
const unfinished = (folder: string): string => `${folder}.unfinished`;

/** What the folder holds. @throws JikjiError `not-a-database` for anything else */
function contentOf(folder: string): 'empty' | 'database' {
  if (existsSync(unfinished(folder))) {
    // The process that created it was stopped before it acknowledged anything, and had found the folder empty.
    rmSync(folder, { recursive: true, force: true });
    return 'empty';
  }
  if (!existsSync(folder)) return 'empty';
  const names = readdirSync(folder);
  if (names.length === 0) return 'empty';
  if (names.includes('PG_VERSION')) return 'database';
  throw new JikjiError('not-a-database', 'this folder holds other files', folder, 'choose a new or empty folder');
}

/** Syncs all files of a new database, so that they survive a power cut. */
async function syncTree(folder: string): Promise<void> {
  for (const name of ['', ...(await readdir(folder, { recursive: true }))]) {
    const file = await open(join(folder, name), 'r');
    await file.sync().finally(() => file.close());
  }
}

/**
 * Opens the database in a folder, which is created if necessary.
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
    const isNew = contentOf(folder) === 'empty';
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
  let lease: Promise<number> | undefined;
  return {
    where: folder,
    pool,
    // The session ends with the process.
    lease() {
      lease ??= takeLease(pool).catch((error: unknown) => {
        lease = undefined;
        throw error;
      });
      return lease;
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
