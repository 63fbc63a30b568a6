// The error of the library.

/**
 * What is thrown for everything that people can cause: a bad recipe, a broken file, a full disk. Anything else that is thrown is a
 * bug. `code` is for programs and stays (`recipe-unknown-key`); `message` says what is wrong with `input`, `hint` how to mend it.
 */
export { JikjiError } from '../base/index.ts';
