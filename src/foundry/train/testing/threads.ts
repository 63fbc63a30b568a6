// Ranks as threads of one process, for tests: bytes go through small mailboxes in shared memory, one from each rank to each
// other, so that long messages come in many parts and whoever waits in the wrong order waits for ever.

import { JikjiError } from '../../../base/index.ts';
import type { Ranks } from '../index.ts';
import type { Exchange, Message } from '../ranks.ts';

const BOX = 4096;
const STRIDE = BOX + 64;

/** Memory through which `size` ranks talk: a bell, then the mailboxes. */
export const mailboxes = (size: number): SharedArrayBuffer => new SharedArrayBuffer(64 + size * size * STRIDE);

interface Pending {
  data: Uint8Array;
  done: number;
}

export class ThreadRanks implements Ranks {
  readonly rank: number;
  readonly size: number;
  readonly #memory: SharedArrayBuffer;
  readonly #bell: Int32Array;
  readonly #patience: number;
  readonly #outgoing: Pending[][];
  readonly #incoming: Pending[][];

  /** Waits `patience` milliseconds at most while nothing comes or goes. */
  constructor(rank: number, size: number, memory: SharedArrayBuffer, patience = 30_000) {
    this.rank = rank;
    this.size = size;
    this.#memory = memory;
    this.#bell = new Int32Array(memory, 0, 1);
    this.#patience = patience;
    this.#outgoing = Array.from({ length: size }, () => []);
    this.#incoming = Array.from({ length: size }, () => []);
  }

  start(what: string, sends: readonly Message[], receives: readonly Message[]): Exchange {
    const mine: Pending[] = [];
    for (const [messages, queues] of [
      [sends, this.#outgoing],
      [receives, this.#incoming],
    ] as const) {
      for (const { rank, data } of messages) {
        if (rank === this.rank || !(data.buffer instanceof SharedArrayBuffer))
          throw new Error(`no such message: ${what}`);
        const pending = { data, done: 0 };
        mine.push(pending);
        if (data.byteLength > 0) queues[rank].push(pending);
      }
    }
    return { wait: () => this.#wait(what, mine) };
  }

  #wait(what: string, mine: Pending[]) {
    while (mine.some(({ data, done }) => done < data.byteLength)) {
      const heard = Atomics.load(this.#bell, 0);
      if (this.#progress()) {
        Atomics.add(this.#bell, 0, 1);
        Atomics.notify(this.#bell, 0);
      } else if (Atomics.wait(this.#bell, 0, heard, this.#patience) === 'timed-out') {
        throw new JikjiError(
          'rank-lost',
          `a rank does not answer: ${what}`,
          `rank ${this.rank}`,
          'go on with --resume',
        );
      }
    }
  }

  /** Bytes waiting in the mailbox (0: it is empty), and the bytes. */
  #box(from: number, to: number): [Int32Array, Uint8Array] {
    const at = 64 + (from * this.size + to) * STRIDE;
    return [new Int32Array(this.#memory, at, 1), new Uint8Array(this.#memory, at + 64, BOX)];
  }

  #progress() {
    let moved = false;
    for (let other = 0; other < this.size; other++) {
      const out = this.#outgoing[other][0];
      const [full, box] = this.#box(this.rank, other);
      if (out && Atomics.load(full, 0) === 0) {
        const part = out.data.subarray(out.done, out.done + BOX);
        box.set(part);
        out.done += part.length;
        Atomics.store(full, 0, part.length);
        if (out.done === out.data.length) this.#outgoing[other].shift();
        moved = true;
      }
      const into = this.#incoming[other][0];
      const [waiting, bytes] = this.#box(other, this.rank);
      const length = Atomics.load(waiting, 0);
      if (into && length > 0) {
        into.data.set(bytes.subarray(0, length), into.done);
        into.done += length;
        Atomics.store(waiting, 0, 0);
        if (into.done === into.data.length) this.#incoming[other].shift();
        moved = true;
      }
    }
    return moved;
  }
}
