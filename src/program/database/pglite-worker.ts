// The thread that PGlite runs in: bytes of PostgreSQL's wire protocol come in, its answers go out. Knows no table.

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
/** A port is a new connection: bytes go to and fro on it. */
export type ToWorker = { connection: MessagePort } | 'close';
export type FromWorker = { state: 'ready' | 'closed' } | { state: 'failed'; reason: string; code: string | undefined };

const say = (message: FromWorker): void => parentPort!.postMessage(message);
const fail = (error: unknown): void =>
  say({ state: 'failed', reason: error instanceof Error ? error.message : String(error), code: systemCode(error) });

/** As Emscripten's C library numbers it. */
const EIO = 29;

type FilesInit = NodeFS['init'];
/** What of Emscripten's module is changed here; its types do not name it. */
interface Module {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

/** Files on the disk with an fsync that reaches it. Emscripten calls this one where there is one, and else does nothing. */
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
    // It says so, and then may never come back: whoever waits is told from here.
    onStderr: (text) => {
      if (/\b(PANIC|FATAL):/.test(text)) fail(new Error(text));
      return false;
    },
  });
  say({ state: 'ready' });
} catch (error) {
  fail(error);
}

/** Bytes that are handed over at once. */
const HANDED_OVER = 1 << 18;

/** Whole batches come in, one after another, and each is answered before the next is looked at: PGlite has one session. */
function serve(port: MessagePort): void {
  // A connection that ended in the middle of a transaction has left it open.
  if (database.isInTransaction()) database.execProtocolRawSync(simpleQuery('rollback'));
  // PostgreSQL answers in pieces of 8 KiB: to hand over each alone takes longer than to read it.
  let pieces: Uint8Array[] = [];
  let length = 0;
  const handOver = (): void => {
    if (length === 0) return;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    [pieces, length] = [[], 0];
    port.postMessage(bytes, [bytes.buffer]);
  };
  const onRawData = (bytes: Uint8Array): void => {
    pieces.push(bytes.slice()); // the bytes are a view of PGlite's own memory
    length += bytes.length;
    if (length >= HANDED_OVER) handOver();
  };
  port.on('message', async (batch: Uint8Array) => {
    try {
      await database.execProtocolRawStream(batch, { syncToFs: false, onRawData });
      handOver();
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
  say({ state: 'closed' });
  parentPort!.close();
});
