// Reads an answer byte by byte: what a model says, then calls of tools in the form of its template. After each byte it knows whether the
// answer can still become one that is allowed, and what the byte belongs to.

import type { CallForm } from '../../conversation/index.ts';
import type { JsonReader } from '../json/index.ts';
import type { Free } from '../token-walk.ts';

const OPEN = 0x7b;

type Reading = ReturnType<JsonReader['start']>;

/** A function that may be called. */
export interface CallableTool {
  name: string;
  /** Bytes of the shortest arguments. */
  least: number;
  /** Reads its arguments, which are an object. */
  reader(): JsonReader;
}

/** Which calls an answer has. */
export interface CallRules {
  /** May it say something, and need not call; must it call; or may it not. */
  choice: 'auto' | 'required' | 'none';
  /** Whether it may have several calls. */
  isParallel: boolean;
}

/** A place in an answer. */
export interface CallState {
  /** What the next byte belongs to, unless it begins what comes after. */
  readonly kind: 'said' | 'literal' | 'name' | 'arguments';
  /** Whether the answer may end here. */
  readonly isComplete: boolean;
  /** Whether nothing can follow but the end. */
  readonly isOver: boolean;
  /** Tokens at least until it has ended, if each is a byte. */
  readonly least: number;
  /** Bytes at the end of what was said that may begin a call. */
  readonly held: number;
  /** Inside a name of the arguments that decides nothing. */
  readonly free?: Free | undefined;
  /** The only bytes of the arguments that lead anywhere, where they are few. */
  readonly bytes?: readonly number[] | undefined;
  /** Several places in one, where one of them is free. */
  readonly parts?: readonly CallState[] | undefined;
  /** The tool that is called, once its name is complete. */
  readonly tool: CallableTool | undefined;
  /** The place after a byte; null where no answer goes on so. */
  next(byte: number): CallState | null;
  /** The same place in the last call that an answer may have. */
  last(): CallState;
}

type Made = Pick<CallState, 'kind' | 'least' | 'next' | 'last'> & Partial<CallState>;

const place = (of: Made): CallState => ({ isComplete: false, isOver: false, held: 0, tool: undefined, ...of });

/** For each length of a beginning of a text the longest shorter beginning that it ends with. */
function overlaps(text: Buffer): number[] {
  const all = [0, 0];
  for (let i = 1, length = 0; i < text.length; i++) {
    while (length > 0 && text[i] !== text[length]) length = all[length];
    if (text[i] === text[length]) length++;
    all.push(length);
  }
  return all;
}

/** The texts of a form as bytes. */
type Texts = Record<'trigger' | 'first' | 'next' | 'middle' | 'after' | 'close', Buffer>;

/** Places in arguments before they are forgotten: with each goes what a mask knows of it. */
const MAX_ARGUMENT_PLACES = 2000;

export class CallReader {
  readonly #rules: CallRules;
  readonly #tools: readonly CallableTool[];
  readonly #texts: Texts;
  readonly #isAnchored: boolean;
  readonly #overlaps: number[];
  /** Bytes from the name of a call to the end of its arguments. */
  readonly #leastCall: number;
  readonly #places = new Map<string, CallState>();
  #argumentPlaces = new WeakMap<Reading, Map<string, CallState>>();
  #argumentCount = 0;

  constructor(form: CallForm, rules: CallRules, tools: readonly CallableTool[]) {
    this.#rules = { ...rules, isParallel: rules.isParallel && form.next !== undefined };
    this.#tools = tools;
    const { trigger, first, next = '', middle, after, close } = form;
    const texts = { trigger, first, next, middle, after, close };
    this.#texts = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])) as Texts;
    this.#isAnchored = form.isAnchored;
    this.#overlaps = overlaps(this.#texts.trigger);
    this.#leastCall = tools.reduce((least, { name, least: own }) => Math.min(least, name.length + own), Infinity);
    this.#leastCall += this.#texts.middle.length;
  }

  /** Before an answer. */
  start(): CallState {
    const { choice, isParallel } = this.#rules;
    return choice === 'required' ? this.#literal('first', 0, isParallel) : this.#said(0);
  }

  /** Tokens after the arguments of the last call: a byte each, and one that ends the answer where it could go on. */
  #leastEnd(isMore: boolean): number {
    return this.#texts.after.length + this.#leastClose(isMore);
  }

  #leastClose(isMore: boolean): number {
    const { length } = this.#texts.close;
    return length === 0 && isMore ? 1 : length;
  }

  #place(key: string, make: () => Made): CallState {
    const known = this.#places.get(key);
    if (known) return known;
    const made = place(make());
    this.#places.set(key, made);
    return made;
  }

  /** What the model says; `held` bytes of the trigger are there. */
  #said(held: number): CallState {
    return this.#place(`said ${held}`, () => ({
      ...{ kind: 'said', isComplete: true, least: 0, held },
      next: (byte) => this.#saidAfter(held, byte),
      last: () => this.#said(held),
    }));
  }

  /** What the model says where no call can begin any more. */
  #onlySaid(): CallState {
    return this.#place('only said', () => ({
      ...{ kind: 'said', isComplete: true, least: 0 },
      next: () => this.#onlySaid(),
      last: () => this.#onlySaid(),
    }));
  }

  #saidAfter(held: number, byte: number): CallState | null {
    const { trigger } = this.#texts;
    if (this.#isAnchored && byte !== trigger[held]) return this.#onlySaid();
    let length = held;
    while (length > 0 && byte !== trigger[length]) length = this.#overlaps[length];
    if (byte === trigger[length]) length++;
    if (length < trigger.length) return this.#said(length);
    return this.#rules.choice === 'none' ? null : this.#literal('first', length, this.#rules.isParallel);
  }

  /** The text before the name of the first or of a further call, with `at` bytes of it. */
  #literal(of: 'first' | 'next', at: number, isMore: boolean): CallState {
    const text = this.#texts[of];
    if (at === text.length) return this.#name('', isMore);
    return this.#place(`${of} ${at} ${isMore}`, () => ({
      ...{ kind: 'literal', least: text.length - at + this.#leastCall + this.#leastEnd(isMore) },
      next: (byte) => (byte === text[at] ? this.#literal(of, at + 1, isMore) : null),
      last: () => this.#literal(of, at, false),
    }));
  }

  #name(text: string, isMore: boolean): CallState {
    return this.#place(`name ${isMore} ${text}`, () => {
      const open = this.#tools.filter(({ name }) => name.startsWith(text));
      const whole = open.find(({ name }) => name === text);
      const { middle } = this.#texts;
      const least = open.reduce((least, { name, least: own }) => Math.min(least, name.length + own), Infinity);
      return {
        kind: 'name',
        least: least - text.length + middle.length + this.#leastEnd(isMore),
        next: (byte) => {
          const longer = text + String.fromCharCode(byte);
          if (open.some(({ name }) => name.startsWith(longer))) return this.#name(longer, isMore);
          return whole && byte === middle[0] ? this.#middle(whole, 1, isMore) : null;
        },
        last: () => this.#name(text, false),
      };
    });
  }

  #middle(tool: CallableTool, at: number, isMore: boolean): CallState {
    const { middle } = this.#texts;
    if (at === middle.length) {
      const reader = tool.reader();
      return this.#arguments(tool, { reader, first: reader.start(), isMore });
    }
    return this.#place(`middle ${isMore} ${at} ${tool.name}`, () => ({
      ...{ kind: 'literal', tool, least: middle.length - at + tool.least + this.#leastEnd(isMore) },
      next: (byte) => (byte === middle[at] ? this.#middle(tool, at + 1, isMore) : null),
      last: () => this.#middle(tool, at, false),
    }));
  }

  /** Inside the arguments, or before them. */
  #arguments(
    tool: CallableTool,
    of: { reader: JsonReader; first: Reading; isMore: boolean },
    reading: Reading = of.first,
  ): CallState {
    const { reader, first, isMore } = of;
    if (this.#argumentCount >= MAX_ARGUMENT_PLACES) {
      this.#argumentPlaces = new WeakMap();
      this.#argumentCount = 0;
    }
    const places = this.#argumentPlaces.get(reading) ?? new Map<string, CallState>();
    this.#argumentPlaces.set(reading, places);
    const key = `${isMore} ${tool.name}`;
    const known = places.get(key);
    if (known) return known;
    const made = place({
      ...{ kind: 'arguments', tool, least: reading.least + this.#leastEnd(isMore) },
      free: reading.free && { ...reading.free, after: reading.free.after + this.#leastEnd(isMore) },
      bytes: reading.bytes,
      parts: reading.parts?.map((part) => this.#arguments(tool, of, part)),
      next: (byte) => {
        // Nothing stands before the first brace.
        if (byte !== OPEN && reading === first) return null;
        const next = reader.step(reading, byte);
        // Some places of a schema lead nowhere.
        if (!next || next.least === Number.POSITIVE_INFINITY) return null;
        // An object is complete with its last brace: nothing of it follows.
        return next.isComplete ? this.#after(0, isMore) : this.#arguments(tool, of, next);
      },
      last: () => this.#arguments(tool, { ...of, isMore: false }, reading),
    });
    places.set(key, made);
    this.#argumentCount++;
    return made;
  }

  #after(at: number, isMore: boolean): CallState {
    const { after } = this.#texts;
    if (at === after.length) return this.#between(isMore);
    return this.#place(`after ${at} ${isMore}`, () => ({
      ...{ kind: 'literal', least: after.length - at + this.#leastClose(isMore) },
      next: (byte) => (byte === after[at] ? this.#after(at + 1, isMore) : null),
      last: () => this.#after(at, false),
    }));
  }

  /** After a call. */
  #between(isMore: boolean): CallState {
    const { close, next } = this.#texts;
    const isComplete = close.length === 0;
    return this.#place(`between ${isMore}`, () => ({
      ...{ kind: 'literal', isComplete, isOver: isComplete && !isMore, least: this.#leastClose(isMore) },
      next: (byte) => {
        if (!isComplete && byte === close[0]) return this.#close(1);
        return isMore && byte === next[0] ? this.#literal('next', 1, isMore) : null;
      },
      last: () => this.#between(false),
    }));
  }

  #close(at: number): CallState {
    const { close } = this.#texts;
    const isOver = at === close.length;
    return this.#place(`close ${at}`, () => ({
      ...{ kind: 'literal', isComplete: isOver, isOver, least: close.length - at },
      next: (byte) => (byte === close[at] ? this.#close(at + 1) : null),
      last: () => this.#close(at),
    }));
  }
}
