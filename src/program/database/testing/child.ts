// A process that a test can kill: opens a store, takes a job if there is one, and appends without end, saying each entry that was
// acknowledged. usage: node testing/child.ts '{"folder":...}' [hold]

import { writeSync } from 'node:fs';
import { openStore } from '../open.ts';
import { entriesWith } from './harness.ts';

const store = await openStore(JSON.parse(process.argv[2]!));
const job = await store.jobs.take(new Date());
writeSync(1, `${JSON.stringify({ job: job ?? null })}\n`);
if (process.argv[3] === 'hold') await new Promise(() => setInterval(() => {}, 1000));

let head = await store.head();
for (;;) {
  const n = head.seq;
  // Entries of many lengths; now and then many in one append, whose last entry is marked.
  const many = n % 9 === 0 ? 200 : 1;
  const said = Array.from({ length: many }, (_, i) => ({ text: '한글'.repeat((n + i) % 40), last: i === many - 1 }));
  const entries = entriesWith(head, said);
  await store.append(head, entries);
  const { seq, link } = entries.at(-1)!;
  head = { seq, link };
  writeSync(1, `${JSON.stringify(head)}\n`);
}
