// Made-up accounts and housekeeping: log-ins, changes of accounts, readings of sealed things, backups, verifications.

import type { Access, AccountChange, Backup, LogIn, Verification } from '../types.ts';

const DAY = '2026-11-12T05:12:00.000Z';

export const logIns: LogIn[] = [
  { id: 'l1', begun: DAY, used: DAY, current: true, browser: 'firefox', system: 'linux' },
  { id: 'l2', begun: '2026-11-02T01:00:00.000Z', used: null, current: false, browser: 'samsung', system: 'android' },
  { id: 'l3', begun: '2026-11-01T01:00:00.000Z', used: DAY, current: false, browser: 'other', system: 'other' },
];

const consortium = { role: 'consortium', programme: 'practice', consortium: 'azalea' } as const;
const auditor = { role: 'auditor', programme: 'practice', consortium: null } as const;
const office = { role: 'office', programme: null, consortium: null } as const;

export const accountChanges: AccountChange[] = [
  { id: 5, time: DAY, user: 'park', by: 'kim', what: 'role', before: office, after: auditor },
  { id: 4, time: DAY, user: 'lee', by: 'kim', what: 'blocked', before: null, after: consortium },
  { id: 3, time: DAY, user: 'park', by: 'park', what: 'reset-used', before: null, after: office },
  { id: 2, time: DAY, user: 'park', by: null, what: 'reset-made', before: null, after: office },
  { id: 1, time: DAY, user: 'lee', by: 'kim', what: 'log-ins-ended', before: null, after: consortium },
];

const reading = (id: number, what: Access['what'], of: string): Access => ({
  ...{ id, time: DAY, user: 'park', name: 'Park', role: 'auditor', consortium: null, via: 'log-in', what, of },
});
export const accesses: Access[] = [
  { ...reading(9, 'backup', 'b'.repeat(32)), user: 'kim', name: 'Kim Jikji', role: 'office' },
  reading(8, 'audit', 'azalea-1'),
  reading(7, 'scores', 'stage-2'),
  {
    ...reading(6, 'audit', 'azalea-1'),
    user: 'lee',
    name: null,
    role: 'consortium',
    consortium: 'azalea',
    via: 'token',
  },
  reading(5, 'entry', '41'),
  // A page is full, so that there are older ones.
  ...Array.from({ length: 95 }, (_, i) => reading(4 - i, 'usage', `bellflower-${i}`)),
];

export const backups: Backup[] = [
  {
    ...{ id: 'b3', user: 'kim', time: DAY, recipient: 'd'.repeat(64), state: 'unfinished' },
    ...{ entries: 61, link: 'c'.repeat(64), bytes: null, sha256: null },
  },
  {
    ...{ id: 'b2', user: 'kim', time: DAY, recipient: 'd'.repeat(64), state: 'complete' },
    ...{ entries: 60, link: 'c'.repeat(64), bytes: 48_211_003, sha256: 'e'.repeat(64) },
  },
];

const result = { entries: 61, link: 'c'.repeat(64), signatures: 14, decisions: 1, altered: null } as const;
export const verified: Verification = {
  running: null,
  failed: null,
  last: { time: DAY, user: 'kim', result: { ...result, verdict: 'holds' } },
};
export const refuted: Verification = {
  running: { begun: DAY, entries: 40, of: 61, signatures: 9, decisions: null },
  failed: null,
  last: {
    ...{ time: DAY, user: 'kim' },
    result: { ...result, verdict: 'refuted', entries: 40, decisions: null, altered: 'entry 41 has another link' },
  },
};
