// `json-strings`: each string of a JSON file that a pattern matches is a document, in the order of the file. Also reads a .js file whose
// first array or object is JSON (`var content = [...]`), where `undefined` may be a value. Streams: the file is never in memory whole.

import { JikjiError } from '../../../base/index.ts';
import { MAX_LINE } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

const MAX_DEPTH = 256;

/** What may come next. */
type Expect = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

interface Container {
  array: boolean;
  /** The states of the pattern after the path to here: indices into its parts. */
  states: number[];
  /** The states after the current key or index. */
  member: number[];
  index: number;
}

export const jsonStringsReader = (context: ReaderContext): Reader => new JsonStrings(context);

class JsonStrings implements Reader {
  readonly #label: string;
  readonly #document: (text: string) => void;
  readonly #pattern: PathPattern;
  readonly #script: boolean;
  readonly #stack: Container[] = [];
  #expect: Expect = 'value';
  #rest = '';
  /** How far the token at the start of `rest` has been looked at. */
  #resume = 0;
  /** Characters before `rest`. */
  #passed = 0;
  #began: boolean;

  constructor({ label, field = '**', document }: ReaderContext) {
    this.#label = label;
    this.#document = document;
    this.#pattern = new PathPattern(field);
    this.#script = /\.[cm]?js(\.gz)?$/.test(label);
    this.#began = !this.#script;
  }

  push(text: string): void {
    const all = this.#rest + text;
    const done = this.#read(all, false);
    this.#rest = all.slice(done);
    this.#passed += done;
    if (this.#rest.length > MAX_LINE) this.#fail(`a string longer than ${MAX_LINE} characters`, 0);
  }

  end(): void {
    const done = this.#read(this.#rest, true);
    if (this.#expect !== 'nothing') this.#fail('the JSON ends too early', done);
  }

  #fail(message: string, at: number): never {
    throw new JikjiError(
      'source-broken',
      `${message} at character ${this.#passed + at}`,
      this.#label,
      'the file must be JSON, or a .js file with one array or object of JSON in it',
    );
  }

  /** Reads what is whole in `text`; gives back where the first token that is not whole starts. */
  #read(text: string, last: boolean): number {
    let at = 0;
    if (!this.#began) {
      // The first bracket after the first `=` or `export default`: what stands before it is code.
      const start = /(?:=|\bexport\s+default\b)\s*(?=[[{])/.exec(text);
      if (!start) return last ? this.#fail('no array or object', text.length) : 0;
      at = start.index + start[0].length;
      this.#began = true;
    }
    while (at < text.length) {
      const c = text.charCodeAt(at);
      if (c === 0x20 || c === 0x0a || c === 0x09 || c === 0x0d) {
        at++;
        continue;
      }
      if (this.#expect === 'nothing') {
        if (this.#script) return text.length; // the rest is code
        return this.#fail('something follows the value', at);
      }
      const next = this.#token(text, at, last);
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }

  /** Takes the token at `at` and gives back what follows it; undefined where it is not whole. */
  #token(text: string, at: number, last: boolean): number | undefined {
    switch (text[at]) {
      case '"':
        return this.#string(text, at, last);
      case '{':
      case '[':
        this.#open(text[at] === '[', at);
        return at + 1;
      case '}':
      case ']':
        this.#close(text[at] === ']', at);
        return at + 1;
      case ',':
        if (this.#expect !== 'comma-or-end') this.#fail('a comma where none belongs', at);
        this.#expect = this.#stack.at(-1)?.array ? 'value' : 'key';
        return at + 1;
      case ':':
        if (this.#expect !== 'colon') this.#fail('a colon where none belongs', at);
        this.#expect = 'value';
        return at + 1;
      default:
        return this.#scalar(text, at, last);
    }
  }

  #string(text: string, at: number, last: boolean): number | undefined {
    const end = closingQuote(text, Math.max(at + 1, this.#resume));
    if (end < 0) {
      if (last) this.#fail('a string does not end', at);
      this.#resume = Math.max(at + 1, text.length - trailingBackslashes(text)) - at;
      return undefined;
    }
    this.#resume = 0;
    if (this.#expect === 'key' || this.#expect === 'key-or-end') {
      const top = this.#stack.at(-1)!;
      // A key that cannot lead to a match is not decoded, even if its escapes are wrong.
      if (top.states.length > 0) top.member = this.#pattern.advance(top.states, this.#decode(text, at, end));
      this.#expect = 'colon';
    } else if (this.#mayBegin()) {
      if (this.#pattern.takes(this.#states())) this.#document(this.#decode(text, at, end));
      this.#valueEnds();
    } else this.#fail('a string where none belongs', at);
    return end + 1;
  }

  #open(array: boolean, at: number): void {
    if (!this.#mayBegin()) this.#fail('a bracket where none belongs', at);
    if (this.#stack.length === MAX_DEPTH) this.#fail(`nested deeper than ${MAX_DEPTH}`, at);
    this.#stack.push({ array, states: this.#states(), member: [], index: 0 });
    this.#expect = array ? 'value-or-end' : 'key-or-end';
  }

  #close(array: boolean, at: number): void {
    const mayEnd = this.#expect === 'comma-or-end' || this.#expect === (array ? 'value-or-end' : 'key-or-end');
    if (!mayEnd || this.#stack.at(-1)?.array !== array) this.#fail('a closing bracket where none belongs', at);
    this.#stack.pop();
    this.#valueEnds();
  }

  #scalar(text: string, at: number, last: boolean): number | undefined {
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0] ?? '';
    if (at + word.length === text.length && !last && word.length < 400) return undefined;
    const known = SCALAR.test(word) || (this.#script && word === 'undefined');
    if (!known || !this.#mayBegin()) this.#fail('not JSON', at);
    this.#valueEnds();
    return at + word.length;
  }

  /** Whether a value may begin here. */
  #mayBegin(): boolean {
    return this.#expect === 'value' || this.#expect === 'value-or-end';
  }

  /** The states of the pattern after the path to the value that begins here. */
  #states(): number[] {
    const top = this.#stack.at(-1);
    if (!top) return this.#pattern.root;
    if (top.array) top.member = this.#pattern.advance(top.states, String(top.index));
    return top.member;
  }

  #valueEnds(): void {
    const top = this.#stack.at(-1);
    if (top?.array) top.index++;
    this.#expect = top ? 'comma-or-end' : 'nothing';
  }

  #decode(text: string, open: number, end: number): string {
    const inside = text.slice(open + 1, end);
    if (!inside.includes('\\')) return inside;
    try {
      return JSON.parse(text.slice(open, end + 1)) as string;
    } catch {
      return this.#fail('a string with a wrong escape', open);
    }
  }
}

const WORD = /[-+.\w]*/y;
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/;

/** The quote that ends a string whose inside starts before `from`, with nothing escaped across `from`; -1 for none. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (at - 1 - slashes >= from && text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

function trailingBackslashes(text: string): number {
  let n = 0;
  while (text.charCodeAt(text.length - 1 - n) === 0x5c) n++;
  return n;
}

// Matches paths of a JSON file against a recipe's `field`, part by part while the file is read.

/** Names with dots between them; `*` stands for any one of them, `**` for any number. */
class PathPattern {
  /** The states before any part of a path. */
  readonly root: number[];
  readonly #parts: string[];

  constructor(field: string) {
    this.#parts = field.split('.');
    this.root = this.#close(new Set([0]));
  }

  /** The states after one more part of a path. */
  advance(states: number[], key: string): number[] {
    const next = new Set<number>();
    for (const state of states) {
      const part = this.#parts[state];
      if (part === '**') next.add(state);
      else if (part === '*' || part === key) next.add(state + 1);
    }
    return this.#close(next);
  }

  /** Whether the whole pattern is behind one of the states. */
  takes(states: number[]): boolean {
    return states.includes(this.#parts.length);
  }

  #close(states: Set<number>): number[] {
    for (const state of states) if (this.#parts[state] === '**') states.add(state + 1);
    return [...states];
  }
}
