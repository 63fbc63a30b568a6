// Mutations of bytes and of JSON, as a fuzzer makes them. Each follows from a seed, so every case can be repeated.

/** A JSON value. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Random numbers from a seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/** Texts to put in place of expected values; not all of them are JSON. */
export const HOSTILE: readonly (() => string)[] = [
  ...'0|-1|-0|1|2|3|0.5|1e9|1000000001|9007199254740991|9007199254740993|1e999|-1e999|1e-999|NaN|Infinity|0x10|01|1.0|1e0'
    .split('|')
    .map((text) => () => text),
  ...[
    'null',
    'true',
    '""',
    '"../../x"',
    '"__proto__"',
    '"\\ud800"',
    '"\\u0000"',
    '{}',
    '[]',
    '{"__proto__":{"a":1}}',
  ].map((text) => () => text),
  () => `"${'x'.repeat(1 << 16)}"`,
  () => `"${'ab'.repeat(32)}"`,
  () => nested('[', ']', 10_000),
  () => nested('[', ']', 100_000),
  () => `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  () => `[${'1,'.repeat(100_000)}1]`,
  () => '9'.repeat(400),
];

/** The keys and indices that lead to a value in a document. */
type Path = (string | number)[];

function pathsOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.keys(value).flatMap((key) =>
    pathsOf((value as Record<string, Json>)[key]!, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [path, ...inner];
}

const MARK = '\u0001mark\u0001';

function withMark(value: Json, path: Path): Json {
  if (path.length === 0) return MARK;
  const [key, ...rest] = path as [string, ...Path];
  if (Array.isArray(value)) return value.map((item, i) => (i === Number(key) ? withMark(item, rest) : item));
  const members = value as Record<string, Json>;
  return { ...members, [key]: withMark(members[key]!, rest) };
}

const sorted = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sorted(value[key]!)]),
        )
      : value;

/** The canonical text of `value` with one inner value replaced by a hostile one, dropped, doubled, or with a new member after it. */
export function mutateJson(value: Json, hostile: readonly (() => string)[], random: Random): string {
  const paths = pathsOf(value);
  const path = random.of(paths);
  let inner: Json = value;
  for (const key of path) inner = (inner as Record<string | number, Json>)[key]!;
  const text = JSON.stringify(sorted(withMark(value, path)));
  const mark = JSON.stringify(MARK);
  const own = JSON.stringify(sorted(inner));
  switch (random.below(6)) {
    case 0: // the member twice
      return text.replace(/"[^"]*":"\\u0001mark\\u0001"/, (found) => `${found},${found}`).replaceAll(mark, own);
    case 1: // a new member after it
      return text.replace(mark, () => `${own},"zz":${random.of(hostile)()}`);
    case 2: // without it
      return text.replace(/,?"[^"]*":"\\u0001mark\\u0001"/, '').replace(mark, '');
    default:
      return text.replace(mark, () => random.of(hostile)());
  }
}

/** A changed file: bits, lengths, pieces, numbers, members, nesting. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const n = bytes.length;
  const at = random.below(n);
  const span = Math.min(n - at, 1 + random.below(random.of([4, 64, n])));
  const splice = (from: number, drop: number, put: Buffer | string): Buffer =>
    Buffer.concat([bytes.subarray(0, from), Buffer.from(put as string), bytes.subarray(from + drop)]);
  const text = () => bytes.toString('latin1');
  switch (random.below(15)) {
    case 0:
    case 1:
    case 2: {
      const out = Buffer.from(bytes);
      for (let i = random.of([1, 1, 1, 3, 20]); i > 0; i--) out[random.below(n)]! ^= 1 << random.below(8);
      return out;
    }
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return splice(at, span, '');
    case 5:
      return splice(at, 0, bytes.subarray(at, at + span));
    case 6:
      return splice(at, span, Buffer.alloc(span, random.of([0, 0xff, 0x20, 0x0a, 0x22])));
    case 7:
      return Buffer.concat([bytes, random.of([Buffer.from('\n'), Buffer.from([0]), bytes, Buffer.alloc(1 << 20)])]);
    case 8: {
      // A length as in a safetensors header.
      const out = Buffer.from(bytes);
      const huge = random.of([
        2n ** 64n - 1n,
        2n ** 63n,
        2n ** 53n,
        2n ** 40n,
        2n ** 31n,
        1n << 27n,
        0n,
        1n,
        BigInt(n),
      ]);
      if (n >= 8) out.writeBigUInt64LE(huge, random.below(2) * random.below(n - 7));
      return out;
    }
    case 9: // a number in the text
    case 10: {
      const numbers = [...text().matchAll(/-?\d+(\.\d+)?(e[-+]?\d+)?/gi)];
      if (numbers.length === 0) return bytes.subarray(0, at);
      const { 0: found, index } = random.of(numbers);
      return splice(index, found.length, random.of(HOSTILE)());
    }
    case 11: {
      const members = [...text().matchAll(/"[^"\\]{1,40}":/g)];
      if (members.length === 0) return splice(at, 0, nested('[', ']', 20_000));
      const { 0: member, index } = random.of(members);
      return splice(index, 0, `${member}${random.of(HOSTILE)()},`);
    }
    case 12: // any value
      {
        const starts = [...text().matchAll(/[:[,] ?(?=["\d[{-])/g)];
        if (starts.length === 0) return splice(at, span, nested('[', ']', 20_000));
        const { 0: found, index } = random.of(starts);
        return splice(index + found.length, random.below(2) * span, random.of(HOSTILE)());
      }
    case 13: // two lines change places, or one is doubled
      {
        const lines = text().split('\n');
        const [i, j] = [random.below(lines.length), random.below(lines.length)];
        const one = lines[i]!;
        lines[i] = lines[j]!;
        if (random.below(2) === 0) lines[j] = one;
        return Buffer.from(lines.join('\n'), 'latin1');
      }
    default:
      return random.of([
        Buffer.alloc(0),
        Buffer.from(nested('[', ']', 200_000)),
        Buffer.from(`${'{"a":'.repeat(100_000)}`),
        Buffer.from(bytes.toString('utf16le')),
        Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
        Buffer.from(
          `a: &a [${'x,'.repeat(9)}]\n${'bcdefghij'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
        ),
        Buffer.from(`${'- '.repeat(50_000)}a`),
        Buffer.from(`${'? '.repeat(20_000)}a`),
      ]);
  }
}
