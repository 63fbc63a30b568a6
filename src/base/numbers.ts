// Numbers in texts for people, in English.

/** `12,345`: a whole number with commas between thousands. */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US');

/** `1 file`, `12,345 files`; `plural` where it is not the singular with an s. */
export const quantity = (n: number, singular: string, plural = `${singular}s`): string =>
  `${count(n)} ${n === 1 ? singular : plural}`;
