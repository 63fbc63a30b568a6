// Turns of clients, and what may not go yet.

import { expect, test } from 'vitest';
import { FairQueue } from './queue.ts';

const all = () => true;

test('clients take turns, whoever has more; each gets what came first', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item[0], item);
  expect(queue.length).toBe(6);
  const order = Array.from({ length: 6 }, () => queue.take(all));
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  expect([queue.take(all), queue.length]).toEqual([undefined, 0]);
});

test('what may not go is passed, and that is told; what could not be finished is the first again', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'b1', 'c1', 'b2']) queue.push(item[0], item);
  const passed: string[] = [];
  const take = (mayGo: (item: string) => boolean) => queue.take(mayGo, (item) => passed.push(item));
  expect(take((item) => item === 'c1')).toBe('c1');
  expect(passed).toEqual(['a1', 'b1']);
  expect(take(() => false)).toBeUndefined();
  expect(passed).toEqual(['a1', 'b1']); // nothing went before them
  expect(queue.heads()).toEqual(['a1', 'b1']);
  queue.putBack('b', 'b0');
  expect([take(all), take(all), take(all), take(all)]).toEqual(['a1', 'b0', 'b1', 'b2']);
});

test('what is gone is taken out', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'b1']) queue.push(item[0], item);
  expect(queue.remove((item) => item.endsWith('1'))).toEqual(['a1', 'b1']);
  expect([queue.length, queue.take(all), queue.take(all)]).toEqual([1, 'a2', undefined]);
});
