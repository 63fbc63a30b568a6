// The interface to the processes that share a training, and the collective exchanges built on it. Knows no MPI: the launcher's side
// implements `Ranks`.

import { parseJson } from '../../base/index.ts';

/** Bytes to or from another rank, in shared memory, which does not move while a transport holds its address. */
export interface Message {
  rank: number;
  data: Uint8Array;
}

/** Messages in transit. */
export interface Exchange {
  /**
   * Returns when everything has been received and the sent bytes may be overwritten.
   * @throws JikjiError `rank-lost` where another rank is gone or does not answer; after that no exchange is possible
   */
  wait(): void;
}

/** Processes that share a training, numbered from 0. Rank 0 gives orders; the others carry them out. */
export interface Ranks {
  readonly rank: number;
  readonly size: number;
  /**
   * Starts to send and to receive. Between two ranks messages arrive in the order in which they were started, and a message is
   * as long as the buffer that receives it. Several exchanges may be in transit. `label` names them in errors and measurements.
   */
  start(label: string, sends: readonly Message[], receives: readonly Message[]): Exchange;
  /** The name of this rank's machine; by default its host name. */
  readonly machine?: string;
  /** Sets the machine of each rank, for messages. */
  setMachines?(machines: readonly string[]): void;
}

/** All ranks but this one, ascending. */
export const otherRanks = ({ rank, size }: Ranks): number[] => [...Array(size).keys()].filter((r) => r !== rank);

/** Sends and receives. @throws JikjiError `rank-lost` */
export function exchange(ranks: Ranks, label: string, sends: readonly Message[], receives: readonly Message[]): void {
  ranks.start(label, sends, receives).wait();
}

/** One message for each other rank. */
const messages = (ranks: Ranks, dataOf: (rank: number) => Uint8Array): Message[] =>
  otherRanks(ranks).map((rank) => ({ rank, data: dataOf(rank) }));

/** Rank 0 receives the bytes of rank r in `buffers[r]`; rank r sends its own from there. */
export function gatherBytes(ranks: Ranks, label: string, buffers: readonly Uint8Array[]): void {
  if (ranks.rank > 0) exchange(ranks, label, [{ rank: 0, data: buffers[ranks.rank] }], []);
  else
    exchange(
      ranks,
      label,
      [],
      messages(ranks, (rank) => buffers[rank]),
    );
}

/** Copies bytes of rank 0 into the buffers of all others. */
function broadcastBytes(ranks: Ranks, label: string, data: Uint8Array): Uint8Array {
  if (ranks.rank > 0) exchange(ranks, label, [], [{ rank: 0, data }]);
  else
    exchange(
      ranks,
      label,
      messages(ranks, () => data),
      [],
    );
  return data;
}

const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/** A value as JSON, and the length of that in four bytes. */
function encode(value: unknown): { length: Uint8Array; text: Uint8Array } {
  const bytes = Buffer.from(JSON.stringify(value));
  const length = sharedBytes(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  const text = sharedBytes(bytes.length);
  text.set(bytes);
  return { length, text };
}

const decodeLength = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint32(0);
const decode = <T>(bytes: Uint8Array) => parseJson(Buffer.from(bytes).toString()) as T;

/** Returns rank 0's value, as JSON carries it, on all ranks. */
export function broadcast<T>(ranks: Ranks, label: string, value?: T): T {
  const sent = ranks.rank === 0 ? encode(value) : undefined;
  const length = broadcastBytes(ranks, label, sent?.length ?? sharedBytes(4));
  return decode(broadcastBytes(ranks, label, sent?.text ?? sharedBytes(decodeLength(length))));
}

/** Returns the values of all ranks, as JSON carries them, by rank; on rank 0 only, elsewhere an empty list. */
export function gather<T>(ranks: Ranks, label: string, value: T): T[] {
  const own = encode(value);
  const lengths = Array.from({ length: ranks.size }, (_, r) => (r === ranks.rank ? own.length : sharedBytes(4)));
  gatherBytes(ranks, label, lengths);
  const texts = lengths.map((bytes, r) => (r === ranks.rank ? own.text : sharedBytes(decodeLength(bytes))));
  gatherBytes(ranks, label, texts);
  return ranks.rank === 0 ? texts.map((bytes) => decode<T>(bytes)) : [];
}
