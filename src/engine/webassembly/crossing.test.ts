// Both sides of the interface to the kernels follow one table: the kernels were built from its present text, and its numbers agree.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ADDRESSES, ARGUMENTS, CONTROL, KERNEL_NUMBERS } from './crossing.ts';

const KERNELS = new URL('../../../kernels/', import.meta.url);
const built = (name: string) => readFileSync(new URL(`build/${name}`, KERNELS), 'utf8');

/** Words for arguments that both sides have. */
const ROOM = 64;

test('the kernels are built from the current table', async () => {
  const table = JSON.parse(readFileSync(new URL('./crossing.json', import.meta.url), 'utf8'));
  const { crossingSource, dispatchSource } = await import(`${KERNELS}crossing.mjs`);
  expect(built('crossing.ts')).toBe(crossingSource(table));
  expect(built('dispatch.ts')).toBe(dispatchSource(table));
});

test('kernels have the same numbers on both sides', () => {
  const cases = built('dispatch.ts').matchAll(/case (\d+): (\w+)Items\(/g);
  expect(Object.fromEntries([...cases].map(([, number, name]) => [name, Number(number)]))).toEqual(KERNEL_NUMBERS);
});

test('arguments are at the same words on both sides, and there is room for them', () => {
  const source = built('crossing.ts');
  for (const [name, list] of Object.entries(ARGUMENTS)) {
    const [, body] = source.match(new RegExp(`namespace ${name} \\{([^]*?)\\n\\}`))!;
    const words = body!.matchAll(/function (\w+)\(args: usize\): (\w+) \{ return load<\w+>\(args, (\d+)\)/g);
    const found = [...words].map(([, argument, type, at]) => ({
      argument,
      at: Number(at) / 4,
      ends: type === 'f64' ? 2 : 1,
    }));
    expect(Object.fromEntries(found.map(({ argument, at }) => [argument, at])), name).toEqual(
      Object.fromEntries(list.map(({ name, word }) => [name, word])),
    );
    for (const { at, ends } of found) expect(at + ends, name).toBeLessThanOrEqual(ROOM);
  }
});

test('memory regions do not overlap', () => {
  expect(ADDRESSES.control + CONTROL.arguments + ROOM * 4).toBeLessThanOrEqual(ADDRESSES.zeros);
  expect([ADDRESSES.control, ADDRESSES.zeros, ADDRESSES.constants, ADDRESSES.end].every((at) => at % 64 === 0)).toBe(
    true,
  );
  expect(CONTROL.chunk).toBeLessThan(CONTROL.arguments);
});
