// Ranks over MPI: non-blocking messages, and a timeout on every wait. Knows no gradients: training decides what is sent and in which
// order. Uses no collective of MPI: the order of additions in them is not fixed.

import { hostname } from 'node:os';
import { JikjiError } from '../../base/index.ts';
import { type Mpi, MpiError, openMpi } from './library.ts';

/** Seconds of silence until a rank counts as lost. Longer than ranks of one job ever differ; a launcher ends them sooner. */
const PATIENCE = 600;
/** Milliseconds of asking without a pause. Whoever waits longer waits for work that takes its time, and lets others have the core. */
const EAGER = 1000;

/** Milliseconds without a word after which it is told who is silent. A rank that waits for its next order hears from rank 0 more often. */
const SILENCE = 30_000;

interface Message {
  rank: number;
  data: Uint8Array;
}

/** The processes that `mpiexec` or `srun` started together, behind training's interface. */
export class MpiRanks {
  readonly rank: number;
  readonly size: number;
  readonly #mpi: Mpi;
  readonly #patience: number;
  readonly #warn: (text: string) => void;
  /** As Slurm calls it, where it does. */
  readonly machine = process.env.SLURMD_NODENAME || hostname();
  /** By rank. */
  #machines: readonly string[] = [];
  #lost: JikjiError | undefined;

  /**
   * @param patience seconds that a silent rank is waited for
   * @param warn told of a rank that is silent for 30 s, and when it is heard again
   */
  constructor(mpi: Mpi, patience: number, warn: (text: string) => void = () => {}) {
    this.rank = mpi.rank;
    this.size = mpi.size;
    this.#mpi = mpi;
    this.#patience = patience;
    this.#warn = warn;
  }

  /** Learns on which machine each rank is, for words about them. */
  setMachines(machines: readonly string[]): void {
    this.#machines = machines;
  }

  #others = (): number[] => [...Array(this.size).keys()].filter((rank) => rank !== this.rank);

  /** `rank 1 on b, rank 2 on c` */
  #named = (ranks: readonly number[]): string =>
    ranks
      .map((rank) => (this.#machines[rank] === undefined ? `rank ${rank}` : `rank ${rank} on ${this.#machines[rank]}`))
      .join(', ');

  /** Starts messages, which must lie in shared memory; what receives goes first, so that nothing needs a place on the way. */
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
      const isThere = this.#mpi.testAll(requests);
      const waited = performance.now() - started;
      if (isThere) {
        if (silent !== undefined) this.#warn(`heard again, after ${Math.round(waited / 1000)} s: ${silent}`);
        return;
      }
      if (waited > this.#patience * 1000) {
        throw this.#failure(`no word from ${this.#silent(requests, peers)} for ${this.#patience} s (${what})`);
      }
      if (silent === undefined && waited > SILENCE) {
        silent = this.#silent(requests, peers);
        this.#warn(
          `rank ${this.rank} on ${this.machine} has heard nothing from ${silent} for ${SILENCE / 1000} s (${what}), and waits up to ${this.#patience} s`,
        );
      }
      if (waited > EAGER) Atomics.wait(asleep, 0, 0, 1);
    }
  }

  /** Who is still waited for. */
  #silent(requests: Int32Array, peers: number[]): string {
    const silent = peers.filter((_, i) => !this.#mpi.test(requests.subarray(i, i + 1)));
    return this.#named([...new Set(silent)].sort((a, b) => a - b));
  }

  /** Once a rank is lost nothing is sent any more: the next call gives the same error at once. */
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
      'see what the other ranks said; --resume goes on from the last checkpoint',
      { cause },
    );
  }

  /**
   * Leaves MPI, together with the others.
   * @throws JikjiError `rank-lost`: `abort` is what is left
   */
  finish(): void {
    const messages = () => this.#others().map((rank) => ({ rank, data: shared(1) }));
    // MPI waits for the others without an end here, so first see that they are there.
    this.start('end', messages(), messages()).wait();
    this.#mpi.finalize();
  }

  /** Ends all ranks at once, this process too. Say before what is to be said. */
  abort(exitCode: number): never {
    this.#mpi.abort(exitCode); // under some launchers it comes back, and they end what is left
    process.exit(exitCode);
  }
}

const asleep = new Int32Array(new SharedArrayBuffer(4));
const shared = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/** How many processes the launcher (mpiexec, srun) says it started as ranks; 1 where none says so. */
export const ranksStarted = (): number => Number(process.env.PMI_SIZE ?? process.env.SLURM_STEP_NUM_TASKS ?? 1);

/**
 * Joins the ranks that a launcher started; alone there is one. JIKJI_RANK_PATIENCE: seconds to wait for a silent rank.
 * `warn` is told of a rank that is silent.
 * @throws JikjiError `mpi-missing`, `mpi-apart`
 */
export async function joinRanks(warn?: (text: string) => void): Promise<MpiRanks> {
  const patience = Number(process.env.JIKJI_RANK_PATIENCE ?? PATIENCE);
  if (!(patience > 0)) {
    throw new JikjiError(
      'usage',
      'JIKJI_RANK_PATIENCE is a number of seconds',
      `${process.env.JIKJI_RANK_PATIENCE}`,
      `leave it out for ${PATIENCE}`,
    );
  }
  // Launchers tell ranks of another's end by SIGUSR1, at which Node would open its debugger's port.
  process.on('SIGUSR1', () => {});
  const mpi = await openMpi();
  if (mpi.size !== ranksStarted()) {
    throw new JikjiError(
      'mpi-apart',
      `${ranksStarted()} ranks were started, and MPI knows of ${mpi.size}`,
      process.env.SLURM_JOB_ID ? `Slurm job ${process.env.SLURM_JOB_ID}` : 'the launcher',
      'launcher and MPI must know each other: srun --mpi=pmi2 (SLURM_MPI_TYPE names another way), or the mpiexec of the same MPI',
    );
  }
  return new MpiRanks(mpi, patience, warn);
}
