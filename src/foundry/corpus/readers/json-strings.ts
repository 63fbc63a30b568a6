// `json-strings`: each string of a JSON file that a pattern takes is a document, in the order of the file. Also reads a
// .js file whose first array or object is JSON (`var content = [...]`), with `undefined` for what is not there. Streams:
// the file is never in memory whole.

import { JikjiError } from '../../../base/index.ts';
import { LONGEST_LINE } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

const DEEPEST = 256;

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

export function jsonStringsReader({ label, field = '**', document }: ReaderContext): Reader {
  const parts = field.split('.');
  const script = /\.[cm]?js(\.gz)?$/.test(label);
  const stack: Container[] = [];
  let expect: Expect = 'value';
  let rest = '';
  let resume = 0; // how far the token at the start of `rest` has been looked at
  let passed = 0; // characters before `rest`
  let began = !script;

  const fail = (message: string, at: number): never => {
    throw new JikjiError(
      'source-broken',
      `${message} at character ${passed + at}`,
      label,
      'the file must be JSON, or a .js file with one array or object of JSON in it',
    );
  };

  /** The states after one more part of a path; `**` stands for any number of parts. */
  const advance = (states: number[], key: string): number[] => {
    const next = new Set<number>();
    for (const state of states) {
      if (parts[state] === '**') next.add(state);
      else if (parts[state] === '*' || parts[state] === key) next.add(state + 1);
    }
    return close(next);
  };
  const close = (states: Set<number>): number[] => {
    for (const state of states) if (parts[state] === '**') states.add(state + 1);
    return [...states];
  };
  const root = close(new Set([0]));

  const statesHere = (): number[] => {
    const top = stack.at(-1);
    if (!top) return root;
    if (top.array) top.member = top.states.length === 0 ? top.states : advance(top.states, String(top.index));
    return top.member;
  };
  const valueEnds = (): void => {
    const top = stack.at(-1);
    if (top?.array) top.index++;
    expect = top ? 'comma-or-end' : 'nothing';
  };

  /** Reads what is whole in `text`; gives back where the first token that is not whole starts. */
  const read = (text: string, last: boolean): number => {
    let at = 0;
    if (!began) {
      // The first bracket after the first `=` or `export default`: what stands before it is code.
      const start = /(?:=|\bexport\s+default\b)\s*(?=[[{])/.exec(text);
      if (!start) return last ? fail('no array or object', text.length) : 0;
      at = start.index + start[0].length;
      began = true;
    }
    while (at < text.length) {
      const c = text.charCodeAt(at);
      if (c === 0x20 || c === 0x0a || c === 0x09 || c === 0x0d) {
        at++;
        continue;
      }
      if (expect === 'nothing') {
        if (script) return text.length; // the rest is code
        return fail('something follows the value', at);
      }
      if (c === 0x22) {
        const end = closingQuote(text, Math.max(at + 1, resume));
        if (end < 0) {
          if (last) fail('a string does not end', at);
          resume = Math.max(at + 1, text.length - trailingBackslashes(text));
          resume -= at;
          return at;
        }
        resume = 0;
        if (expect === 'key' || expect === 'key-or-end') {
          const top = stack[stack.length - 1];
          top.member = top.states.length === 0 ? top.states : advance(top.states, decode(text, at, end));
          expect = 'colon';
        } else if (expect === 'value' || expect === 'value-or-end') {
          if (statesHere().includes(parts.length)) document(decode(text, at, end));
          valueEnds();
        } else fail('a string where none belongs', at);
        at = end + 1;
      } else if (c === 0x7b || c === 0x5b) {
        if (expect !== 'value' && expect !== 'value-or-end') fail('a bracket where none belongs', at);
        if (stack.length === DEEPEST) fail(`nested deeper than ${DEEPEST}`, at);
        stack.push({ array: c === 0x5b, states: statesHere(), member: [], index: 0 });
        expect = c === 0x5b ? 'value-or-end' : 'key-or-end';
        at++;
      } else if (c === 0x7d || c === 0x5d) {
        const mayEnd = expect === 'comma-or-end' || expect === (c === 0x5d ? 'value-or-end' : 'key-or-end');
        if (!mayEnd || stack.at(-1)?.array !== (c === 0x5d)) fail('a closing bracket where none belongs', at);
        stack.pop();
        valueEnds();
        at++;
      } else if (c === 0x2c) {
        if (expect !== 'comma-or-end') fail('a comma where none belongs', at);
        expect = stack.at(-1)?.array ? 'value' : 'key';
        at++;
      } else if (c === 0x3a) {
        if (expect !== 'colon') fail('a colon where none belongs', at);
        expect = 'value';
        at++;
      } else {
        WORD.lastIndex = at;
        const word = WORD.exec(text)?.[0] ?? '';
        if (at + word.length === text.length && !last && word.length < 400) return at;
        const known = SCALAR.test(word) || (script && word === 'undefined');
        if (!known || (expect !== 'value' && expect !== 'value-or-end')) fail('not JSON', at);
        valueEnds();
        at += word.length;
      }
    }
    return at;
  };

  const decode = (text: string, open: number, end: number): string => {
    const inside = text.slice(open + 1, end);
    if (!inside.includes('\\')) return inside;
    try {
      return JSON.parse(text.slice(open, end + 1)) as string;
    } catch {
      return fail('a string with a wrong escape', open);
    }
  };

  return {
    push(text) {
      const all = rest + text;
      const done = read(all, false);
      rest = all.slice(done);
      passed += done;
      if (rest.length > LONGEST_LINE) fail(`a string longer than ${LONGEST_LINE} characters`, 0);
    },
    end() {
      const done = read(rest, true);
      if (expect !== 'nothing') fail('the JSON ends too early', done);
    },
  };
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
