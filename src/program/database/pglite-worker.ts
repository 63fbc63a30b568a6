// The thread of PGlite: receives bytes of PostgreSQL's wire protocol, and sends the answers. Knows no table.

import { fsyncSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { systemCode } from '../../base/index.ts';

export interface WorkerData {
  folder: string;
  /** PostgreSQL, compiled. */
  module: WebAssembly.Module;
}
/** A port is a new connection, which carries bytes in both directions. */
export type ToWorker = { connection: MessagePort } | 'close';
export type FromWorker = { state: 'ready' | 'closed' } | { state: 'failed'; reason: string; code: string | undefined };

const send = (message: FromWorker): void => parentPort!.postMessage(message);
const fail = (error: unknown): void =>
  send({ state: 'failed', reason: error instanceof Error ? error.message : String(error), code: systemCode(error) });

/** The number in Emscripten's C library. */
const EIO = 29;

type FilesInit = NodeFS['init'];
/** The part of Emscripten's module that is changed here; its types do not declare it. */
interface Module {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

/** Files with an fsync that reaches the disk. Emscripten does nothing at fsync unless this function exists. */
class SyncedFiles extends NodeFS {
  override async init(...[pg, options]: Parameters<FilesInit>): ReturnType<FilesInit> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addSync = (module: unknown): void => {
      (module as Module).NODEFS.stream_ops.fsync = ({ nfd }) => {
        try {
          fsyncSync(nfd);
          return 0;
        } catch (error) {
          fail(error);
          return EIO;
        }
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [addSync, ...(emscriptenOpts.preRun ?? [])] } };
  }
}

const START = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), // which would turn fsync off
  '-c',
  'wal_sync_method=fsync', // the default, fdatasync, does nothing in Emscripten
];

const { folder, module } = workerData as WorkerData;
let database: PGlite;
try {
  database = await PGlite.create({
    fs: new SyncedFiles(folder),
    pgliteWasmModule: module,
    startParams: START,
    relaxedDurability: false,
    // After such a message PGlite may hang, so the failure is reported from here.
    onStderr: (text) => {
      if (/\b(PANIC|FATAL):/.test(text)) fail(new Error(text));
      return false;
    },
  });
  send({ state: 'ready' });
} catch (error) {
  fail(error);
}

/** Bytes of an answer that are sent together. */
const ANSWER_BYTES = 1 << 18;

/** Answers whole batches one after another: PGlite has one session. */
function serve(port: MessagePort): void {
  // A connection that ended within a transaction has left it open.
  if (database.isInTransaction()) database.execProtocolRawSync(simpleQuery('rollback'));
  // PostgreSQL answers in pieces of 8 KiB: sending each alone takes longer than reading it.
  let pieces: Uint8Array[] = [];
  let length = 0;
  const flush = (): void => {
    if (length === 0) return;
    const bytes = new Uint8Array(Buffer.concat(pieces, length));
    [pieces, length] = [[], 0];
    port.postMessage(bytes, [bytes.buffer]);
  };
  const onRawData = (bytes: Uint8Array): void => {
    pieces.push(bytes.slice()); // the bytes are a view of PGlite's own memory
    length += bytes.length;
    if (length >= ANSWER_BYTES) flush();
  };
  port.on('message', async (batch: Uint8Array) => {
    try {
      await database.execProtocolRawStream(batch, { syncToFs: false, onRawData });
      flush();
    } catch (error) {
      fail(error);
    }
  });
}

function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(body.length + 4, 1);
  return new Uint8Array(Buffer.concat([head, body]));
}

parentPort!.on('message', async (message: ToWorker) => {
  if (message !== 'close') return serve(message.connection);
  await database.close();
  send({ state: 'closed' });
  parentPort!.close();
});
