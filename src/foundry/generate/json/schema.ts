// Compiles a JSON schema (draft 2020-12 and what draft-07 has alike) to a shape. A keyword that is not supported is refused by its name and
// place: nothing is passed over.

import { JikjiError } from '../../../base/index.ts';
import { type Later, NOTHING, type Shape } from './shape.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Members = { [key: string]: Json };

const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'] as const;
type Type = (typeof TYPES)[number];

/** They say nothing of what is valid. */
const ANNOTATIONS = new Set([
  ...[
    'title',
    'description',
    'default',
    'examples',
    '$comment',
    'deprecated',
    'readOnly',
    'writeOnly',
    '$schema',
    '$id',
  ],
  ...['$defs', 'definitions'],
]);

const SUPPORTED = new Set([
  ...['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'],
  ...['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
  ...['items', 'prefixItems', 'minItems', 'maxItems', 'minLength', 'maxLength'],
]);

/** Levels of a schema, and of references in it, before it is refused. */
const MAX_DEPTH = 64;
/** Values of an enum, properties of an object, parts of a union, members at least. */
const MAX_PARTS = 2000;

const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const HINT = 'docs/serving.md lists what is supported';

/** Names and references are the client's own, and may be long. */
const refuse = (message: string, path: string): JikjiError =>
  new JikjiError('schema-unsupported', message.slice(0, 200), path.slice(0, 200) || 'the schema', HINT);

/** @throws JikjiError `schema-unsupported` */
export function compileSchema(schema: unknown): Shape {
  return new Compiler(schema as Json).compile(schema as Json, '', 0);
}

class Compiler {
  readonly #root: Json;
  readonly #references = new Map<string, Later>();

  constructor(root: Json) {
    this.#root = root;
  }

  compile(schema: Json, path: string, depth: number): Shape {
    if (schema === true) return this.#any();
    if (schema === false) return NOTHING;
    if (!isMembers(schema)) throw refuse('is not a schema', path);
    if (depth > MAX_DEPTH) throw refuse(`is nested more than ${MAX_DEPTH} levels deep`, path);
    for (const key of Object.keys(schema)) {
      // Inside a schema an $id changes what references mean.
      if (SUPPORTED.has(key) || (ANNOTATIONS.has(key) && (key !== '$id' || path === ''))) continue;
      throw refuse(`${key} is not supported`, `${path}/${key}`);
    }
    return this.#combined(schema, path, depth);
  }

  /** References and unions stand alone: beside other keywords they would narrow them. */
  #combined(schema: Members, path: string, depth: number): Shape {
    const combining = ['$ref', 'anyOf', 'oneOf', 'allOf'].filter((key) => key in schema);
    const others = Object.keys(schema).filter((key) => !ANNOTATIONS.has(key) && !combining.includes(key));
    const [one, ...more] = combining;
    if (one === undefined) return this.#plain(schema, path, depth);
    const beside = more[0] ?? others.find((key) => key !== 'type');
    if (beside !== undefined) throw refuse(`${beside} beside ${one} is not supported`, `${path}/${beside}`);
    const types = 'type' in schema ? typesOf(schema.type!, path) : undefined;
    const shape =
      one === '$ref' ? this.#reference(schema.$ref!, path) : this.#alternatives(schema, one, { path, depth });
    if (types) {
      // A type beside is all right where it takes nothing away.
      const kinds = kindsOf(shape);
      if (kinds.some((kind) => !types.includes(kind)))
        throw refuse(`type beside ${one} is not supported`, `${path}/type`);
    }
    return shape;
  }

  #alternatives(schema: Members, key: string, { path, depth }: { path: string; depth: number }): Shape {
    const list = schema[key]!;
    if (!Array.isArray(list) || list.length === 0) throw refuse(`${key} is not a list of schemas`, `${path}/${key}`);
    if (list.length > MAX_PARTS) throw refuse(`${key} has more than ${MAX_PARTS} parts`, `${path}/${key}`);
    const parts = list.map((one, i) => this.compile(one, `${path}/${key}/${i}`, depth + 1));
    if (parts.length === 1) return parts[0]!;
    if (key === 'allOf') throw refuse('allOf of several schemas is not supported', `${path}/allOf`);
    if (key === 'oneOf') {
      const all = parts.flatMap((part) => [
        ...new Set(kindsOf(part).map((kind) => (kind === 'integer' ? 'number' : kind))),
      ]);
      if (new Set(all).size < all.length)
        throw refuse('oneOf is only supported for schemas of different types', `${path}/oneOf`);
    }
    return unionOf(parts);
  }

  #reference(value: Json, path: string): Shape {
    if (typeof value !== 'string' || !/^#(\/|$)/.test(value))
      throw refuse('$ref to another document is not supported', `${path}/$ref`);
    const known = this.#references.get(value);
    if (known) return known;
    let target: Json | undefined = this.#root;
    for (const part of value.split('/').slice(1)) {
      const key = decoded(part)?.replaceAll('~1', '/').replaceAll('~0', '~') ?? '';
      target = Array.isArray(target)
        ? target[Number(key)]
        : isMembers(target) && Object.hasOwn(target, key)
          ? target[key]
          : undefined;
    }
    if (target === undefined) throw refuse(`${value} leads nowhere`, `${path}/$ref`);
    let shape: Shape | undefined;
    const later: Later = {
      kind: 'later',
      name: value,
      shape: () => {
        if (shape) return shape;
        throw refuse('a reference to what contains it is not supported here', `${path}/$ref`);
      },
    };
    this.#references.set(value, later);
    shape = this.compile(target, value.slice(1), 0);
    return later;
  }

  #any(): Shape {
    return this.#plain({}, '', 0);
  }

  #plain(schema: Members, path: string, depth: number): Shape {
    const types = 'type' in schema ? typesOf(schema.type!, path) : TYPES;
    if ('enum' in schema || 'const' in schema) return this.#values(schema, path, types, depth);
    return unionOf(
      types
        .filter((type) => type !== 'integer' || !types.includes('number'))
        .map((type) => this.#typed(type, schema, path, depth)),
    );
  }

  #typed(type: Type, schema: Members, path: string, depth: number): Shape {
    const count = (key: string, otherwise: number): number => countOf(schema, key, path, otherwise);
    switch (type) {
      case 'null':
        return { kind: 'literal', text: 'null' };
      case 'boolean':
        return unionOf(['true', 'false'].map((text) => ({ kind: 'literal', text })));
      case 'number':
      case 'integer':
        return { kind: 'numeral', isWhole: type === 'integer' };
      case 'string':
        return { kind: 'text', least: count('minLength', 0), most: count('maxLength', Number.POSITIVE_INFINITY) };
      case 'array':
        return this.#list(schema, path, depth);
      case 'object':
        return this.#members(schema, path, depth);
    }
  }

  #list(schema: Members, path: string, depth: number): Shape {
    const { prefixItems = [], items = true } = schema;
    if (!Array.isArray(prefixItems)) throw refuse('is not a list', `${path}/prefixItems`);
    if (Array.isArray(items)) throw refuse('a list of items is not supported: use prefixItems', `${path}/items`);
    const first = prefixItems.map((one, i) => this.compile(one, `${path}/prefixItems/${i}`, depth + 1));
    const rest = this.#inner(items, `${path}/items`, depth);
    const most = countOf(schema, 'maxItems', path, Number.POSITIVE_INFINITY);
    return { kind: 'list', first, rest, least: countOf(schema, 'minItems', path, 0), most };
  }

  #members(schema: Members, path: string, depth: number): Shape {
    const { properties = {}, required = [], additionalProperties = true } = schema;
    if (!isMembers(properties)) throw refuse('is not an object', `${path}/properties`);
    if (!Array.isArray(required) || required.some((name) => typeof name !== 'string'))
      throw refuse('is not a list of names', `${path}/required`);
    if (Object.keys(properties).length > MAX_PARTS)
      throw refuse(`has more than ${MAX_PARTS} properties`, `${path}/properties`);
    const compiled = Object.entries(properties).map(([name, one]): [string, Shape] => [
      name,
      this.compile(one, `${path}/properties/${name}`, depth + 1),
    ]);
    const least = countOf(schema, 'minProperties', path, 0);
    if (least > MAX_PARTS) throw refuse(`is more than ${MAX_PARTS}`, `${path}/minProperties`);
    return {
      kind: 'members',
      properties: new Map(compiled),
      required: new Set(required as string[]),
      rest: this.#inner(additionalProperties, `${path}/additionalProperties`, depth),
      least,
      most: countOf(schema, 'maxProperties', path, Number.POSITIVE_INFINITY),
    };
  }

  /** Anything contains anything: it is compiled when it is needed. */
  #inner(schema: Json, path: string, depth: number): Shape {
    if (schema !== true) return this.compile(schema, path, depth + 1);
    const known = this.#references.get('any');
    if (known) return known;
    let shape: Shape | undefined;
    const later: Later = {
      kind: 'later',
      name: 'any',
      shape: () => {
        shape ??= this.#any();
        return shape;
      },
    };
    this.#references.set('any', later);
    return later;
  }

  #values(schema: Members, path: string, types: readonly Type[], depth: number): Shape {
    const other = Object.keys(schema).find((key) => !ANNOTATIONS.has(key) && !['enum', 'const', 'type'].includes(key));
    if (other !== undefined) throw refuse(`${other} beside enum or const is not supported`, `${path}/${other}`);
    if ('enum' in schema && !Array.isArray(schema.enum)) throw refuse('is not a list', `${path}/enum`);
    const listed = 'enum' in schema ? (schema.enum as Json[]) : [schema.const!];
    if (listed.length > MAX_PARTS) throw refuse(`has more than ${MAX_PARTS} values`, `${path}/enum`);
    const constant = schema.const;
    const kept = listed.filter(
      (value) => typeAllows(types, value) && (!('const' in schema) || canonical(value) === canonical(constant!)),
    );
    return unionOf(kept.map((value) => this.#constant(value, depth)));
  }

  /** Members of a value may come in any order. */
  #constant(value: Json, depth: number): Shape {
    if (depth > MAX_DEPTH) throw refuse('is nested too deeply', 'enum or const');
    if (Array.isArray(value)) {
      const first = value.map((one) => this.#constant(one, depth + 1));
      return { kind: 'list', first, rest: NOTHING, least: first.length, most: first.length };
    }
    if (!isMembers(value)) return { kind: 'literal', text: JSON.stringify(value) };
    const properties = new Map(Object.entries(value).map(([name, one]) => [name, this.#constant(one, depth + 1)]));
    return {
      kind: 'members',
      properties,
      required: new Set(properties.keys()),
      rest: NOTHING,
      least: 0,
      most: Number.POSITIVE_INFINITY,
    };
  }
}

/** A part of a reference without its percent signs; undefined where they are none of a URI. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

const unionOf = (parts: readonly Shape[]): Shape => (parts.length === 1 ? parts[0]! : { kind: 'union', of: parts });

function typesOf(value: Json, path: string): Type[] {
  const list = Array.isArray(value) ? value : [value];
  for (const one of list)
    if (!TYPES.includes(one as Type)) throw refuse(`${JSON.stringify(one)} is not a type`, `${path}/type`);
  return list as Type[];
}

function countOf(schema: Members, key: string, path: string, otherwise: number): number {
  const value = schema[key];
  if (value === undefined) return otherwise;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw refuse('is not a whole number up to 2^53', `${path}/${key}`);
  return value;
}

/** The same for values that are equal, whatever the order of their members. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`)}}`;
}

function typeAllows(types: readonly Type[], value: Json): boolean {
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  if (typeof value === 'number')
    return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  return types.includes(typeof value as Type);
}

/** The types of the texts of a shape. */
function kindsOf(shape: Shape, seen = new Set<Shape>()): Type[] {
  if (seen.has(shape)) return [];
  seen.add(shape);
  switch (shape.kind) {
    case 'later':
      return kindsOf(shape.shape(), seen);
    case 'union':
      return shape.of.flatMap((one) => kindsOf(one, seen));
    case 'literal': {
      const value = JSON.parse(shape.text) as Json;
      if (value === null) return ['null'];
      if (typeof value === 'number') return [Number.isInteger(value) ? 'integer' : 'number'];
      return [typeof value as Type];
    }
    case 'text':
      return ['string'];
    case 'numeral':
      return [shape.isWhole ? 'integer' : 'number'];
    case 'list':
      return ['array'];
    case 'members':
      return ['object'];
  }
}
