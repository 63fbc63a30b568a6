// Characters inside a JSON string as bytes: UTF-8, and no escapes but those that are needed, in the form of JSON.stringify.

/** The beginning of a character. */
export interface PartialCharacter {
  /** What is still needed: 1 to 3 bytes of UTF-8 (with a letter where the next one is bounded), an escape, or the digits of `\u` so far. */
  readonly part: string;
  /** The bits of its code point so far. */
  readonly value: number;
}

const byteOf = (text: string) => text.charCodeAt(0);
export const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes that a begun character needs at least. */
export const leastOfPart = (part: string): number =>
  part === '' ? 0 : part.startsWith('u') ? 5 - part.length : part.startsWith('\\') ? 1 : Number(part[0]);

/** What the first byte of a character leads to: a code point, a begun character, or nothing. */
export function characterNext(byte: number): number | PartialCharacter | undefined {
  if (byte === BACKSLASH) return { part: '\\', value: 0 };
  if (byte < 0x20 || byte === QUOTE) return undefined;
  if (byte < 0x80) return byte;
  // UTF-8 without surrogates, overlong forms and what is beyond the last character: the second byte of some is bounded.
  if (byte >= 0xc2 && byte <= 0xdf) return { part: '1', value: byte & 0x1f };
  if (byte >= 0xe0 && byte <= 0xef)
    return { part: byte === 0xe0 ? '2a' : byte === 0xed ? '2b' : '2', value: byte & 0x0f };
  if (byte >= 0xf0 && byte <= 0xf4)
    return { part: byte === 0xf0 ? '3a' : byte === 0xf4 ? '3b' : '3', value: byte & 0x07 };
  return undefined;
}

/** The second byte of a character: its bounds, by what was begun. */
const BOUNDS: Record<string, [number, number]> = {
  '2a': [0xa0, 0xbf],
  '2b': [0x80, 0x9f],
  '3a': [0x90, 0xbf],
  '3b': [0x80, 0x8f],
};

const SHORT_ESCAPES = new Map([...'"\\bfnrt'].map((letter, i) => [byteOf(letter), byteOf('"\\\b\f\n\r\t'[i])]));
const HAS_SHORT = new Set(SHORT_ESCAPES.values());

/** What the next byte of a begun character leads to. */
export function partNext({ part, value }: PartialCharacter, byte: number): number | PartialCharacter | undefined {
  const [first] = part;
  if (first === '\\') return SHORT_ESCAPES.get(byte) ?? (byte === byteOf('u') ? { part: 'u', value: 0 } : undefined);
  if (first === 'u') return unicodeNext(part.slice(1) + String.fromCharCode(byte));
  const [low, high] = BOUNDS[part] ?? [0x80, 0xbf];
  if (byte < low || byte > high) return undefined;
  const more = (value << 6) | (byte & 0x3f);
  return first === '1' ? more : { part: String(Number(first) - 1), value: more };
}

/** \u00xx of a control character that has no short escape. */
function unicodeNext(digits: string): number | PartialCharacter | undefined {
  if (!/^0(0([01][0-9a-f]?)?)?$/.test(digits)) return undefined;
  const value = Number.parseInt(digits, 16);
  if (digits.length < 4) return { part: `u${digits}`, value };
  return HAS_SHORT.has(value) ? undefined : value;
}

const SHORT: readonly (readonly [number, number])[] = [
  [0x08, 0x0a],
  [0x0c, 0x0d],
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
];
/** Written as \u and four digits. */
const LONG: readonly (readonly [number, number])[] = [
  [0, 7],
  [0xb, 0xb],
  [0xe, 0x1f],
];

/** The code points that a begun character can become, and how many bytes more it needs then. */
export function endingsOf({
  part,
  value,
}: PartialCharacter): readonly (readonly [low: number, high: number, bytes: number])[] {
  if (part === '\\')
    return [
      ...SHORT.map(([low, high]) => [low, high, 1] as const),
      ...LONG.map(([low, high]) => [low, high, 5] as const),
    ];
  if (part.startsWith('u')) {
    const left = 5 - part.length;
    const [low, high] = [value << (4 * left), ((value + 1) << (4 * left)) - 1];
    return LONG.map(([from, to]) => [Math.max(from, low), Math.min(to, high), left] as const).filter(
      ([a, b]) => a <= b,
    );
  }
  const bytes = Number(part[0]);
  const bounds = BOUNDS[part];
  const [low, high] = bounds ?? [0x80, 0xbf];
  const shift = 6 * (bytes - 1);
  const from = ((value << 6) | (low & 0x3f)) << shift;
  const to = ((((value << 6) | (high & 0x3f)) + 1) << shift) - 1;
  return [[from, to, bytes]];
}

/** Bytes of a character as it is written, by ranges of code points, the cheap ones first. Surrogates are not written. */
const WRITTEN: readonly (readonly [low: number, high: number, bytes: number])[] = [
  [0x20, 0x21, 1],
  [0x23, 0x5b, 1],
  [0x5d, 0x7f, 1],
  [0x08, 0x0a, 2],
  [0x0c, 0x0d, 2],
  [0x22, 0x22, 2],
  [0x5c, 0x5c, 2],
  [0x80, 0x7ff, 2],
  [0x800, 0xd7ff, 3],
  [0xe000, 0xffff, 3],
  [0x10000, 0x10ffff, 4],
  [0, 0x1f, 6],
];

/** Bytes of the character that is the cheapest one from `low` to `high`; Infinity where none is written. */
export function leastWritten(low: number, high: number): number {
  return WRITTEN.find(([from, to]) => from <= high && to >= low)?.[2] ?? Number.POSITIVE_INFINITY;
}
