// Runs that another program trained, with a witness beside it: what their folders state, unverified but for signatures, and which of them lie
// in a folder. Follows no links. docs/witness.md has the files.

import { constants, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../base/index.ts';
import { kindOf, parseStatement, type Statement, type StatementKind } from '../ledger/index.ts';
import { GENESIS, SEAL } from './paths.ts';
import { type ReadPart, withPlainFile } from './plain-file.ts';

/** Bytes of the largest genesis that is read for a list: it names the steps of all kept states. */
const MAX_GENESIS = 4 << 20;
/** Folders that are looked at in one folder. */
const MAX_FOLDERS = 1000;

/** The text of a plain file; undefined for a link, a missing or a large file. */
function plainText(path: string): string | undefined {
  const read = (size: number, readPart: ReadPart) =>
    size <= MAX_GENESIS ? readPart(0, size).toString('utf8') : undefined;
  return withPlainFile(path, read, constants.O_NOFOLLOW);
}

function statementIn<K extends StatementKind>(path: string, kind: K): Statement<K> | undefined {
  const text = plainText(path);
  try {
    return text !== undefined && kindOf(text) === kind ? parseStatement(text, kind, path) : undefined;
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}

/** Planned steps, and whether a seal of this genesis is there; undefined for every other folder. */
export function readWitnessRun(folder: string): { steps: number; sealed: boolean } | undefined {
  const genesis = statementIn(join(folder, GENESIS), 'witness-genesis');
  if (!genesis) return undefined;
  const seal = statementIn(join(folder, SEAL), 'witness-seal');
  return {
    steps: genesis.predicate.commitment.steps,
    sealed: seal?.predicate.genesis === genesis.digest && seal.keyid === genesis.keyid,
  };
}

/** Whether a process holds the lock of a folder, as the witness of a training does. False where the system does not say it. */
export function isFolderHeld(folder: string): boolean {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    const [major, minor] = [(dev >> 8n) & 0xfffn, (dev & 0xffn) | ((dev >> 12n) & 0xfff00n)];
    const id = [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
    const held = new RegExp(`^\\d+: FLOCK .* ${id}:${ino} `, 'm');
    return held.test(readFileSync('/proc/locks', 'utf8'));
  } catch {
    return false;
  }
}

/** The runs of other programs in a folder, with the time at which each genesis was written, but for those in `except`. Never throws. */
export function witnessRunsIn(folder: string, except: ReadonlySet<string>): { folder: string; noted: string }[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return entries.slice(0, MAX_FOLDERS).flatMap(({ name }) => {
      const run = join(folder, name);
      if (except.has(run) || !readWitnessRun(run)) return [];
      return [{ folder: run, noted: lstatSync(join(run, GENESIS)).mtime.toISOString() }];
    });
  } catch {
    return [];
  }
}
