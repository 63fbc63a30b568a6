// What the last audit by `npm start` has found, for the next `npm start` and for the console's page of the run: an audit takes most of a minute,
// and the run is the same. A note in the user's state folder about one run; it is no evidence.

import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder, parseJson, stateFolder, writeFileAtomic } from '../base/index.ts';
import { digestOfFile } from '../ledger/index.ts';
import type { Claim, Standing } from './claims.ts';

/** The verdict, its reach, what is known of the data; what that claims, in words; and when that was found, ISO 8601. */
export type AuditSummary = Standing & { claim: Claim; time: string };

interface Note {
  formatVersion: 1;
  /** The run's absolute folder, and the digest of its seal. */
  run: string;
  seal: string;
  audit: AuditSummary;
}

const noteFile = (): string => join(stateFolder(), 'start-audit.json');

const sealOf = (run: string): string => digestOfFile(join(run, 'seal.json'));

/** Notes what an audit of the run in this folder has found. Where that cannot be written, the next start audits again. */
export function noteAudit(run: string, audit: AuditSummary): void {
  try {
    const note: Note = { formatVersion: 1, run: resolve(run), seal: sealOf(run), audit };
    makeFolder(stateFolder());
    writeFileAtomic(noteFile(), `${JSON.stringify(note)}\n`);
  } catch {
    // a read-only home is no reason to stop
  }
}

/** Takes the note about the run in this folder back: a later audit has refuted it. Throws nothing. */
export function forgetAudit(run: string): void {
  try {
    if (lastAudit(run)) rmSync(noteFile());
  } catch {
    // a home that cannot be written
  }
}

/** What was found of the run in this folder; undefined where that is not known of this run with this seal. */
export function lastAudit(run: string): AuditSummary | undefined {
  try {
    const { run: folder, seal, audit } = parseJson(readFileSync(noteFile(), 'utf8')) as Note;
    const isWhole = typeof audit.claim.word === 'string' && !Number.isNaN(Date.parse(audit.time));
    return isWhole && folder === resolve(run) && seal === sealOf(run) ? audit : undefined;
  } catch {
    return undefined;
  }
}
