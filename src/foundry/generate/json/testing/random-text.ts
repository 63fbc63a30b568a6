// A text that a schema's masks let through, byte by byte at random; after so many bytes the shortest way to an end.

import type { JsonReader } from '../mask.ts';

export function randomText(reader: JsonReader, random: () => number, length: number): string {
  const bytes: number[] = [];
  let at = reader.start();
  while (!at.isComplete || (bytes.length < length && random() < 0.9)) {
    const isOver = bytes.length >= length;
    const all = [...Array(256).keys()].flatMap((byte) => {
      const next = reader.step(at, byte);
      return next && (!isOver || next.least < at.least) ? [{ byte, next }] : [];
    });
    // Whitespace could go on for long: it comes where nothing else can.
    const others = all.filter(({ byte }) => byte !== 0x20 && byte !== 0x0a);
    const ways = others.length > 0 ? others : all;
    if (others.length === 0 && at.isComplete) break;
    if (ways.length === 0) throw new Error(`no way on after ${Buffer.from(bytes)}`);
    const { byte, next } = ways[Math.floor(random() * ways.length)];
    bytes.push(byte);
    at = next;
  }
  return Buffer.from(bytes).toString();
}
