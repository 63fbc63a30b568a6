// The MPI calls that ranks need, from a shared library with MPICH's ABI (MPICH, Intel MPI, Cray MPICH, MVAPICH). All constants of that
// ABI are in this file. The rest of Jikji needs neither the library nor koffi, which calls it.

import { JikjiError } from '../../base/index.ts';

const DEFAULT_LIBRARY = 'libmpich.so.12';

// The ABI's handles and constants.
const WORLD = 0x44000000;
const BYTE = 0x4c00010d;
const ERRORS_RETURN = 0x54000001;
const NO_STATUS = 1; // the address of MPI_STATUS_IGNORE and MPI_STATUSES_IGNORE
const THREAD_FUNNELED = 1;
const MAX_TEXT = 8192; // the longest text of MPI: MPI_MAX_LIBRARY_VERSION_STRING

/** MPI for one process. Requests are arrays of 32-bit handles. */
export interface Mpi {
  readonly rank: number;
  readonly size: number;
  /** Starts to send; writes the handle to `request` [1]. `data` must not move until the request is done. */
  send(data: Uint8Array, to: number, request: Int32Array): void;
  receive(data: Uint8Array, from: number, request: Int32Array): void;
  /** Makes progress; whether all requests are done. */
  testAll(requests: Int32Array): boolean;
  /** Whether this request is done. */
  test(request: Int32Array): boolean;
  finalize(): void;
  /** Makes the launcher end all ranks. */
  abort(exitCode: number): void;
}

const missing = (what: string, library: string, cause: unknown): JikjiError =>
  new JikjiError(
    'mpi-missing',
    `ranks talk through MPI, and ${what}`,
    library,
    'on Debian: apt-get install libmpich12 mpich, and npm install koffi; JIKJI_MPI_LIBRARY names another MPI with the ABI of MPICH',
    { cause },
  );

/** Reads a text that MPI writes into a buffer. */
function textOf(write: (text: Uint8Array, length: Int32Array) => number): string {
  const text = new Uint8Array(MAX_TEXT);
  const length = new Int32Array(1);
  write(text, length);
  return Buffer.from(text.subarray(0, length[0])).toString().trim();
}

/** An MPI error; the message is MPI's text. */
export class MpiError extends Error {}

/** What MPI says of an error: its first line and, of the calls that led there, the last, which has the reason. */
function inOneLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [first = '', last] = [lines[0]?.replace(/,? error stack:$/, ''), lines.slice(1).at(-1)];
  return last === undefined ? first : `${first}: ${last.replace(/^\S+\.*:\s*/, '')}`;
}

const libraryName = (): string => process.env.JIKJI_MPI_LIBRARY || DEFAULT_LIBRARY;

type Call = (...values: unknown[]) => number;

/** Loads the library and checks its ABI. @throws JikjiError `mpi-missing` */
async function load(name: string): Promise<{ call: (prototype: string) => Call }> {
  let koffi: typeof import('koffi');
  try {
    koffi = await import('koffi');
  } catch (cause) {
    throw missing('koffi, which calls it, is not installed', name, cause);
  }
  // UCX, which MPICH may use, ends the process if it reads the memory of a lost process on the same machine (^cma: shared memory instead),
  // and takes the signals that V8 needs. It reads these variables when it is loaded. Values of the user stay.
  process.env.UCX_TLS ??= '^cma';
  process.env.UCX_HANDLE_ERRORS ??= 'none';
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(name, { global: true }); // MPICH's plugins need its symbols
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
  // Open MPI's handles are addresses, not numbers: every call below would be wrong.
  const version = textOf(getVersion);
  if (/^Open MPI/i.test(version))
    throw missing('this library does not have the ABI of MPICH', name, new Error(version));
  return { call };
}

/** Checks that ranks can communicate on this machine. @throws JikjiError `mpi-missing` */
export const checkMpi = async (name = libraryName()): Promise<void> => void (await load(name));

/**
 * Initialises MPI with the ranks that its launcher started. Call it once per process.
 * @throws JikjiError `mpi-missing`
 */
export async function openMpi(name = libraryName()): Promise<Mpi> {
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

  const check = (code: number): void => {
    if (code !== 0) throw new MpiError(inOneLine(textOf((text, length) => errorText(code, text, length))));
  };
  const readNumber = (get: (number: Int32Array) => number): number => {
    const number = new Int32Array(1);
    check(get(number));
    return number[0]!;
  };
  readNumber((provided) => initThread(null, null, THREAD_FUNNELED, provided));
  check(setHandler(WORLD, ERRORS_RETURN));
  const flag = new Int32Array(1);
  return {
    rank: readNumber((rank) => commRank(WORLD, rank)),
    size: readNumber((size) => commSize(WORLD, size)),
    send: (data, to, request) => check(send(data, data.byteLength, BYTE, to, 0, WORLD, request)),
    receive: (data, from, request) => check(receive(data, data.byteLength, BYTE, from, 0, WORLD, request)),
    testAll(requests) {
      check(testAll(requests.length, requests, flag, NO_STATUS));
      return flag[0] !== 0;
    },
    test(request) {
      check(test(request, flag, NO_STATUS));
      return flag[0] !== 0;
    },
    finalize: () => check(finalize()),
    abort: (exitCode) => void abort(WORLD, exitCode),
  };
}
