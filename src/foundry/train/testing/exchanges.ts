// What every carrier of ranks' messages must do, tried out by all ranks together: the conformance test of `Ranks`.

import type { Ranks } from '../index.ts';
import { broadcast, exchange, gather, gatherBytes, type Message, otherRanks } from '../ranks.ts';

const place = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/** The bytes that message `n` from one rank to another must be. */
function letter(from: number, to: number, n: number, length: number): Uint8Array {
  const data = place(length);
  for (let i = 0; i < length; i++) data[i] = (from * 31 + to * 17 + n * 7 + i + (i >> 8)) & 255;
  return data;
}

/** Runs in every rank at once; returns what was not as it must be. */
export function checkExchanges(ranks: Ranks): string[] {
  const { rank: me, size } = ranks;
  const wrong: string[] = [];
  const expected = (data: Uint8Array, from: number, n: number, what: string) => {
    if (Buffer.compare(data, letter(from, me, n, data.length)) !== 0)
      wrong.push(`${what}: message ${n} of rank ${from}`);
  };

  // From each to each, of lengths that fit no buffer; an empty one has a place in the order too.
  const lengths = [1, 0, 4096, 70_001, 3_000_000, 63];
  const sends: Message[] = [];
  const receives: Message[] = [];
  for (const [n, length] of lengths.entries()) {
    for (const rank of otherRanks(ranks)) sends.push({ rank, data: letter(me, rank, n, length) });
    for (const rank of otherRanks(ranks).reverse()) receives.push({ rank, data: place(length) });
  }
  exchange(ranks, 'all', sends, receives);
  for (const [i, { rank, data }] of receives.entries()) expected(data, rank, Math.floor(i / (size - 1)), 'all at once');

  // Several on their way, waited for in another order than they were started in; a ring, so that sends have no answer.
  const [next, last] = [(me + 1) % size, (me + size - 1) % size];
  const ring = [50_000, 1_200_000, 8].map((length, n) => {
    const data = place(length);
    const sent = { rank: next, data: letter(me, next, n, length) };
    return { n, data, exchange: ranks.start('ring', [sent], [{ rank: last, data }]) };
  });
  for (const { n, data, exchange } of ring.reverse()) {
    exchange.wait();
    expected(data, last, n, 'ring');
  }

  // What was sent may be overwritten as soon as it has been waited for, and what comes next is not mixed with it.
  const data = place(100_000);
  for (let n = 0; n < 20; n++) {
    if (me === 0) {
      for (const rank of otherRanks(ranks)) {
        data.set(letter(0, rank, n, data.length));
        exchange(ranks, 'again', [{ rank, data }], []);
      }
    } else {
      exchange(ranks, 'again', [], [{ rank: 0, data }]);
      expected(data, 0, n, 'again');
    }
  }

  // What is built on it.
  const said = broadcast(ranks, 'said', me === 0 ? { text: '직지 1377', number: 1 / 3 } : undefined);
  if (said.text !== '직지 1377' || said.number !== 1 / 3) wrong.push(`broadcast: ${JSON.stringify(said)}`);
  const all = gather(ranks, 'gathered', { rank: me, text: 'x'.repeat(me * 1000) });
  if (me === 0 && all.some(({ rank, text }, i) => rank !== i || text.length !== i * 1000)) wrong.push('gather');
  const places = Array.from({ length: size }, (_, rank) =>
    rank === me ? letter(me, 0, 0, 5000 + me) : place(5000 + rank),
  );
  gatherBytes(ranks, 'bytes', places);
  if (me === 0) for (const rank of otherRanks(ranks)) expected(places[rank], rank, 0, 'gatherBytes');
  return wrong;
}
