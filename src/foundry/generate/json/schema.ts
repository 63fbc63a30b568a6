// Compiles a JSON schema (draft 2020-12 and what draft-07 has alike) to a shape. A keyword that is not supported is refused by its name and
// place: nothing is passed over.

import type { DfaContext } from './dfa.ts';
import { compileFormat } from './formats.ts';
import { Intersections, numeralOf, textOf } from './intersection.ts';
import { compilePattern } from './pattern.ts';
import { Budget, refuse } from './refusal.ts';
import { type Later, Lengths, NOTHING, type Shape, unionOf } from './shape.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Members = { [key: string]: Json };

const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'] as const;
type Type = (typeof TYPES)[number];

/** They say nothing of what is valid. */
const ANNOTATIONS = new Set([
  ...['title', 'description', 'default', 'examples', '$comment', 'deprecated', 'readOnly', 'writeOnly', '$schema'],
  ...['$defs', 'definitions', 'contentEncoding', 'contentMediaType', 'contentSchema'],
  // Of OpenAPI: the first one names the member that tells the parts of a choice apart.
  ...['discriminator', 'example', 'externalDocs', 'xml'],
  // Of editors.
  ...['markdownDescription', 'enumDescriptions', 'markdownEnumDescriptions', 'deprecationMessage'],
]);
/** Inside a schema they change what references mean. */
const IDS = ['$id', 'id'];
const isAnnotation = (key: string) => ANNOTATIONS.has(key) || IDS.includes(key) || key.startsWith('x-');

/** Each of them may stand beside others: what is valid by all of them is valid. */
const COMBINING = ['$ref', 'anyOf', 'oneOf', 'allOf'];
const VALUES = ['enum', 'const'];
const TYPED = [
  ...['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties', 'propertyNames'],
  ...['items', 'prefixItems', 'minItems', 'maxItems', 'minLength', 'maxLength', 'pattern', 'format'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
];
const SUPPORTED = new Set(['type', ...COMBINING, ...VALUES, ...TYPED]);

/** What two parts of a oneOf cost that are held against each other. */
const PAIR_STEPS = 100;
/** Levels of a schema, and of references in it, before it is refused. */
const MAX_DEPTH = 64;
/** Values of an enum, properties of an object, parts of a union, members at least. */
const MAX_PARTS = 2000;

const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws JikjiError `schema-unsupported` */
export function compileSchema(schema: unknown): Shape {
  return new Compiler(schema as Json).whole();
}

class Compiler {
  readonly #root: Json;
  readonly #references = new Map<string, Later>();
  readonly #budget = new Budget();
  readonly #numerals = new Map<string, Shape>();
  readonly #anything = later('any', () => this.#typed(TYPES, {}, '', 0));
  readonly #common = { budget: this.#budget, anything: this.#anything, numerals: this.#numerals };
  readonly #intersections = new Intersections(this.#common);
  readonly #overlaps = new Intersections({ ...this.#common, isWide: true });
  /** Where a part of the schema has an id of its own. */
  #innerId: string | undefined;
  /** What has to hold once all shapes are known. */
  readonly #checks: (() => void)[] = [];

  constructor(root: Json) {
    this.#root = root;
  }

  whole(): Shape {
    const shape = this.compile(this.#root, '', 0);
    if (this.#innerId !== undefined && this.#references.size > 0)
      throw refuse('is not supported inside a schema with references', this.#innerId);
    for (const check of this.#checks) check();
    this.#complete(shape);
    return shape;
  }

  /** Makes all shapes that are made when they are needed: what is not supported is known before the first text. */
  #complete(shape: Shape): void {
    const open = new Set([shape]);
    for (const one of open) {
      this.#budget.spend(1, '');
      if (one.kind === 'later') open.add(one.shape());
      else if (one.kind === 'union') for (const part of one.of) open.add(part);
      else if (one.kind === 'list') for (const part of [...one.first, one.rest]) open.add(part);
      else if (one.kind === 'members') for (const part of [...one.properties.values(), one.rest]) open.add(part);
    }
  }

  compile(schema: Json, path: string, depth: number): Shape {
    if (schema === true) return this.#anything;
    if (schema === false) return NOTHING;
    if (!isMembers(schema)) throw refuse('is not a schema', path);
    if (depth > MAX_DEPTH) throw refuse(`is nested more than ${MAX_DEPTH} levels deep`, path);
    for (const key of Object.keys(schema)) {
      if (!SUPPORTED.has(key) && !isAnnotation(key)) throw refuse(`${key} is not supported`, `${path}/${key}`);
      if (IDS.includes(key) && path !== '') this.#innerId ??= `${path}/${key}`;
    }
    return this.#combined(schema, path, depth);
  }

  /** A value is valid that is valid by each keyword. */
  #combined(schema: Members, path: string, depth: number): Shape {
    const has = (keys: readonly string[]): boolean => keys.some((key) => key in schema);
    const types = 'type' in schema ? typesOf(schema.type!, path) : TYPES;
    const parts: Shape[] = [];
    if (has(VALUES)) parts.push(this.#values(schema, path, types, depth));
    if (has(TYPED) || ('type' in schema && !has(VALUES))) parts.push(this.#typed(types, schema, path, depth));
    if ('$ref' in schema) parts.push(this.#reference(schema.$ref!, path));
    if ('allOf' in schema) parts.push(...this.#parts(schema, 'allOf', path, depth));
    if ('anyOf' in schema) parts.push(unionOf(this.#parts(schema, 'anyOf', path, depth)));
    if ('oneOf' in schema) parts.push(this.#oneOf(schema, path, depth));
    return this.#intersections.of(parts, path);
  }

  #parts(schema: Members, key: string, path: string, depth: number): Shape[] {
    const list = schema[key]!;
    if (!Array.isArray(list) || list.length === 0) throw refuse(`${key} is not a list of schemas`, `${path}/${key}`);
    if (list.length > MAX_PARTS) throw refuse(`${key} has more than ${MAX_PARTS} parts`, `${path}/${key}`);
    return list.map((one, i) => this.compile(one, `${path}/${key}/${i}`, depth + 1));
  }

  /** Where no value is valid by two of them, one of them is any of them. */
  #oneOf(schema: Members, path: string, depth: number): Shape {
    const parts = this.#parts(schema, 'oneOf', path, depth);
    this.#checks.push(() => {
      const lengths = new Lengths();
      for (const [i, part] of parts.entries()) {
        for (const other of parts.slice(0, i)) {
          this.#budget.spend(PAIR_STEPS, path);
          if (!Number.isFinite(lengths.of(this.#overlaps.of([part, other], `${path}/oneOf`)))) continue;
          throw refuse('oneOf is only supported for schemas that have no value in common', `${path}/oneOf`);
        }
      }
    });
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
    const reference = later(value, () => {
      if (shape) return shape;
      throw refuse('a reference to what contains it is not supported here', `${path}/$ref`);
    });
    this.#references.set(value, reference);
    shape = this.compile(target, value.slice(1), 0);
    return reference;
  }

  /** Values of some types, by the keywords that say something of a type. */
  #typed(types: readonly Type[], schema: Members, path: string, depth: number): Shape {
    const all = new Set(types);
    if (all.has('number')) all.delete('integer');
    return unionOf([...all].map((type) => this.#ofType(type, schema, path, depth)));
  }

  #ofType(type: Type, schema: Members, path: string, depth: number): Shape {
    switch (type) {
      case 'null':
        return { kind: 'literal', text: 'null' };
      case 'boolean':
        return unionOf(['true', 'false'].map((text) => ({ kind: 'literal', text })));
      case 'number':
      case 'integer':
        return this.#numeral(type === 'integer', schema, path);
      case 'string':
        return this.#text(schema, path);
      case 'array':
        return this.#list(schema, path, depth);
      case 'object':
        return this.#members(schema, path, depth);
    }
  }

  #context(path: string, name: string): DfaContext {
    return { budget: this.#budget, path, name };
  }

  #numeral(isWhole: boolean, schema: Members, path: string): Shape {
    const number = (key: string, otherwise: number, change: (value: number) => number = (value) => value): number => {
      const value = schema[key];
      if (value === undefined) return otherwise;
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw refuse(`${key} that is not a number is not supported`, `${path}/${key}`);
      return change(value);
    };
    const divisor = number('multipleOf', 0);
    if ('multipleOf' in schema && !(divisor > 0)) throw refuse('is not above 0', `${path}/multipleOf`);
    if (!Number.isInteger(divisor))
      throw refuse('multipleOf is only supported for whole numbers', `${path}/multipleOf`);
    const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const low = Math.max(
      number('minimum', least),
      number('exclusiveMinimum', least, (value) => -nextBelow(-value)),
    );
    const high = Math.min(number('maximum', most), number('exclusiveMaximum', most, nextBelow));
    return numeralOf({ isWhole, low, high, divisor }, this.#context(path, 'a bound'), this.#numerals);
  }

  #text(schema: Members, path: string): Shape {
    const least = countOf(schema, 'minLength', path, 0);
    const most = countOf(schema, 'maxLength', path, Number.POSITIVE_INFINITY);
    const { pattern, format } = schema;
    if (pattern !== undefined && typeof pattern !== 'string') throw refuse('is not a text', `${path}/pattern`);
    const contextOf = (key: string): DfaContext => this.#context(`${path}/${key}`, key);
    const shapes = [textOf(least, most, undefined, contextOf('pattern'))];
    if (format !== undefined) {
      const dfa = compileFormat(format, contextOf('format'));
      shapes.push({ kind: 'text', least: 0, most: Number.POSITIVE_INFINITY, dfa, isNarrow: true });
    }
    if (pattern !== undefined)
      shapes.push(textOf(least, most, compilePattern(pattern, contextOf('pattern')), contextOf('pattern')));
    return this.#intersections.of(shapes, path);
  }

  #list(schema: Members, path: string, depth: number): Shape {
    const { prefixItems = [], items = true } = schema;
    if (!Array.isArray(prefixItems)) throw refuse('is not a list', `${path}/prefixItems`);
    if (Array.isArray(items)) throw refuse('a list of items is not supported: use prefixItems', `${path}/items`);
    const first = prefixItems.map((one, i) => this.compile(one, `${path}/prefixItems/${i}`, depth + 1));
    const rest = this.compile(items, `${path}/items`, depth + 1);
    const most = countOf(schema, 'maxItems', path, Number.POSITIVE_INFINITY);
    return { kind: 'list', first, rest, least: countOf(schema, 'minItems', path, 0), most };
  }

  #members(schema: Members, path: string, depth: number): Shape {
    const { properties = {}, required = [], additionalProperties = true, propertyNames = true } = schema;
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
    const rest = this.compile(additionalProperties, `${path}/additionalProperties`, depth + 1);
    const own = new Map(compiled);
    // A name that has to come is told from others while it is written.
    for (const name of required as string[]) if (!own.has(name)) own.set(name, rest);
    if (own.size > MAX_PARTS) throw refuse(`has more than ${MAX_PARTS} names`, `${path}/required`);
    const members = {
      kind: 'members' as const,
      properties: own,
      required: new Set(required as string[]),
      rest,
      least,
      most: countOf(schema, 'maxProperties', path, Number.POSITIVE_INFINITY),
    };
    const names = namesIn(propertyNames, `${path}/propertyNames`);
    if (!names) return members;
    const named = names.map((name): [string, Shape] => [name, own.get(name) ?? rest]);
    const others = [...members.required].filter((name) => !names.includes(name));
    return {
      ...members,
      properties: new Map([...named, ...others.map((name): [string, Shape] => [name, NOTHING])]),
      rest: NOTHING,
    };
  }

  #values(schema: Members, path: string, types: readonly Type[], depth: number): Shape {
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

/** A shape that `make` makes once, when it is needed. */
function later(name: string, make: () => Shape): Later {
  let shape: Shape | undefined;
  return {
    kind: 'later',
    name,
    shape: () => {
      shape ??= make();
      return shape;
    },
  };
}

/** The double before another one. */
function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0];
}

/** The names that members may have; undefined where they may have any. */
function namesIn(schema: Json, path: string): string[] | undefined {
  if (schema === true) return undefined;
  const keys = isMembers(schema) ? Object.keys(schema).filter((key) => !isAnnotation(key)) : undefined;
  const { type = 'string', enum: listed, const: constant } = isMembers(schema) ? schema : {};
  const values = Array.isArray(listed) ? listed : constant === undefined ? undefined : [constant];
  const isPlain =
    keys?.every((key) => ['type', 'enum', 'const'].includes(key)) && !(listed !== undefined && constant !== undefined);
  if (!isPlain || type !== 'string' || (listed !== undefined && !Array.isArray(listed)))
    throw refuse('propertyNames is only supported as a list of names, or for all strings', path);
  if (values && values.length > MAX_PARTS) throw refuse(`has more than ${MAX_PARTS} values`, path);
  return values?.filter((value) => typeof value === 'string');
}

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
