// The place (file and line, or `--set` option) of each value of a YAML file, so that every error can name it. Checks no values.

import { type ErrorCode, JikjiError } from '../base/index.ts';

export type Path = readonly (string | number)[];

/** What is wrong with a value: message and hint, in Korean where that is known. */
export interface Fault {
  en: readonly [message: string, hint: string];
  ko?: readonly [message: string, hint: string];
}

/** The error of a fault, in the languages that it has. */
export const faultError = (code: ErrorCode, place: string, { en: [message, hint], ko }: Fault): JikjiError =>
  new JikjiError(code, message, place, hint, { ko: ko && { message: ko[0], hint: ko[1] } });

/** `corpus.sources[0].npm` */
export function showPath(path: Path): string {
  let text = '';
  for (const key of path) text += typeof key === 'number' ? `[${key}]` : text === '' ? key : `.${key}`;
  return text;
}

/** Remembers, for every path of one file, the line of the file or the `--set` that wrote it. */
export class ValuePlaces {
  readonly file: string;
  readonly #written = new Map<string, string>();
  readonly #paths = new WeakMap<JikjiError, Path>();

  constructor(file: string) {
    this.file = file;
  }

  line(path: Path, line: number): void {
    this.#written.set(showPath(path), `${this.file}:${line}`);
  }

  override(path: Path, text: string): void {
    this.#written.set(showPath(path), `--set ${text}`);
  }

  has(path: Path): boolean {
    return this.#written.has(showPath(path));
  }

  /** The place of the value; for a missing value, the start of the section around it. */
  of(path: Path): string {
    for (let length = path.length; length > 0; length--) {
      const place = this.#written.get(showPath(path.slice(0, length)));
      if (place) return place;
    }
    return `${this.file}:1`;
  }

  /** An error about a value. With several paths, the place is that of the first overridden, else of the first written one. */
  error(code: ErrorCode, paths: Path | readonly Path[], message: string, hint: string): JikjiError {
    return this.fault(code, paths, { en: [message, hint] });
  }

  /** The same, in the languages that the fault has. */
  fault(code: ErrorCode, paths: Path | readonly Path[], fault: Fault): JikjiError {
    const all = (Array.isArray(paths[0]) ? paths : [paths]) as readonly Path[];
    const overridden = all.find((path) => this.#written.get(showPath(path))?.startsWith('--set '));
    const at = overridden ?? all.find((path) => this.has(path)) ?? all[0];
    const error = faultError(code, this.of(at), fault);
    this.#paths.set(error, at);
    return error;
  }

  /** The path of the value that an error of this file is about. */
  pathOf(error: JikjiError): Path | undefined {
    return this.#paths.get(error);
  }
}
