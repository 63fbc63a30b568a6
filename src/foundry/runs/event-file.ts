// Writes TensorBoard's event file: TFRecord frames around protobuf Events with scalars. Needs too little of protobuf for a library.
// Sources: tensorflow/core/util/event.proto, summary.proto, lib/io/record_writer.cc. Knows nothing of runs.

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c;
});

function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/** TFRecord masks its checksums, so that a checksum of data that contains checksums is not a special case. */
function maskedCrc(bytes: Uint8Array): Buffer {
  const crc = crc32c(bytes);
  const out = Buffer.alloc(4);
  out.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return out;
}

/** Frame: length (uint64, little-endian), its masked checksum, the data, its masked checksum. */
function frame(data: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedCrc(length), data, maskedCrc(data)]);
}

function varint(n: number): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt(n); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

const field = (number: number, wire: 0 | 1 | 2 | 5) => varint((number << 3) | wire);
const bytes = (number: number, data: Uint8Array) => Buffer.concat([field(number, 2), varint(data.length), data]);

function double(number: number, x: number): Buffer {
  const value = Buffer.alloc(8);
  value.writeDoubleLE(x);
  return Buffer.concat([field(number, 1), value]);
}

function float(number: number, x: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeFloatLE(x);
  return Buffer.concat([field(number, 5), value]);
}

/** The first event of a file; `seconds` since 1970. */
export const fileVersion = (seconds: number): Buffer =>
  frame(Buffer.concat([double(1, seconds), bytes(3, Buffer.from('brain.Event:2'))]));

/** The event with the scalars of one step by tag, as binary32. `seconds` since 1970, `step` a whole number from 0 on. */
export function scalars(seconds: number, step: number, values: readonly (readonly [tag: string, x: number])[]): Buffer {
  const summary = values.map(([tag, x]) => bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), float(2, x)])));
  return frame(Buffer.concat([double(1, seconds), field(2, 0), varint(step), bytes(5, Buffer.concat(summary))]));
}
