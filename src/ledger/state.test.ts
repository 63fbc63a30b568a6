// The state's root against its definition, computed recursively over all leaves at once.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type StateTensor, stateRoot } from './index.ts';

const hash = (...parts: (Uint8Array | string)[]): Buffer => {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return state.digest();
};

/** RFC 6962, section 2.1: the left half is the largest power of two below n. */
function merkle(leaves: Uint8Array[]): Buffer {
  if (leaves.length === 1) return hash('\x00', leaves[0]!);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return hash('\x01', merkle(leaves.slice(0, half)), merkle(leaves.slice(half)));
}

/** Leaves as docs/proof.md has them. */
function root(step: number, tensors: StateTensor[]): string {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const described = sorted.map((t) => `{"dtype":"F32","name":"${t.name}","shape":[${t.shape}]}`);
  const leaves: Uint8Array[] = [Buffer.from(`{"step":${step},"tensors":[${described}]}`)];
  for (const { data } of sorted) {
    for (let at = 0; at < data.length; at += 1 << 20) leaves.push(data.slice(at, at + (1 << 20)));
  }
  return merkle(leaves).toString('hex');
}

const tensor = (name: string, ...shape: number[]): StateTensor => {
  const data = new Uint8Array(4 * shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = (i * 7 + name.length * 31 + (i >> 8)) & 255;
  return { name, dtype: 'F32', shape, data };
};

const MIB = 1 << 18; // in elements
const STATES: [string, StateTensor[]][] = [
  ['one tensor', [tensor('a', 3)]],
  ['an empty one among others', [tensor('b', 2, 3), tensor('a', 0), tensor('c', 1)]],
  ['a MiB to the byte', [tensor('a', MIB)]],
  ['a MiB and one', [tensor('a', MIB + 1), tensor('b', 1)]],
  ['several MiB, names in no order', [tensor('z', 2, MIB), tensor('a.b', 5), tensor('a', 3, MIB), tensor('B', 7)]],
  ['many', Array.from({ length: 40 }, (_, i) => tensor(`t${(i * 17) % 40}`, i + 1))],
];

test.each(STATES)('%s', (_, tensors) => {
  for (const step of [0, 1, 190]) {
    expect(stateRoot(step, tensors)).toBe(root(step, tensors));
    expect(stateRoot(step, tensors.toReversed())).toBe(root(step, tensors));
  }
});

test('step, name, shape and every byte count', () => {
  const tensors = () => [tensor('a', 4, 5), tensor('b', MIB + 3)];
  const before = stateRoot(3, tensors());
  const changed = (change: (state: StateTensor[]) => void): string => {
    const state = tensors();
    change(state);
    return stateRoot(3, state);
  };
  const roots = [
    before,
    stateRoot(4, tensors()),
    changed((state) => Object.assign(state[0]!, { name: 'c' })),
    changed((state) => Object.assign(state[0]!, { shape: [5, 4] })),
    ...[0, 1 << 20, 4 * (MIB + 3) - 1].map((at) =>
      changed((state) => state[1]!.data.fill(1 ^ state[1]!.data[at]!, at, at + 1)),
    ),
    changed((state) => state[0]!.data.reverse()),
  ];
  expect(new Set(roots).size).toBe(roots.length);
});
