// The office's own housekeeping, beside the log: who saw sealed things, encrypted backups of a running server, verification in a thread.
// Knows no HTTP.

import type { UserTables } from '../database/index.ts';
import { AccessRecord } from './access-record.ts';
import { Backups } from './backups.ts';
import { Verifications } from './verifications.ts';

export { type Access, accessShape, csvLine, type SealedThing } from './access-record.ts';
export { openBackup } from './age.ts';
export { type Backup, backupShape } from './backups.ts';
export { type Verification, verificationShape } from './verifications.ts';
export { verifyProgramme } from './verify.ts';

export interface Housekeeping {
  access: AccessRecord;
  backups: Backups;
  verifications: Verifications;
}

/** Over the tables of the database that keeps the users. `signal` aborts when the server closes. */
export const housekeepingOver = (tables: UserTables, signal: AbortSignal): Housekeeping => ({
  access: new AccessRecord(tables),
  backups: new Backups(tables),
  verifications: new Verifications(tables, signal),
});
