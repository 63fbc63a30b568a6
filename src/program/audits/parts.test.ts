// Which part is handed out next, on made-up runs of every kind: while other parts are left, never a finished one, nor one of another party.

import { describe, expect, test } from 'vitest';
import type { Programme } from '../programme/index.ts';
import { type Proposal, type Row, Tables } from '../state/index.ts';
import { KINDS } from '../state/kinds.ts';
import { putPart } from '../state/testing/rows.ts';
import { givePart } from './parts.ts';
import type { Part } from './shapes.ts';

const HOUR = 3600 * 1000;
const START = Date.UTC(2026, 0, 1);

/** A programme with one audited submission, as far as parts are concerned. */
class MadeUp {
  readonly tables = new Tables();
  now = START;
  #seq = 10;

  constructor(
    kept: readonly number[],
    done: readonly { from: number; to: number }[] = [],
    verdict: Row<'audits'>['verdict'] = 'holds',
  ) {
    const evidence = { genesis: '1'.repeat(64), seal: '2'.repeat(64), head: '3'.repeat(64), kept: [...kept] };
    for (const id of ['a', 'b']) putPart(this.tables, 'consortia', { id });
    putPart(this.tables, 'submissions', { id: 's', stage: 's1', consortium: 'a', status: 'audited', maker: null });
    const reach: Row<'audits'>['reach'] = {
      ...{ extent: 'sampled', data: 'maker', share: 0, chance: null, room: null, replayed: [...done], evidence },
    };
    this.tables.put('audits', { submission: 's', verdict, checks: [], office: null, reach, seq: 1 });
  }

  give(by: string, share: number): Promise<Part | null> {
    const programme = {
      tables: this.tables,
      recordOnce: async (_: string, propose: (tables: Tables) => readonly Proposal[]) => {
        for (const { data } of propose(this.tables)) {
          const about = { seq: this.#seq++, time: new Date(this.now).toISOString(), actor: 'x', before: '' };
          const kind = KINDS['audit-part-given'];
          const read = kind.shape.parse(data);
          kind.check(this.tables, read, about);
          kind.apply(this.tables, read, about);
        }
        return [];
      },
    } as unknown as Programme;
    return givePart(programme, 's', { by, share, now: this.now }, 'office:test');
  }
}

const evenly = (segments: number, steps = 10) => Array.from({ length: segments }, (_, i) => steps * (i + 1));

describe('a part', () => {
  test('has about the share that was asked for, and at least a segment', async () => {
    expect(await new MadeUp(evenly(20)).give('office', 0.1)).toEqual({
      from: 1,
      to: 2,
      steps: 20,
      share: 0.1,
      segments: 20,
    });
    expect(await new MadeUp(evenly(20)).give('office', 0.11)).toMatchObject({ from: 1, to: 3 });
    expect(await new MadeUp(evenly(20)).give('office', 1e-9)).toMatchObject({ from: 1, to: 1 });
    expect(await new MadeUp(evenly(20)).give('office', 1)).toMatchObject({ from: 1, to: 20 });
    // With segments of unequal length the steps count.
    expect(await new MadeUp([90, 95, 100]).give('office', 0.5)).toMatchObject({ from: 1, to: 1, steps: 90 });
  });

  test('goes around what the office did, unless the office found nothing that holds', async () => {
    const done = [
      { from: 0, to: 10 },
      { from: 20, to: 40 }, // no segment of this run: it covers none but the one that ends there
    ];
    expect(await new MadeUp(evenly(5), done).give('office', 1)).toMatchObject({ from: 2, to: 3 });
    expect(await new MadeUp(evenly(5), done, 'incomplete').give('office', 1)).toMatchObject({ from: 1, to: 5 });
  });

  test('is kept for a day by whoever has it, then goes to others', async () => {
    const made = new MadeUp(evenly(10));
    const first = await made.give('consortium:b', 0.5);
    expect(await made.give('consortium:b', 0.2)).toEqual(first);
    expect(await made.give('auditor:kim', 0.5)).toMatchObject({ from: 6, to: 10 });
    // When all is handed out, what is not done is handed out twice rather than not at all.
    expect(await made.give('auditor:lee', 0.2)).toMatchObject({ from: 1, to: 2 });
    made.now += 25 * HOUR;
    expect(await made.give('auditor:lee', 0.3)).toMatchObject({ from: 1, to: 3 });
    expect(await made.give('auditor:kim', 0.3)).toMatchObject({ from: 4, to: 6 });
  });

  test('is none where everything was done', async () => {
    const done = evenly(4).map((to) => ({ from: to - 10, to }));
    expect(await new MadeUp(evenly(4), done).give('office', 0.5)).toBeNull();
  });

  test('is not for whose submission it is', async () => {
    await expect(new MadeUp(evenly(4)).give('consortium:a', 0.5)).rejects.toMatchObject({ code: 'audit-own' });
  });

  test('on a thousand random runs: free of what is done and of what others have, in one piece, large enough', async () => {
    let seed = 1;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    for (let round = 0; round < 1000; round++) {
      const kept: number[] = [];
      for (let i = 1 + random(30); i > 0; i--) kept.push((kept.at(-1) ?? 0) + 1 + random(9));
      const doneNumbers = new Set(kept.map((_, i) => i + 1).filter(() => random(3) === 0));
      const starts = [0, ...kept];
      const done = [...doneNumbers].map((i) => ({ from: starts[i - 1]!, to: kept[i - 1]! }));
      const made = new MadeUp(kept, done);
      const taken = new Set<number>();
      for (let who = 0; who < 4; who++) {
        const share = (1 + random(100)) / 100;
        const part = await made.give(`auditor:${who}`, share);
        const free = kept.map((_, i) => i + 1).filter((i) => !doneNumbers.has(i) && !taken.has(i));
        if (part === null) {
          expect(doneNumbers.size).toBe(kept.length);
          continue;
        }
        const own = Array.from({ length: part.to - part.from + 1 }, (_, i) => part.from + i);
        expect(part.steps).toBe(kept[part.to - 1]! - starts[part.from - 1]!);
        expect(own.filter((i) => doneNumbers.has(i))).toEqual([]);
        if (free.length > 0) {
          expect(own.filter((i) => taken.has(i))).toEqual([]);
          // Smaller than asked for only where no longer stretch is free.
          const [before, after] = [part.from - 1, part.to + 1];
          if (part.share < share) expect([free.includes(before), free.includes(after)]).toEqual([false, false]);
          // And no larger than it takes.
          const without = kept[part.to - 2] ?? 0;
          if (part.to > part.from) expect((without - starts[part.from - 1]!) / kept.at(-1)!).toBeLessThan(share);
        }
        for (const i of own) taken.add(i);
      }
    }
  });
});
