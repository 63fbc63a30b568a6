// Which tokens may come next in a JSON text of a schema: the tokens that keep it possible, and, where few tokens are left, those that let it
// end in time. Knows no model.

import { JikjiError } from '../../../base/index.ts';
import type { TextTokenizer } from '../../tokenizer/index.ts';
import type { TokenMask } from '../continuation.ts';
import { type TrieNode, tokenTrie } from '../token-trie.ts';
import { eachToken, type Free, forbidOthers } from '../token-walk.ts';
import { Automaton, type State } from './automaton.ts';
import { Lengths, type Shape } from './shape.ts';

/** Several ways to read the text so far, and what is known of them. */
interface Reading {
  states: readonly State[];
  /** Whether the text may end here. */
  isComplete: boolean;
  /** Bytes at least until it may end. */
  least: number;
  free: Free | undefined;
  /** The only bytes that lead anywhere, where they are few. */
  bytes: readonly number[] | undefined;
  parts: readonly Reading[] | undefined;
  /** By byte: what it leads to; null where no text goes on so, undefined where nobody asked yet. */
  next: (Reading | null | undefined)[];
  /** Tokens that may come next, if nothing presses; a bit for each. */
  allowed?: Uint32Array;
  /** Those after which `most` bytes are enough to end: of the last ones that asked, as texts of one request ask alike. */
  pressed?: { most: number; allowed: Uint32Array };
}

/** States of an automaton, and readings with their tokens, before what is known of them is forgotten: some 40 MB. */
const MAX_STATES = 10_000;
const MAX_READINGS = 4000;

/** A tokenizer's tokens, prepared for masks. */
export class MaskTokens {
  readonly vocabSize: number;
  readonly trie: TrieNode;

  constructor(tokenizer: TextTokenizer) {
    this.vocabSize = tokenizer.vocabSize;
    this.trie = tokenTrie(tokenizer);
  }
}

/** Reads texts of one shape. Several masks may share it. */
export class JsonReader {
  readonly #shape: Shape;
  readonly #tokens: MaskTokens;
  readonly #lengths = new Lengths();
  readonly #automaton = new Automaton(this.#lengths);
  readonly #readings = new Map<string, Reading>();

  constructor(shape: Shape, tokens: MaskTokens) {
    this.#shape = shape;
    this.#tokens = tokens;
  }

  /** Bytes of the shortest text; Infinity where there is none. */
  get least(): number {
    return this.#lengths.of(this.#shape);
  }

  start(): Reading {
    return this.#reading([this.#automaton.start(this.#shape)]);
  }

  /** Forgets what readings lead to; a text that holds one finds it again. */
  #forget(): void {
    for (const reading of this.#readings.values()) {
      reading.next = [];
      delete reading.allowed;
      delete reading.pressed;
    }
    this.#readings.clear();
    this.#automaton.forget();
  }

  #reading(states: readonly State[]): Reading {
    const unique = [...new Map(states.map((state) => [state.key, state])).values()];
    const key = unique
      .map((state) => state.key)
      .sort()
      .join('\n');
    const known = this.#readings.get(key);
    if (known) return known;
    if (this.#automaton.size > MAX_STATES || this.#readings.size >= MAX_READINGS) this.#forget();
    const least = Math.min(...unique.map((state) => state.least));
    const free = unique.length === 1 ? unique[0].free : undefined;
    const isSplit = unique.length > 1 && unique.some((state) => state.free);
    const parts = isSplit ? unique.map((state) => this.#reading([state])) : undefined;
    const isNarrow = unique.every((state) => state.bytes);
    const bytes = isNarrow ? [...new Set(unique.flatMap((state) => state.bytes!))] : undefined;
    const isComplete = unique.some(mayEnd);
    const reading: Reading = { states: unique, isComplete, least, free, bytes, parts, next: [] };
    this.#readings.set(key, reading);
    return reading;
  }

  /** What the text is after a byte; null where it cannot go on so. */
  step(reading: Reading, byte: number): Reading | null {
    const known = reading.next[byte];
    if (known !== undefined) return known;
    const states = reading.states
      .flatMap((state) => state.next(byte))
      .filter(({ least }) => least < Number.POSITIVE_INFINITY);
    const next = states.length === 0 ? null : this.#reading(states);
    reading.next[byte] = next;
    return next;
  }

  /** The tokens that may come next, if after them `most` bytes are enough to end. */
  allowed(reading: Reading, most: number): Uint32Array {
    const isPressed = most < Number.POSITIVE_INFINITY;
    const known = isPressed ? (reading.pressed?.most === most ? reading.pressed.allowed : undefined) : reading.allowed;
    if (known) return known;
    const bits = new Uint32Array(Math.ceil(this.#tokens.vocabSize / 32));
    const allow = (id: number): void => {
      bits[id >>> 5] |= 1 << (id & 31);
    };
    eachToken(this.#tokens.trie, reading, { next: (at, byte) => this.step(at, byte), most, allow });
    if (isPressed) reading.pressed = { most, allowed: bits };
    else reading.allowed = bits;
    return bits;
  }
}

/** Whether nothing is missing: all that is begun is complete. */
function mayEnd(state: State): boolean {
  if (state.key.startsWith('done')) return true;
  const after = state.ends?.();
  return after !== undefined && mayEnd(after);
}

const deadEnd = () =>
  new JikjiError('schema-unsupported', 'no token goes on with this text', 'the schema', 'let fewer tokens end a text');

export class JsonMask implements TokenMask {
  readonly #reader: JsonReader;
  readonly #tokenizer: TextTokenizer;
  readonly #ends: ReadonlySet<number>;
  #at: Reading;

  /** `ends` are the tokens that end a text. */
  constructor(reader: JsonReader, tokenizer: TextTokenizer, ends: ReadonlySet<number>) {
    this.#reader = reader;
    this.#tokenizer = tokenizer;
    this.#ends = ends;
    this.#at = reader.start();
  }

  apply(logits: Float32Array, left: number): void {
    const at = this.#at;
    forbidOthers(logits, { at, left, ends: this.#ends, allowed: (most) => this.#reader.allowed(at, most) });
  }

  /** @throws JikjiError `schema-unsupported` where no token was allowed */
  accept(id: number): void {
    for (const byte of this.#tokenizer.plainBytes(id) ?? []) {
      const next = this.#reader.step(this.#at, byte);
      if (!next) throw deadEnd(); // every token was forbidden
      this.#at = next;
    }
  }

  /** Nothing can follow but the end. */
  get isOver(): boolean {
    return this.#at.isComplete && this.#at.states.every((state) => state.key.startsWith('done'));
  }
}
