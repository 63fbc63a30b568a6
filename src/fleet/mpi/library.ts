// The few calls of MPI that ranks make, from a shared library with MPICH's ABI (MPICH, Intel MPI, Cray MPICH, MVAPICH). Every
// number of that ABI is in this file. Neither the library nor koffi, which calls it, needs to be there for the rest of Jikji.

import { JikjiError } from '../../base/index.ts';

const DEFAULT_LIBRARY = 'libmpich.so.12';

// The ABI's handles and constants.
const WORLD = 0x44000000;
const BYTE = 0x4c00010d;
const ERRORS_RETURN = 0x54000001;
const NO_STATUS = 1; // MPI_STATUS_IGNORE and MPI_STATUSES_IGNORE are this address
const THREAD_FUNNELED = 1;
const MAX_TEXT = 8192; // longest text that MPI writes: MPI_MAX_LIBRARY_VERSION_STRING

/** Requests are handles of 32 bits, one after the other. */
export interface Mpi {
  readonly rank: number;
  readonly size: number;
  /** Starts to send; `request` [1] becomes its handle. `data` stays where it is until the request is done. */
  send(data: Uint8Array, to: number, request: Int32Array): void;
  receive(data: Uint8Array, from: number, request: Int32Array): void;
  /** Moves things on; whether all requests are done. */
  testAll(requests: Int32Array): boolean;
  /** Whether this one is. */
  test(request: Int32Array): boolean;
  finalize(): void;
  /** Has the launcher end all ranks. */
  abort(exitCode: number): void;
}

const missing = (what: string, library: string, cause: unknown): JikjiError =>
  new JikjiError(
    'mpi-missing',
    `ranks talk through MPI, and ${what}`,
    library,
    'on Debian: apt-get install libmpich12 mpich, and npm install koffi; another MPI with the ABI of MPICH is named by JIKJI_MPI_LIBRARY',
    { cause },
  );

/** A text that MPI writes into a place it is given. */
function textOf(write: (text: Uint8Array, length: Int32Array) => number): string {
  const text = new Uint8Array(MAX_TEXT);
  const length = new Int32Array(1);
  write(text, length);
  return Buffer.from(text.subarray(0, length[0])).toString().trim();
}

/** The text of an error code of MPI. */
export class MpiError extends Error {}

const named = (): string => process.env.JIKJI_MPI_LIBRARY || DEFAULT_LIBRARY;

type Call = (...values: unknown[]) => number;

/** Finds the library, and that it is one that can be called here. @throws JikjiError `mpi-missing` */
async function load(name: string): Promise<{ call: (prototype: string) => Call }> {
  let koffi: typeof import('koffi');
  try {
    koffi = await import('koffi');
  } catch (cause) {
    throw missing('koffi, which calls it, is not installed', name, cause);
  }
  // UCX, which MPICH may stand on, would end the process where it reads the memory of one on the same machine that is gone (^cma:
  // through a place of both then), and would take the signals that V8 needs. It reads them as it is
  // loaded. Whoever sets these knows better.
  process.env.UCX_TLS ??= '^cma';
  process.env.UCX_HANDLE_ERRORS ??= 'none';
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(name, { global: true }); // MPICH loads parts of its own, which look for its symbols
  } catch (cause) {
    throw missing('its library cannot be opened', name, cause);
  }
  const call = (prototype: string): Call => {
    try {
      return library.func(`int ${prototype}`);
    } catch (cause) {
      throw missing(`this library has no ${prototype.split('(')[0]}`, name, cause);
    }
  };
  const getVersion = call('MPI_Get_library_version(_Out_ uint8_t *text, _Out_ int *length)');
  // Open MPI's handles are addresses, not numbers: with it every call below would be nonsense.
  const version = textOf(getVersion);
  if (/^Open MPI/i.test(version)) throw missing('this one has not the ABI of MPICH', name, new Error(version));
  return { call };
}

/** Whether ranks could talk here. @throws JikjiError `mpi-missing` */
export const checkMpi = async (name = named()): Promise<void> => void (await load(name));

/**
 * Opens MPI and joins the ranks that its launcher started; once in a process.
 * @throws JikjiError `mpi-missing`
 */
export async function openMpi(name = named()): Promise<Mpi> {
  const { call } = await load(name);
  const initThread = call('MPI_Init_thread(void *argc, void *argv, int required, _Out_ int *provided)');
  const setHandler = call('MPI_Comm_set_errhandler(int comm, int handler)');
  const errorText = call('MPI_Error_string(int code, _Out_ uint8_t *text, _Out_ int *length)');
  const commRank = call('MPI_Comm_rank(int comm, _Out_ int *rank)');
  const commSize = call('MPI_Comm_size(int comm, _Out_ int *size)');
  const send = call('MPI_Isend(void *data, int count, int type, int to, int tag, int comm, int *request)');
  const receive = call('MPI_Irecv(void *data, int count, int type, int from, int tag, int comm, int *request)');
  const testAll = call('MPI_Testall(int count, int *requests, int *flag, intptr_t statuses)');
  const test = call('MPI_Test(int *request, int *flag, intptr_t status)');
  const finalize = call('MPI_Finalize()');
  const abort = call('MPI_Abort(int comm, int code)');

  const done = (code: number): void => {
    if (code !== 0) throw new MpiError(textOf((text, length) => errorText(code, text, length)));
  };
  const one = (get: (number: Int32Array) => number): number => {
    const number = new Int32Array(1);
    done(get(number));
    return number[0]!;
  };
  one((provided) => initThread(null, null, THREAD_FUNNELED, provided));
  done(setHandler(WORLD, ERRORS_RETURN));
  const flag = new Int32Array(1);
  return {
    rank: one((rank) => commRank(WORLD, rank)),
    size: one((size) => commSize(WORLD, size)),
    send: (data, to, request) => done(send(data, data.byteLength, BYTE, to, 0, WORLD, request)),
    receive: (data, from, request) => done(receive(data, data.byteLength, BYTE, from, 0, WORLD, request)),
    testAll(requests) {
      done(testAll(requests.length, requests, flag, NO_STATUS));
      return flag[0] !== 0;
    },
    test(request) {
      done(test(request, flag, NO_STATUS));
      return flag[0] !== 0;
    },
    finalize: () => done(finalize()),
    abort: (exitCode) => void abort(WORLD, exitCode),
  };
}
