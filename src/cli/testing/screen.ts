// What the last call of the command line printed, for tests that make one after another.

import { expect } from 'vitest';
import { typed } from '../../base/testing/argv.ts';
import { callHere } from './bad-input.ts';

export let out = '';
export let err = '';

/** A call that ends with this exit code. */
export const ends = (code: number) =>
  typed(async (args) => {
    const { status, stdout, stderr } = await callHere(process.cwd(), args, { NO_COLOR: '1' });
    [out, err] = [stdout, stderr];
    expect(status, err).toBe(code);
  });
