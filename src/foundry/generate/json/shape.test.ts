// The lengths of the shortest texts: what is counted in one step is what counting one by one gives.

import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import { Lengths, type Members, NOTHING, type Shape } from './shape.ts';

const random = randomNumbers(31);
const literal = (length: number): Shape => ({ kind: 'literal', text: 'x'.repeat(length) });
const shape = (): Shape => (random() < 0.1 ? NOTHING : literal(1 + wholeBelow(random, 9)));

test('the rest of a list, item by item', () => {
  const lengths = new Lengths();
  for (let i = 0; i < 500; i++) {
    const first = Array.from({ length: wholeBelow(random, 5) }, () => literal(1 + wholeBelow(random, 9)));
    const [rest, least, count] = [literal(3), wholeBelow(random, 9), wholeBelow(random, 9)];
    let length = 1;
    for (let at = count; at < least; at++) length += lengths.of(first[at] ?? rest) + (at > 0 ? 1 : 0);
    expect(lengths.items({ kind: 'list', first, rest, least, most: Infinity }, count)).toBe(length);
  }
  const many = { kind: 'list', first: [], rest: literal(4), least: 1e9, most: Infinity } as const;
  expect(lengths.items(many, 0)).toBe(5e9); // in one step
});

test('the rest of an object after a member is that of an object that has it', () => {
  const lengths = new Lengths();
  for (let i = 0; i < 3000; i++) {
    const names = Array.from({ length: wholeBelow(random, 7) }, (_, at) => '"'.repeat(wholeBelow(random, 3)) + at);
    const of: Members = {
      kind: 'members',
      properties: new Map(names.filter(() => random() < 0.8).map((name) => [name, shape()])),
      required: new Set(names.filter(() => random() < 0.4)),
      rest: shape(),
      least: wholeBelow(random, 10),
      most: Number.POSITIVE_INFINITY,
    };
    const seen = new Set(names.filter(() => random() < 0.3));
    const after = lengths.afterMember(of, seen);
    for (const name of [...names.filter((one) => !seen.has(one)), 'other', ''])
      expect({ i, name, length: after(name) }).toEqual({
        ...{ i, name },
        length: lengths.members(of, new Set([...seen, name]), seen.size + 1),
      });
  }
});
