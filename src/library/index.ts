// Jikji as a library: what `import ... from '@jikji/jikji'` gives. Built on what the command line uses; has no work of its own.
// docs/library.md has the examples.

export * from './audit.ts';
export * from './errors.ts';
export * from './generate.ts';
export * from './load.ts';
export * from './make.ts';
