// Reads untrusted JSON: its size is bounded before it is parsed, and every value is checked before it is used. Knows nothing of the
// values' meaning.

import { existsSync, statSync } from 'node:fs';
import { type BeginningOf, type ErrorCode, isObject, JikjiError } from '../base/index.ts';
import { readSmallFile } from './small-file.ts';

/** What a file is, and how much of it there may be. */
export interface JsonKind {
  /** `CycloneDX file`: for people. */
  name: string;
  /** `cyclonedx`: what its error codes begin with. */
  code: BeginningOf<ErrorCode, 'json'>;
  mostBytes: number;
  /** How to come by a smaller one. */
  smaller: string;
  /** What is said where it is XML, if it may be that as well. */
  xml?: { code: ErrorCode; hint: string };
}

/** Levels of nested objects and lists. */
const MAX_DEPTH = 64;
/** Values in all; one takes some 50 bytes of memory, however few of the file. */
const MAX_VALUES = 1 << 22;
const MAX_TEXT = 4096;

const OPENS_TEXT = 0x22;
const ESCAPES = 0x5c;
const MiB = 1 << 20;

/** Control characters, and those that turn the direction of the text around them. */
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'string'
        ? 'text'
        : typeof value === 'object'
          ? 'an object'
          : `the ${typeof value} ${value}`;

/** Parses JSON. @throws the error that `failure` makes of the parser's error */
export function parseJson(text: string, failure: (cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failure(cause);
  }
}

/** One file of JSON. All errors are JikjiErrors `CODE-...` that name the file and the path in it: `components[17].name`. */
export class JsonFile {
  readonly #file: string;
  readonly #kind: JsonKind;

  constructor(file: string, kind: JsonKind) {
    this.#file = file;
    this.#kind = kind;
  }

  error(code: ErrorCode, message: string, hint: string): JikjiError {
    return new JikjiError(code, message, this.#file, hint);
  }

  /**
   * The whole file as a value.
   * @throws JikjiError `file-missing`, `file-broken`, and those of `parse`
   */
  read(): unknown {
    const { mostBytes } = this.#kind;
    const size = existsSync(this.#file) ? statSync(this.#file).size : 0;
    if (size > mostBytes) throw this.#tooLarge(`has ${(size / MiB).toFixed(1)} MiB`);
    return this.parse(readSmallFile(this.#file, mostBytes));
  }

  /** @throws JikjiError `CODE-too-large`, `CODE-too-deep`, `CODE-xml`, `CODE-json` */
  parse(text: string): unknown {
    const { name, mostBytes } = this.#kind;
    if (text.length > mostBytes) throw this.#tooLarge(`has ${(text.length / MiB).toFixed(1)} MiB`);
    const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text; // some tools write a byte order mark
    const { code, xml } = this.#kind;
    if (xml && /^\s*</.test(json)) throw this.error(xml.code, 'this is XML', xml.hint);
    this.#bound(json);
    return parseJson(json, (error) => {
      // The parser's message quotes the file at any length; only the place helps.
      const [place] = /line \d+ column \d+/.exec((error as Error).message) ?? [];
      const message = `not JSON${place ? `: the error is at ${place}` : ''}`;
      return this.error(`${code}-json`, message, `hand in a complete ${name}`);
    });
  }

  #tooLarge(found: string): JikjiError {
    const { name, code, mostBytes, smaller } = this.#kind;
    return this.error(`${code}-too-large`, `${found}; a ${name} of at most ${mostBytes / MiB} MiB is read`, smaller);
  }

  /** Bounds depth and number of values by one pass over the text, before the parser allocates them. */
  #bound(json: string): void {
    let depth = 0;
    let values = 1;
    for (let at = 0; at < json.length; at++) {
      const c = json.charCodeAt(at);
      if (c === OPENS_TEXT) {
        for (at++; at < json.length && json.charCodeAt(at) !== OPENS_TEXT; at++) {
          if (json.charCodeAt(at) === ESCAPES) at++;
        }
      } else if (c === 0x7b || c === 0x5b) {
        values++;
        if (++depth > MAX_DEPTH) {
          const message = `more than ${MAX_DEPTH} levels lie in one another (at character ${at})`;
          throw this.error(`${this.#kind.code}-too-deep`, message, `hand in a ${this.#kind.name} that is no deeper`);
        }
      } else if (c === 0x7d || c === 0x5d) depth--;
      else if (c === 0x2c) values++;
      if (values > MAX_VALUES) {
        const message = `has more than the ${MAX_VALUES} values that are read`;
        throw this.error(`${this.#kind.code}-too-large`, message, this.#kind.smaller);
      }
    }
  }

  #type(path: string, wanted: string, found: unknown): JikjiError {
    const { code } = this.#kind;
    return found === undefined
      ? this.error(`${code}-missing`, `${path} is missing`, `write it: ${wanted}`)
      : this.error(`${code}-type`, `${path} must be ${wanted}, not ${kindOf(found)}`, `write ${wanted}`);
  }

  /** @throws JikjiError `CODE-missing`, `CODE-type` */
  object(value: unknown, path: string): Record<string, unknown> {
    if (isObject(value)) return value;
    throw this.#type(path, 'an object', value);
  }

  /** A list; what is left out is an empty one. @throws JikjiError `CODE-type` */
  list(value: unknown, path: string): unknown[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw this.#type(path, 'a list', value);
  }

  /** Text on one line, of 1 to 4,096 characters. @throws JikjiError `CODE-missing`, `CODE-type`, `CODE-text` */
  text(value: unknown, path: string): string {
    if (typeof value !== 'string') throw this.#type(path, 'text', value);
    const problem = (message: string, hint: string) => this.error(`${this.#kind.code}-text`, message, hint);
    if (value === '') throw problem(`${path} is empty`, 'write what it is');
    if (value.length > MAX_TEXT) {
      const message = `${path} has ${value.length} characters; ${MAX_TEXT} are the most`;
      throw problem(message, 'write a shorter one');
    }
    const steering = STEERING.exec(value);
    if (steering || !value.isWellFormed()) {
      const code = steering?.[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      const what = code ? `the control character U+${code}` : 'half of a character (a lone surrogate)';
      throw problem(`${path} has ${what} in it`, 'write it without');
    }
    return value;
  }

  /** Text, or null where it is left out, null or empty: so some tools write what they do not know. */
  optionalText(value: unknown, path: string): string | null {
    return value === undefined || value === null || value === '' ? null : this.text(value, path);
  }
}
