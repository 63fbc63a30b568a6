// The programme's database: PGlite in a folder or a PostgreSQL server. Keeps the log, the rows it comes to, secrets and jobs. Knows
// no rule.
export type { Job, Jobs } from './jobs.ts';
export { openStore } from './open.ts';
export type { Indexed, Point, Reads, RowOf } from './reads.ts';
export type { Contents, Fold, Secrets, Store, View } from './store.ts';
export { type Altered, type Verification, verifyStore } from './verify.ts';
