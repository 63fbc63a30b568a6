// Jikji as a library: the exports of `@jikji/jikji`. Built on the modules that the command line uses; contains only re-exports.
// docs/library.md has the examples.

export * from './audit.ts';
export * from './errors.ts';
export * from './generate.ts';
export * from './load.ts';
export * from './make.ts';
