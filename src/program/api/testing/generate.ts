// Valid and invalid values for the shapes of an OpenAPI document. They come from the document alone, so that no route can be forgotten.

import { randomNumbers } from '../../../base/testing/random-numbers.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
// biome-ignore lint/suspicious/noExplicitAny: a document
type Doc = any;

export interface Operation {
  method: string;
  path: string;
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: Doc }[];
  body: Doc | undefined;
  /** Its body is no JSON. */
  binary: boolean;
  streams: boolean;
}

export function operationsOf(document: Doc): Operation[] {
  return Object.entries<Doc>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Doc>(methods).map(([method, operation]) => ({
      method,
      path,
      parameters: operation.parameters,
      body: operation.requestBody?.content['application/json']?.schema,
      binary: operation.requestBody !== undefined && !operation.requestBody.content['application/json'],
      streams: 'text/event-stream' in operation.responses[200].content,
    })),
  );
}

const STRANGE = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  '\0',
  '\ud800',
  '../../etc/passwd',
  "'; drop table jikji.entries; --",
  '<script>alert(1)</script>',
  '한글 제목',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
  '\u202e\u0007',
  '1e400',
];

export class Generator {
  readonly #random: () => number;
  readonly #document: Doc;
  /** Names that are there, so that requests get further than "unknown". */
  readonly #names: readonly string[];

  constructor(document: Doc, names: readonly string[], seed: number) {
    this.#random = randomNumbers(seed);
    this.#document = document;
    this.#names = names;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  one<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }

  /** A value of a shape; `wrong` is the chance that a part of it is not. */
  value(schema: Doc, wrong: number): Json {
    if (this.chance(wrong)) return this.anything();
    if (schema.$ref) return this.value(this.#document.components.schemas[schema.$ref.split('/').at(-1)], wrong);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.one(schema.enum);
    const options = schema.anyOf ?? schema.oneOf;
    if (options) return this.value(this.one(options), wrong);
    const type = Array.isArray(schema.type) ? this.one(schema.type) : schema.type;
    switch (type) {
      case 'null':
        return null;
      case 'boolean':
        return this.chance(0.5);
      case 'integer':
      case 'number': {
        const least = schema.minimum ?? -10;
        const most = Math.min(schema.maximum ?? 1e6, 1e6);
        const x = this.one([least, most, 0, 1, least + this.#random() * (most - least)]);
        return type === 'integer' ? Math.round(x) : x;
      }
      case 'array':
        return Array.from({ length: Math.floor(this.#random() * 4) + (schema.minItems ?? 0) }, () =>
          this.value(schema.items ?? {}, wrong),
        );
      case 'object': {
        const object: { [key: string]: Json } = {};
        for (const [name, one] of Object.entries<Doc>(schema.properties ?? {}))
          if (schema.required?.includes(name) ? !this.chance(wrong) : this.chance(0.5))
            object[name] = this.value(one, wrong);
        if (typeof schema.additionalProperties === 'object')
          for (const name of this.#names.slice(0, 4)) object[name] = this.value(schema.additionalProperties, wrong);
        if (this.chance(wrong)) object[this.one(STRANGE)] = this.anything();
        return object;
      }
      case 'string':
        return this.text(schema);
      default:
        return this.anything();
    }
  }

  text({ pattern = '', minLength = 0, maxLength = 200 }: Doc): string {
    if (/d\{4\}-/.test(pattern)) return this.one(['2026-01-15', '2026-02-28', '2026-02-31', '2025-12-31']);
    if (/0-9a-f/.test(pattern)) return this.one(['a'.repeat(64), '0123456789abcdef'.repeat(4), 'ab']);
    if (pattern) return this.one([...this.#names, 'new-one', `n${Math.floor(this.#random() * 1e6)}`]);
    return this.one([...this.#names, 'some words', ...STRANGE])
      .slice(0, maxLength)
      .padEnd(minLength, 'x');
  }

  anything(): Json {
    return this.one<Json>([
      null,
      true,
      0,
      -1,
      1e308,
      2 ** 53,
      0.1,
      [],
      {},
      [[[[[[[[]]]]]]]],
      { a: { b: { c: null } } },
      ...STRANGE,
    ]);
  }
}
