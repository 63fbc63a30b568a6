// Checks the shape of untrusted JSON: exact members, exact forms. A failed check throws a ShapeError with the reason.

/** Thrown by a check; the reader of the file adds the file's name. */
export class ShapeError extends Error {}

export type Check<T> = (value: unknown, where: string) => T;

const text =
  (pattern: RegExp, what: string): Check<string> =>
  (value, where) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new ShapeError(`${where} is not ${what}`);
    return value;
  };

export const digest: Check<string> = text(/^[0-9a-f]{64}$/, 'a digest of 64 hex digits');
export const hex16: Check<string> = text(/^[0-9a-f]{16}$/, '16 hex digits');
const clock: Check<string> = text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a time in UTC');
/** A time of a real day: two such times have the order of their texts. */
export const time: Check<string> = (value, where) => {
  const found = clock(value, where);
  const date = new Date(found);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== found)
    throw new ShapeError(`${where} is not a time in UTC`);
  return found;
};
export const line: Check<string> = text(/^[^\n\r]{0,500}$/, 'a short text');

/** Bytes in canonical base64. */
export const base64: Check<string> = (value, where) => {
  if (typeof value !== 'string' || Buffer.from(value, 'base64').toString('base64') !== value) {
    throw new ShapeError(`${where} is not canonical base64`);
  }
  return value;
};

export const whole =
  (min: number, max: number): Check<number> =>
  (value, where) => {
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      throw new ShapeError(`${where} is not a whole number from ${min} to ${max}`);
    }
    return value as number;
  };

export const finiteOrNull: Check<number | null> = (value, where) => {
  if (value !== null && (typeof value !== 'number' || !Number.isFinite(value))) {
    throw new ShapeError(`${where} is not a number or null`);
  }
  return value as number | null;
};

export const finite: Check<number> = (value, where) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ShapeError(`${where} is not a number`);
  return value;
};

export const oneOf =
  <const T extends (string | number)[]>(...wanted: T): Check<T[number]> =>
  (value, where) => {
    if (!wanted.includes(value as T[number])) throw new ShapeError(`${where} is not one of ${JSON.stringify(wanted)}`);
    return value as T[number];
  };

/** A value that passes the first check, or else the second. */
export const either =
  <A, B>(first: Check<A>, second: Check<B>): Check<A | B> =>
  (value, where) => {
    try {
      return first(value, where);
    } catch {
      return second(value, where);
    }
  };

export const exactly =
  <T>(wanted: T): Check<T> =>
  (value, where) => {
    if (value !== wanted) throw new ShapeError(`${where} is not ${JSON.stringify(wanted)}`);
    return wanted;
  };

export const nullOr =
  <T>(check: Check<T>): Check<T | null> =>
  (value, where) =>
    value === null ? null : check(value, where);

export const listOf =
  <T>(check: Check<T>, maxLength: number): Check<T[]> =>
  (value, where) => {
    if (!Array.isArray(value) || value.length > maxLength)
      throw new ShapeError(`${where} is not a list of at most ${maxLength}`);
    return value.map((item, i) => check(item, `${where}[${i}]`));
  };

/** An object with exactly these members. */
export const object =
  <T>(members: { [K in keyof T]: Check<T[K]> }): Check<T> =>
  (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ShapeError(`${where} is not an object`);
    }
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(members, key)) throw new ShapeError(`${where} has an unknown member ${JSON.stringify(key)}`);
    }
    const out: Partial<T> = {};
    for (const key of Object.keys(members) as (keyof T & string)[]) {
      if (!Object.hasOwn(value, key)) throw new ShapeError(`${where} has no ${key}`);
      out[key] = members[key]((value as T)[key], `${where}.${key}`);
    }
    return out as T;
  };
