// The file of receipts: what stays of it after a crash at any byte, how many are kept, and who may write to it.

import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { ReceiptStore } from './store.ts';

const folder = temporaryFolder();
let count = 0;
const fresh = () => join(folder, `r${count++}`, 'key.jsonl');
const KEY = 'ab'.repeat(32);
const idOf = (i: number) => i.toString(16).padStart(32, '0');
const open = (path: string, keep = 1000) => ReceiptStore.open(path, KEY, keep);
const contentOf = (i: number) => ({ receipt: `receipt ${i}\n`, texts: { 끝: 'x'.repeat(i % 7) } });

/** The numbers of the receipts that are there. */
async function kept(store: ReceiptStore, upTo: number) {
  const numbers: number[] = [];
  for (let i = 0; i < upTo; i++) {
    const found = await store.find(idOf(i));
    if (found === undefined) continue;
    expect(found).toEqual({ id: idOf(i), ...contentOf(i) });
    numbers.push(i);
  }
  return numbers;
}

const from = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);

test('what was kept is there, also when it is opened again; an unknown id is not', async () => {
  const path = fresh();
  const store = await open(path);
  await Promise.all(from(0, 50).map((i) => store.add(idOf(i), contentOf(i))));
  expect(await kept(store, 60)).toEqual(from(0, 50));
  await store.close();
  const again = await open(path);
  expect(again.size).toBe(50);
  await again.add(idOf(50), contentOf(50));
  expect(await kept(again, 60)).toEqual(from(0, 51));
  for (const id of ['', 'zz', '__proto__', idOf(99)]) expect(await again.find(id)).toBeUndefined();
  await again.close();
  expect(statSync(path).mode & 0o077).toBe(0);
});

test('cut off at every byte of the last receipt, as a crash may leave it: the others stay, and it goes on', async () => {
  const path = fresh();
  const store = await open(path);
  for (const i of from(0, 3)) await store.add(idOf(i), contentOf(i));
  await store.close();
  const whole = readFileSync(path);
  const last = whole.subarray(0, -1).lastIndexOf(10) + 1;
  for (let at = last; at < whole.length; at++) {
    writeFileSync(path, whole);
    truncateSync(path, at);
    const cut = await open(path);
    expect(await kept(cut, 5)).toEqual([0, 1]);
    await cut.add(idOf(2), contentOf(2));
    expect(await kept(cut, 5)).toEqual([0, 1, 2]);
    await cut.close();
    expect(readFileSync(path)).toEqual(whole);
  }
});

test('the newest are kept, whatever is added at once, and the disk does not grow', async () => {
  const path = fresh();
  let store = await open(path, 10);
  let sizes = 0;
  for (let at = 0; at < 120; at += 6) {
    await Promise.all(from(at, at + 6).map((i) => store.add(idOf(i), contentOf(i))));
    expect(await kept(store, 130)).toEqual(from(Math.max(0, at - 4), at + 6));
    const bytes = readdirSync(join(path, '..')).reduce((sum, name) => sum + statSync(join(path, '..', name)).size, 0);
    sizes = Math.max(sizes, bytes);
    if (at % 24 === 0) {
      await store.close();
      store = await open(path, 10);
      expect(await kept(store, 130)).toEqual(from(Math.max(0, at - 4), at + 6));
    }
  }
  expect(sizes).toBeLessThan(40 * 100);
  await store.close();
  // With a smaller number the newest of these.
  store = await open(path, 3);
  expect(await kept(store, 130)).toEqual([117, 118, 119]);
  await store.close();
});

test('large ones are fewer', async () => {
  const store = await open(fresh(), 4);
  const large = (i: number) => ({ receipt: 'x'.repeat(50_000), i });
  for (const i of from(0, 12)) await store.add(idOf(i), large(i));
  expect(store.size).toBeLessThan(5);
  expect(await store.find(idOf(11))).toMatchObject({ i: 11 });
  await store.close();
});

test('two servers on one file: the second is refused; a file of another key, or of something else, is not touched', async () => {
  const path = fresh();
  const store = await open(path);
  await expect(open(path)).rejects.toMatchObject({ code: 'locked' });
  await store.add(idOf(0), contentOf(0));
  await store.close();
  const whole = readFileSync(path);
  await expect(ReceiptStore.open(path, 'cd'.repeat(32), 10)).rejects.toMatchObject({ code: 'receipts-broken' });
  expect(readFileSync(path)).toEqual(whole);
  for (const text of ['a note without an end', 'two\nlines\n', '{"formatVersion":2}\n']) {
    writeFileSync(path, text);
    await expect(open(path)).rejects.toMatchObject({ code: 'receipts-broken' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
  writeFileSync(path, whole);
  const again = await open(path); // nobody holds the lock after a refusal
  expect(await kept(again, 3)).toEqual([0]);
  await again.close();
});

test('what cannot be written is refused, and what was there stays', async () => {
  const path = fresh();
  const store = await open(path, 2);
  for (const i of from(0, 2)) await store.add(idOf(i), contentOf(i));
  // The next one begins a new file, and its folder is not there any more.
  rmSync(join(path, '..'), { recursive: true });
  await expect(store.add(idOf(2), contentOf(2))).rejects.toMatchObject({ code: 'not-writable' });
  expect(await kept(store, 5)).toEqual([0, 1]);
  await store.close();
});
