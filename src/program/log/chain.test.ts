// The chain: by hand, and against every change to one entry.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Json } from '../../ledger/index.ts';
import { link } from './chain.ts';
import { type Entry, EntryAltered, type EntryUnfit, firstLink, follow, nextEntry, START } from './index.ts';
import { verifyChain } from './testing/verify-chain.ts';

const said = (i: number, data: Json = { i, name: '한글', nested: [1.5, null, true] }) => ({
  time: new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString(),
  actor: 'office:1',
  kind: 'made-up',
  data,
});

function log(length: number): Entry[] {
  const entries: Entry[] = [];
  for (let i = 0; i < length; i++) entries.push(nextEntry(entries.at(-1) ?? START, said(i)));
  return entries;
}

test('links by hand', () => {
  const sha = (...parts: (string | Buffer)[]) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  expect(firstLink).toBe(sha('jikji programme 1\n'));
  const first = nextEntry(START, said(0, { b: 1, a: 'x' }));
  const text = '{"actor":"office:1","data":{"a":"x","b":1},"kind":"made-up","seq":1,"time":"2026-01-01T00:00:00.000Z"}';
  expect(first.link).toBe(sha(Buffer.from(firstLink, 'hex'), text));
  const second = nextEntry(first, said(1, null));
  expect(second.link).toBe(
    sha(
      Buffer.from(first.link, 'hex'),
      '{"actor":"office:1","data":null,"kind":"made-up","seq":2,"time":"2026-01-01T00:00:01.000Z"}',
    ),
  );
});

test('a whole log, an empty one, and one from its middle', async () => {
  const entries = log(5);
  expect(await verifyChain(entries)).toEqual({ seq: 5, link: entries[4]!.link });
  expect(await verifyChain([])).toEqual(START);
  expect(await verifyChain(entries.slice(2), entries[1])).toEqual({ seq: 5, link: entries[4]!.link });
});

const change: Record<string, (entry: Entry) => Entry> = {
  time: (entry) => ({ ...entry, time: '2026-01-01T00:00:09.000Z' }),
  actor: (entry) => ({ ...entry, actor: 'office:2' }),
  kind: (entry) => ({ ...entry, kind: 'other' }),
  data: (entry) => ({ ...entry, data: { i: 99 } }),
  'form of time': (entry) => ({ ...entry, time: 'yesterday' }),
  'one more member': (entry) => ({ ...entry, note: 1 }) as Entry,
};
test.each(Object.keys(change))('%s of any entry: that entry is named', async (what) => {
  for (let i = 0; i < 4; i++) {
    const entries = log(4);
    entries[i] = change[what]!(entries[i]!);
    await expect(verifyChain(entries)).rejects.toMatchObject({ name: 'EntryAltered', seq: i + 1 });
  }
});

test('an entry altered together with its link: the next entry no longer follows', async () => {
  const entries = log(4);
  const altered = { ...entries[1]!, actor: 'office:2' };
  entries[1] = { ...altered, link: link(entries[0]!.link, altered) };
  await expect(verifyChain(entries)).rejects.toMatchObject({
    seq: 3,
    message: 'entry 3 was altered, or the one before it together with its link',
  });
});

test('entries dropped, doubled, moved', async () => {
  const [a, b, c, d] = log(4) as [Entry, Entry, Entry, Entry];
  for (const [entries, seq] of [
    [[b, c, d], 1],
    [[a, c, d], 2],
    [[a, a, b], 2],
    [[a, c, b, d], 2],
  ] as const) {
    await expect(verifyChain(entries)).rejects.toMatchObject({ seq });
  }
  await expect(verifyChain([a, c])).rejects.toThrow(EntryAltered);
});

test.each([
  ['a character of number 0', 'a\0b'],
  ['half of a surrogate pair', { x: ['\ud800'] }],
  ['half of a surrogate pair in a name', { '\udc00': 1 }],
  ['a number that is none', [Number.NaN]],
  ['no JSON', { x: undefined }],
])('data that cannot be stored: %s', (_, data) => {
  expect(refused({ ...log(1)[0]!, data: data as Json })).toMatchObject({ field: 'data' });
});

/** Why an entry does not have the form of one. */
function refused(entry: Entry): EntryUnfit | undefined {
  try {
    follow(START, entry);
    return undefined;
  } catch (error) {
    return (error as EntryAltered).cause as EntryUnfit;
  }
}

test('data nested without end is refused, not followed', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  expect(refused({ ...log(1)[0]!, data: deep })?.message).toBe('is nested deeper than 64');
});
