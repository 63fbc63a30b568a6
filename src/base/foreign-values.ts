// Values from untrusted files: type checks, and their form in messages.

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value if it is a finite number, else null. */
export const finiteOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** A name, short enough for a message. */
export const shownName = (name: string): string => JSON.stringify(name.length > 100 ? `${name.slice(0, 99)}…` : name);

/** A value, short enough for a message. Objects may be nested to any depth. */
export function shownValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
