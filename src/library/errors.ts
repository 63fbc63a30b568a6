// The error of the library.

/**
 * Thrown for everything that a user can cause: a bad recipe, a broken file, a full disk. Anything else that is thrown is a bug.
 * `code` is for programs and stable (`recipe-unknown-key`); `message` says what is wrong with `input`, `hint` how to fix it.
 */
export { JikjiError } from '../base/index.ts';
