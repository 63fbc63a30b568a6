// Which tokens may come next in an answer with calls of tools. What the model says is free; a call that has begun becomes a valid one.

import { JikjiError } from '../../../base/index.ts';
import type { TextTokenizer } from '../../tokenizer/index.ts';
import type { TokenMask } from '../continuation.ts';
import type { MaskTokens } from '../json/index.ts';
import { eachToken, forbidOthers } from '../token-walk.ts';
import type { CallReader, CallState } from './call-reader.ts';

/** Calls of one answer: as many as OpenAI's clients take. */
const MAX_CALLS = 128;

/** A tokenizer's tokens, prepared for masks: those that JSON has, and those that stand for the words of templates. */
export class CallTokens {
  readonly tokens: MaskTokens;
  readonly specials: { id: number; bytes: Uint8Array }[] = [];
  readonly #tokenizer: TextTokenizer;
  /** A bit for each token that has bytes. */
  readonly known: Uint32Array;

  constructor(tokenizer: TextTokenizer, tokens: MaskTokens) {
    this.tokens = tokens;
    this.#tokenizer = tokenizer;
    this.known = new Uint32Array(Math.ceil(tokenizer.vocabSize / 32));
    for (let id = 0; id < tokenizer.vocabSize; id++) {
      const bytes = this.bytesOf(id);
      if (bytes.length > 0) this.known[id >>> 5] |= 1 << (id & 31);
      if (bytes.length > 0 && tokenizer.plainBytes(id) === undefined) this.specials.push({ id, bytes });
    }
  }

  /** What a token adds to a text. */
  bytesOf(id: number): Uint8Array {
    return this.#tokenizer.plainBytes(id) ?? Buffer.from(this.#tokenizer.decode([id]));
  }
}

/** Whether a byte belongs to a name or to arguments: no special token stands for it. */
const isInner = (from: CallState, to: CallState) =>
  from.kind === 'arguments' || (from.kind === 'name' && to.kind === 'name');

/** The place after a special token; null where it may not come. */
function afterSpecial(at: CallState, bytes: Uint8Array): CallState | null {
  let place = at;
  for (const byte of bytes) {
    const next = place.next(byte);
    if (!next || isInner(place, next)) return null;
    place = next;
  }
  return place;
}

/** Finds tokens for places of one reader. Several masks may share it. */
export class CallChooser {
  readonly reader: CallReader;
  readonly tokens: CallTokens;
  /** By place, if nothing presses. */
  readonly #allowed = new WeakMap<CallState, Uint32Array>();

  constructor(reader: CallReader, tokens: CallTokens) {
    this.reader = reader;
    this.tokens = tokens;
  }

  /** A bit for each token that may come next, if after it `most` tokens are enough to end. */
  allowed(at: CallState, most: number): Uint32Array {
    const isPressed = most < Number.POSITIVE_INFINITY;
    const known = isPressed ? undefined : this.#allowed.get(at);
    if (known) return known;
    const bits = new Uint32Array(this.tokens.known.length);
    // What is said may have tokens without bytes too.
    if (at.kind === 'said') for (const [i, word] of this.tokens.known.entries()) bits[i] = ~word;
    const allow = (id: number): void => {
      bits[id >>> 5] |= 1 << (id & 31);
    };
    eachToken(this.tokens.tokens.trie, at, { next: (place, byte) => place.next(byte), most, allow });
    for (const { id, bytes } of this.tokens.specials) {
      const after = afterSpecial(at, bytes);
      if (after && after.least <= most) allow(id);
    }
    if (!isPressed) this.#allowed.set(at, bits);
    return bits;
  }
}

export class CallMask implements TokenMask {
  readonly #chooser: CallChooser;
  readonly #ends: ReadonlySet<number>;
  #at: CallState;
  /** Calls whose name is complete. */
  #calls = 0;

  /** `ends` are the tokens that end a text. */
  constructor(chooser: CallChooser, ends: ReadonlySet<number>) {
    this.#chooser = chooser;
    this.#ends = ends;
    this.#at = chooser.reader.start();
  }

  apply(logits: Float32Array, left: number): void {
    const at = this.#at;
    const allowed = (most: number) => this.#chooser.allowed(at, most);
    forbidOthers(logits, { at, left, isFree: at.kind === 'said', ends: this.#ends, allowed });
  }

  /** @throws JikjiError `schema-unsupported` where no token was allowed */
  accept(id: number): void {
    for (const byte of this.#chooser.tokens.bytesOf(id)) {
      const next = this.#at.next(byte);
      if (!next) {
        const hint = 'let fewer tokens end a text';
        throw new JikjiError('schema-unsupported', 'no token goes on with this text', 'tools', hint);
      }
      if (next.tool && !this.#at.tool && ++this.#calls === MAX_CALLS) this.#at = next.last();
      else this.#at = next;
    }
  }

  get isOver(): boolean {
    return this.#at.isOver;
  }
}
