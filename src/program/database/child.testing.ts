// A process that a test can kill: opens a store, takes a job if there is one, and appends without end, saying each entry that was
// acknowledged. usage: node child.testing.ts '{"folder":...}' [hold]

import { writeSync } from 'node:fs';
import type { Change } from '../state/index.ts';
import { call, entryWith, gone, step } from './harness.testing.ts';
import { openStore } from './open.ts';

const store = await openStore(JSON.parse(process.argv[2]!));
const job = await store.jobs.take(new Date());
writeSync(1, `${JSON.stringify({ job: job ?? null })}\n`);
if (process.argv[3] === 'hold') await new Promise(() => setInterval(() => {}, 1000));

let head = await store.head();
for (;;) {
  const n = head.seq;
  // New rows, changed rows, rows that go; now and then many at once.
  const changes: Change[] = [call(`c${n % 50}`, { n, text: '한글'.repeat(n % 40) }), step(`r${n % 7}`, n)];
  if (n % 5 === 0) changes.push(gone(`c${(n * 7) % 50}`));
  if (n % 9 === 0) for (let i = 0; i < 400; i++) changes.push(step(`many${n % 4}`, i, n + i / 8));
  const entry = entryWith(head, changes);
  await store.append(head, [entry], changes);
  head = { seq: entry.seq, link: entry.link };
  writeSync(1, `${JSON.stringify(head)}\n`);
}
