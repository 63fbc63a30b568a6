// A count with its noun.

/** One or several. */
export const n = (count: string, one: string, many = `${one}s`) => `${count} ${count === '1' ? one : many}`;
