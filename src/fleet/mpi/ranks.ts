// Ranks over MPI: non-blocking messages, and a timeout on every wait. Knows no gradients: training decides what is sent and in which
// order. Uses no collective of MPI: the order of additions in them is not fixed.

import { hostname } from 'node:os';
import { JikjiError } from '../../base/index.ts';
import { type Mpi, MpiError, openMpi } from './library.ts';

/** Seconds of silence until a rank counts as lost. More than ranks of one job ever differ; a launcher usually ends them sooner. */
const DEFAULT_PATIENCE_S = 600;
/** Milliseconds of polling without a pause. A longer wait is for long work, so the rank then frees the core between polls. */
const SPIN_MS = 1000;
/** Milliseconds of silence before a warning. Rank 0 sends orders to a waiting rank more often than this. */
const SILENCE_MS = 30_000;

interface Message {
  rank: number;
  data: Uint8Array;
}

/** The processes that `mpiexec` or `srun` started together. Implements `Ranks` of training. */
export class MpiRanks {
  readonly rank: number;
  readonly size: number;
  readonly #mpi: Mpi;
  readonly #patience: number;
  readonly #warn: (text: string) => void;
  /** Slurm's node name, else the host name. */
  readonly machine = process.env.SLURMD_NODENAME || hostname();
  /** Host names by rank. */
  #machines: readonly string[] = [];
  #lost: JikjiError | undefined;

  /**
   * @param patience seconds of silence until a rank counts as lost
   * @param warn called when a rank is silent for 30 s, and when it answers again
   */
  constructor(mpi: Mpi, patience: number, warn: (text: string) => void = () => {}) {
    this.rank = mpi.rank;
    this.size = mpi.size;
    this.#mpi = mpi;
    this.#patience = patience;
    this.#warn = warn;
  }

  /** Sets the host name of each rank, for messages. */
  setMachines(machines: readonly string[]): void {
    this.#machines = machines;
  }

  #others = (): number[] => [...Array(this.size).keys()].filter((rank) => rank !== this.rank);

  /** `rank 1 on b, rank 2 on c` */
  #named = (ranks: readonly number[]): string =>
    ranks
      .map((rank) => (this.#machines[rank] === undefined ? `rank ${rank}` : `rank ${rank} on ${this.#machines[rank]}`))
      .join(', ');

  /** Starts messages, whose data must be in shared memory. Receives go first, so that MPI need not buffer anything. */
  start(what: string, sends: readonly Message[], receives: readonly Message[]): { wait(): void } {
    const requests = new Int32Array(sends.length + receives.length);
    const peers: number[] = [];
    this.#orLost(what, () => {
      for (const { rank, data } of receives)
        this.#mpi.receive(data, rank, requests.subarray(peers.length, peers.push(rank)));
      for (const { rank, data } of sends) this.#mpi.send(data, rank, requests.subarray(peers.length, peers.push(rank)));
    });
    return { wait: () => this.#orLost(what, () => this.#wait(what, requests, peers)) };
  }

  #wait(what: string, requests: Int32Array, peers: number[]): void {
    const started = performance.now();
    let silent: string | undefined;
    for (;;) {
      const isDone = this.#mpi.testAll(requests);
      const waited = performance.now() - started;
      if (isDone) {
        if (silent !== undefined) this.#warn(`heard again, after ${Math.round(waited / 1000)} s: ${silent}`);
        return;
      }
      if (waited > this.#patience * 1000) {
        throw this.#failure(`no word from ${this.#silent(requests, peers)} for ${this.#patience} s (${what})`);
      }
      if (silent === undefined && waited > SILENCE_MS) {
        silent = this.#silent(requests, peers);
        this.#warn(
          `rank ${this.rank} on ${this.machine} has heard nothing from ${silent} for ${SILENCE_MS / 1000} s (${what}), and waits up to ${this.#patience} s`,
        );
      }
      if (waited > SPIN_MS) Atomics.wait(SLEEP_CELL, 0, 0, 1);
    }
  }

  /** The ranks that have not answered yet. */
  #silent(requests: Int32Array, peers: number[]): string {
    const silent = peers.filter((_, i) => !this.#mpi.test(requests.subarray(i, i + 1)));
    return this.#named([...new Set(silent)].sort((a, b) => a - b));
  }

  /** Runs an MPI call. After a rank was lost, every later call throws the same error at once. */
  #orLost(what: string, run: () => void): void {
    if (this.#lost) throw this.#lost;
    try {
      run();
    } catch (error) {
      if (error instanceof MpiError) this.#lost = this.#failure(`MPI failed (${what}): ${error.message}`, error);
      else if (error instanceof JikjiError) this.#lost = error;
      throw this.#lost ?? error;
    }
  }

  #failure(what: string, cause?: unknown): JikjiError {
    return new JikjiError(
      'rank-lost',
      what,
      `rank ${this.rank} of ${this.size} on ${this.machine}`,
      'see the messages of the other ranks; --resume continues from the last checkpoint',
      { cause },
    );
  }

  /**
   * Leaves MPI together with the other ranks.
   * @throws JikjiError `rank-lost`; then only `abort` remains
   */
  finish(): void {
    const messages = () => this.#others().map((rank) => ({ rank, data: shared(1) }));
    // `finalize` waits for the other ranks without a timeout, so this exchange checks first that they answer.
    this.start('end', messages(), messages()).wait();
    this.#mpi.finalize();
  }

  /** Ends all ranks at once, this process too. Print messages first. */
  abort(exitCode: number): never {
    this.#mpi.abort(exitCode); // returns under some launchers, which then end the other ranks
    process.exit(exitCode);
  }
}

const SLEEP_CELL = new Int32Array(new SharedArrayBuffer(4));
const shared = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/** The number of ranks that the launcher (mpiexec, srun) started; 1 without a launcher. */
export const startedRanks = (): number => Number(process.env.PMI_SIZE ?? process.env.SLURM_STEP_NUM_TASKS ?? 1);

/**
 * Joins the ranks that a launcher started; a single process is one rank. JIKJI_RANK_PATIENCE: seconds to wait for a silent rank.
 * @param warn called with messages about silent ranks
 * @throws JikjiError `mpi-missing`, `mpi-apart`
 */
export async function joinRanks(warn?: (text: string) => void): Promise<MpiRanks> {
  const patience = Number(process.env.JIKJI_RANK_PATIENCE ?? DEFAULT_PATIENCE_S);
  if (!(patience > 0)) {
    throw new JikjiError(
      'usage',
      'JIKJI_RANK_PATIENCE is a number of seconds',
      `${process.env.JIKJI_RANK_PATIENCE}`,
      `leave it out for ${DEFAULT_PATIENCE_S}`,
    );
  }
  // Launchers send SIGUSR1 when another rank ends; by default Node would open its debugger port.
  process.on('SIGUSR1', () => {});
  const mpi = await openMpi();
  if (mpi.size !== startedRanks()) {
    throw new JikjiError(
      'mpi-apart',
      `${startedRanks()} ranks were started, and MPI has ${mpi.size}`,
      process.env.SLURM_JOB_ID ? `Slurm job ${process.env.SLURM_JOB_ID}` : 'the launcher',
      'use a launcher of the same MPI: srun --mpi=pmi2 (SLURM_MPI_TYPE names another interface), or its mpiexec',
    );
  }
  return new MpiRanks(mpi, patience, warn);
}
