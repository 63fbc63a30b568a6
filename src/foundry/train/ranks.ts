// What training asks of the processes that share it, and the few ways it talks to them. Knows no MPI: whoever starts the
// processes hands in what carries the bytes.

/** Bytes to or from another rank. They lie in shared memory, which nothing moves while a transport holds its address. */
export interface Message {
  rank: number;
  data: Uint8Array;
}

/** Messages on their way. */
export interface Exchange {
  /**
   * Returns when what was to come is there and what was sent may be overwritten.
   * @throws JikjiError `rank-lost` where another rank is gone or does not answer; nothing can be exchanged from then on
   */
  wait(): void;
}

/** Processes that share a training, numbered from 0. Rank 0 conducts; the others do what it orders. */
export interface Ranks {
  readonly rank: number;
  readonly size: number;
  /**
   * Starts to send and to receive. Between two ranks messages arrive in the order in which they were started, and a message is
   * as long as the place that waits for it. Several exchanges may be on their way. `what` names them in errors and measurements.
   */
  start(what: string, sends: readonly Message[], receives: readonly Message[]): Exchange;
  /** The name of this rank's machine; left out, its host name. */
  readonly machine?: string;
  /** Told on which machine each rank is, for words about them. */
  meet?(machines: readonly string[]): void;
}

/** All ranks but this one, ascending. */
export const others = ({ rank, size }: Ranks): number[] => [...Array(size).keys()].filter((r) => r !== rank);

export function exchange(ranks: Ranks, what: string, sends: readonly Message[], receives: readonly Message[]): void {
  ranks.start(what, sends, receives).wait();
}

/** Rank 0 receives the bytes of rank r in `places[r]` (its own are there already); the others send `own`. */
export function gatherBytes(ranks: Ranks, what: string, own: Uint8Array, places: readonly Uint8Array[]): void {
  if (ranks.rank > 0) exchange(ranks, what, [{ rank: 0, data: own }], []);
  else
    exchange(
      ranks,
      what,
      [],
      others(ranks).map((rank) => ({ rank, data: places[rank]! })),
    );
}

const shared = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/** A value as JSON, and how long that is. */
function written(value: unknown): { length: Uint8Array; text: Uint8Array } {
  const bytes = Buffer.from(JSON.stringify(value));
  const length = shared(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  const text = shared(bytes.length);
  text.set(bytes);
  return { length, text };
}

const lengthIn = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(0);
const valueIn = <T>(bytes: Uint8Array): T => JSON.parse(Buffer.from(bytes).toString());

/** Gives rank 0's value, as JSON carries it, to all. */
export function broadcast<T>(ranks: Ranks, what: string, value?: T): T {
  if (ranks.rank === 0) {
    const { length, text } = written(value);
    for (const data of [length, text]) {
      exchange(
        ranks,
        what,
        others(ranks).map((rank) => ({ rank, data })),
        [],
      );
    }
    return valueIn(text);
  }
  const length = shared(4);
  exchange(ranks, what, [], [{ rank: 0, data: length }]);
  const text = shared(lengthIn(length));
  exchange(ranks, what, [], [{ rank: 0, data: text }]);
  return valueIn(text);
}

/** Every rank's value, as JSON carries it, by rank; at rank 0 only. */
export function gather<T>(ranks: Ranks, what: string, value: T): T[] {
  const { length, text } = written(value);
  const lengths = Array.from({ length: ranks.size }, () => shared(4));
  gatherBytes(ranks, what, length, lengths);
  lengths[0] = length;
  const texts = lengths.map((bytes) => shared(lengthIn(bytes)));
  gatherBytes(ranks, what, text, texts);
  texts[0] = text;
  return ranks.rank === 0 ? texts.map((bytes) => valueIn<T>(bytes)) : [];
}
