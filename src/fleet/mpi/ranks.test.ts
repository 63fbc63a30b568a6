// Ranks that wait for each other, over a simulated MPI and clock: a silent rank is named with its machine.

import { hostname } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Mpi } from './library.ts';
import { MpiRanks } from './ranks.ts';

/** Rank 0 of four. What is sent arrives; from the ranks in `silentUntil` nothing comes before that second. */
class TestMpi implements Mpi {
  readonly rank = 0;
  readonly size = 4;
  readonly silentUntil = new Map<number, number>();
  /** Seconds. */
  now = 0;
  readonly #peers = new Map<number, number>();

  #add(request: Int32Array, rank: number) {
    request[0] = this.#peers.size + 1;
    this.#peers.set(request[0], rank);
  }
  send = (_: Uint8Array, rank: number, request: Int32Array) => this.#add(request, rank);
  receive = (_: Uint8Array, rank: number, request: Int32Array) => this.#add(request, rank);
  /** As MPI_Test: what is done has no handle any more. */
  test(request: Int32Array) {
    if (this.now < (this.silentUntil.get(this.#peers.get(request[0]!) ?? -1) ?? 0)) return false;
    request[0] = 0;
    return true;
  }
  /** Each question takes a second. As MPI_Testall: all or nothing. */
  testAll(requests: Int32Array) {
    this.now++;
    const peers = [...requests].map((request) => this.#peers.get(request) ?? -1);
    if (peers.some((rank) => this.now < (this.silentUntil.get(rank) ?? 0))) return false;
    for (let i = 0; i < requests.length; i++) this.test(requests.subarray(i, i + 1));
    return true;
  }
  finalize = () => {};
  abort = () => {};
}

let mpi: TestMpi;
const told: string[] = [];
beforeEach(() => {
  mpi = new TestMpi();
  told.length = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * mpi.now);
  vi.stubEnv('SLURMD_NODENAME', 'node-0');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
const ranks = (patience: number) => new MpiRanks(mpi, patience, (text) => told.push(text));
const exchange = (all: MpiRanks) => {
  const bytes = () => new Uint8Array(new SharedArrayBuffer(4));
  const messages = () => [1, 2, 3].map((rank) => ({ rank, data: bytes() }));
  all.start('gradients', messages(), messages()).wait();
};

test('a rank that is silent for 30 s is reported once with its machine, and again when it answers', () => {
  const all = ranks(600);
  all.setMachines(['node-0', 'node-1', 'node-2', 'node-3']);
  mpi.silentUntil.set(2, mpi.now + 29);
  exchange(all);
  expect(told).toEqual([]);
  mpi.silentUntil.set(1, mpi.now + 100).set(3, mpi.now + 50);
  exchange(all);
  expect(told).toEqual([
    'rank 0 on node-0 has heard nothing from rank 1 on node-1, rank 3 on node-3 for 30 s (gradients), and waits up to 600 s',
    'heard again, after 100 s: rank 1 on node-1, rank 3 on node-3',
  ]);
  exchange(all);
  expect(told).toHaveLength(2);
});

test('a rank that is silent beyond the time limit is lost', () => {
  const all = ranks(45);
  all.setMachines(['node-0', 'node-1', 'node-2', 'node-3']);
  mpi.silentUntil.set(2, 1e9);
  const lost = expect.objectContaining({
    code: 'rank-lost',
    message: 'no word from rank 2 on node-2 for 45 s (gradients)',
    input: 'rank 0 of 4 on node-0',
  });
  expect(() => exchange(all)).toThrow(lost);
  expect(told).toHaveLength(1);
  expect(() => exchange(all)).toThrow(lost); // at once, and nothing is sent any more
  expect(told).toHaveLength(1);
});

test('before ranks have connected they have only numbers; without a name from Slurm they have the machine’s name', () => {
  vi.stubEnv('SLURMD_NODENAME', undefined);
  mpi.silentUntil.set(2, 1e9);
  expect(() => exchange(ranks(9))).toThrow(
    expect.objectContaining({
      message: 'no word from rank 2 for 9 s (gradients)',
      input: `rank 0 of 4 on ${hostname()}`,
    }),
  );
  expect(told).toEqual([]);
});
