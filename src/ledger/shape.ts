// Checks the shape of untrusted JSON: exact members, exact forms. A failed check throws a ShapeError with the reason.

import { isObject, type Sentence } from '../base/index.ts';

/** Thrown by a check, with its sentence; the reader of the file adds the file's name. */
export class ShapeError extends Error {
  readonly sentence: Sentence;

  constructor(what: string | Sentence) {
    const sentence = typeof what === 'string' ? { en: what } : what;
    super(sentence.en);
    this.sentence = sentence;
  }
}

/** Returns the value, typed. `path` names the value in messages. @throws ShapeError */
export type Check<T> = (value: unknown, path: string) => T;

/** A value for which `isValid` holds; `what` completes the message "... is not". */
const check =
  <T>(isValid: (value: unknown) => boolean, what: string): Check<T> =>
  (value, path) => {
    if (!isValid(value))
      throw new ShapeError({ en: `${path} is not ${what}`, ko: `정해진 형식의 값이 아닙니다: ${path}` });
    return value as T;
  };

export const text = (pattern: RegExp, what: string): Check<string> =>
  check((value) => typeof value === 'string' && pattern.test(value), what);

export const digest = text(/^[0-9a-f]{64}$/, 'a digest of 64 hex digits');
export const hex16 = text(/^[0-9a-f]{16}$/, '16 hex digits');
export const line = text(/^[^\n\r]{0,500}$/, 'a short text');

const CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** A time that the calendar has. Such times compare as their texts do. */
export const time = check<string>(
  (value) => typeof value === 'string' && CLOCK.test(value) && new Date(value).toJSON() === value,
  'a time in UTC',
);

/** Bytes in canonical base64. */
export const base64 = check<string>(
  (value) => typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value,
  'canonical base64',
);

export const whole = (min: number, max: number): Check<number> =>
  check(
    (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    `a whole number from ${min} to ${max}`,
  );

export const finite = check<number>(Number.isFinite, 'a number');

export const between = (min: number, max: number): Check<number> =>
  check(
    (value) => Number.isFinite(value) && (value as number) >= min && (value as number) <= max,
    `a number from ${min} to ${max}`,
  );

export const oneOf = <const T extends readonly (string | number)[]>(...allowed: T): Check<T[number]> =>
  check((value) => allowed.includes(value as T[number]), `one of ${JSON.stringify(allowed)}`);

export const exactly = <const T>(wanted: T): Check<T> => check((value) => value === wanted, JSON.stringify(wanted));

/** A value that passes the first check, or else the second. */
export const either =
  <A, B>(first: Check<A>, second: Check<B>): Check<A | B> =>
  (value, path) => {
    try {
      return first(value, path);
    } catch {
      return second(value, path);
    }
  };

/** A value that passes one check where it is an object with this member, or else another one. */
export const byMember =
  <A, B>(member: string, having: Check<A>, lacking: Check<B>): Check<A | B> =>
  (value, path) =>
    isObject(value) && Object.hasOwn(value, member) ? having(value, path) : lacking(value, path);

/** The same, by the version of its format. */
export const byVersion =
  <A, B>(version: number, having: Check<A>, lacking: Check<B>): Check<A | B> =>
  (value, path) =>
    isObject(value) && value.formatVersion === version ? having(value, path) : lacking(value, path);

export const nullOr =
  <T>(of: Check<T>): Check<T | null> =>
  (value, path) =>
    value === null ? null : of(value, path);

export const listOf =
  <T>(of: Check<T>, maxLength: number, minLength = 0): Check<T[]> =>
  (value, path) => {
    if (Array.isArray(value) && value.length < minLength)
      throw new ShapeError({
        en: `${path} is a list of less than ${minLength}`,
        ko: `항목이 ${minLength}개보다 적은 목록입니다: ${path}`,
      });
    if (!Array.isArray(value) || value.length > maxLength)
      throw new ShapeError({
        en: `${path} is not a list of at most ${maxLength}`,
        ko: `항목이 최대 ${maxLength}개인 목록이 아닙니다: ${path}`,
      });
    return value.map((item, i) => of(item, `${path}[${i}]`));
  };

/** An object with exactly these members. */
export const object =
  <T>(members: { [K in keyof T]: Check<T[K]> }): Check<T> =>
  (value, path) => {
    if (!isObject(value)) throw new ShapeError({ en: `${path} is not an object`, ko: `객체가 아닙니다: ${path}` });
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(members, key));
    if (unknown !== undefined) {
      const name = JSON.stringify(unknown);
      throw new ShapeError({
        en: `${path} has an unknown member ${name}`,
        ko: `${path} 안에 모르는 항목이 있습니다: ${name}`,
      });
    }
    const out: Partial<T> = {};
    for (const key of Object.keys(members) as (keyof T & string)[]) {
      if (!Object.hasOwn(value, key))
        throw new ShapeError({ en: `${path} has no ${key}`, ko: `${path} 안에 있어야 할 항목이 없습니다: ${key}` });
      out[key] = members[key](value[key], `${path}.${key}`);
    }
    return out as T;
  };
