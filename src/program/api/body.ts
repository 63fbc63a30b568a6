// The limits of JSON bodies, by what they hold. Uploads have their own.

/** Limit in bytes of a body of names, ids and numbers, such as a log-in. */
export const SMALL = 8 << 10;
/** Limit of a body with texts that people write, or lists of them: 20,000 characters, however JSON escapes them. */
export const TEXT = 256 << 10;
/** Limit of a body with a whole file, such as a rule book, or with a chat. */
export const FILE = 2 << 20;
/** Limit of a body with a receipt, a request of at most `FILE` that is escaped as text, and its answer. */
export const RECEIPT = 8 << 20;
