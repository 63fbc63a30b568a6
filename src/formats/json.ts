// Reads untrusted JSON: limits its size before parsing, and checks every value before use. Knows nothing of the values' meaning.

import { existsSync, statSync } from 'node:fs';
import { type BeginningOf, type ErrorCode, isObject, JikjiError, parseJson } from '../base/index.ts';
import { readSmallFile } from './small-file.ts';

/** A kind of JSON file, for errors, and its size limit. */
export interface JsonKind {
  /** For people: `CycloneDX file`. */
  name: string;
  /** The start of its error codes: `cyclonedx`. */
  code: BeginningOf<ErrorCode, 'json'>;
  maxBytes: number;
  /** The hint on how to get a smaller file. */
  smaller: string;
  /** The error for a file in XML, if the format also has an XML form. */
  xml?: { code: ErrorCode; hint: string };
}

/** Levels of nested objects and lists. */
const MAX_DEPTH = 64;
/** The limit of values; each takes about 50 bytes of memory, however few in the file. */
const MAX_VALUES = 1 << 22;
const MAX_TEXT = 4096;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MiB = 1 << 20;

/** Control characters, including those that change the direction of text. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

const kindOf = (value: unknown) =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'string'
        ? 'text'
        : typeof value === 'object'
          ? 'an object'
          : `the ${typeof value} ${value}`;

/** A JSON file. All errors are JikjiErrors `CODE-...` that name the file and the path in it: `components[17].name`. */
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
    const { maxBytes } = this.#kind;
    const size = existsSync(this.#file) ? statSync(this.#file).size : 0;
    if (size > maxBytes) throw this.#tooLarge(`has ${(size / MiB).toFixed(1)} MiB`);
    return this.parse(readSmallFile(this.#file, maxBytes));
  }

  /** @throws JikjiError `CODE-too-large`, `CODE-too-deep`, `CODE-xml`, `CODE-json` */
  parse(text: string): unknown {
    const { name, maxBytes } = this.#kind;
    if (text.length > maxBytes) throw this.#tooLarge(`has ${(text.length / MiB).toFixed(1)} MiB`);
    const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text; // some tools write a byte order mark
    const { code, xml } = this.#kind;
    if (xml && /^\s*</.test(json)) throw this.error(xml.code, 'this is XML', xml.hint);
    this.#checkLimits(json);
    return parseJson(json, (error) => {
      // The parser's message quotes the file at any length; only the place helps.
      const [place] = /line \d+ column \d+/.exec((error as Error).message) ?? [];
      const message = `not JSON${place ? `: the error is at ${place}` : ''}`;
      return this.error(`${code}-json`, message, `hand in a complete ${name}`);
    });
  }

  #tooLarge(size: string): JikjiError {
    const { name, code, maxBytes, smaller } = this.#kind;
    return this.error(`${code}-too-large`, `${size}; the limit of a ${name} is ${maxBytes / MiB} MiB`, smaller);
  }

  /** Limits depth and number of values in one pass over the text, before the parser allocates them. */
  #checkLimits(json: string): void {
    let depth = 0;
    let values = 1;
    for (let at = 0; at < json.length; at++) {
      const c = json.charCodeAt(at);
      if (c === QUOTE) {
        for (at++; at < json.length && json.charCodeAt(at) !== QUOTE; at++) {
          if (json.charCodeAt(at) === BACKSLASH) at++;
        }
      } else if (c === 0x7b || c === 0x5b) {
        values++;
        if (++depth > MAX_DEPTH) {
          const message = `nested deeper than ${MAX_DEPTH} levels (at character ${at})`;
          throw this.error(`${this.#kind.code}-too-deep`, message, `hand in a ${this.#kind.name} with fewer levels`);
        }
      } else if (c === 0x7d || c === 0x5d) depth--;
      else if (c === 0x2c) values++;
      if (values > MAX_VALUES) {
        const message = `has more than ${MAX_VALUES} values`;
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

  /** A list; undefined becomes an empty one. @throws JikjiError `CODE-type` */
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
      throw problem(`${path} has ${value.length} characters; the limit is ${MAX_TEXT}`, 'write a shorter one');
    }
    const control = CONTROL.exec(value);
    if (control || !value.isWellFormed()) {
      const code = control?.[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      const what = code ? `the control character U+${code}` : 'half of a character (a lone surrogate)';
      throw problem(`${path} contains ${what}`, 'remove it');
    }
    return value;
  }

  /** Text, or null if it is left out, null or empty: some tools write unknown values like that. */
  optionalText(value: unknown, path: string): string | null {
    return value === undefined || value === null || value === '' ? null : this.text(value, path);
  }
}
