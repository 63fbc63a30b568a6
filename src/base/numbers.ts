// Numbers in texts for people, in English.

/** `12,345`: a whole number, its thousands apart. */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US');

/** `1 file`, `12,345 files`; `many` where that is not the word and an s. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;
