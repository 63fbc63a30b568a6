// The evidence in a run's folder, for display: what was signed, recorded and sealed. Does not verify that the parts agree: the audit does,
// and it takes time.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { checkpointName } from '../../foundry/train/index.ts';
import { parseStatement, type Statement, type StatementKind } from '../../ledger/index.ts';
import {
  CHECKPOINTS,
  type CurveReader,
  GENESIS,
  LODGING,
  parseSessions,
  SEAL,
  SEAL_LODGING,
  SESSIONS,
  type Session,
} from '../../run-folder/index.ts';

/** Bytes of the largest statement that is read: a larger one would block other requests. Ours have a few thousand. */
const MAX_STATEMENT = 1 << 20;
const MAX_SESSIONS_FILE = 1 << 20;
const MAX_SESSIONS = 1000;
const MAX_TEXT = 200;
const MAX_CHECKPOINTS = 1000;

/** Files that could not be read, and the reasons. */
export type Unreadable = { file: string; why: string }[];

/** The result of `read`; if it throws a JikjiError, undefined, with a line in `unreadable`. */
export function readOrNote<T>(file: string, unreadable: Unreadable, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    unreadable.push({ file, why: error.message });
    return undefined;
  }
}

/** A statement in a run's folder; undefined if it is missing or unreadable. */
export function statementOf<K extends StatementKind>(
  folder: string,
  file: string,
  kind: K,
  unreadable: Unreadable = [],
): Statement<K> | undefined {
  const path = join(folder, file);
  if (!existsSync(path)) return undefined;
  return readOrNote(file, unreadable, () => parseStatement(readSmallFile(path, MAX_STATEMENT), kind, path));
}

/** The sessions in sessions.jsonl: the last MAX_SESSIONS. */
export function sessionsOf(folder: string, unreadable: Unreadable = []): Session[] {
  const path = join(folder, SESSIONS);
  if (!existsSync(path)) return [];
  const read = () => parseSessions(readSmallFile(path, MAX_SESSIONS_FILE)).slice(-MAX_SESSIONS);
  return readOrNote(SESSIONS, unreadable, read) ?? [];
}

const short = (text: string | null): string | null => text?.slice(0, MAX_TEXT) ?? null;

/** The office that lodged the run. @param isOwn tells whether the lodging answers this run: the folder may hold another one */
const lodgedBy = (
  lodging: Statement<'lodging'> | undefined,
  isOwn: (lodging: Statement<'lodging'>) => boolean,
): { office: string; at: string } | null =>
  lodging && isOwn(lodging) ? { office: lodging.keyid, at: lodging.predicate.time } : null;

/** The evidence as recorded, not verified. */
export type Evidence = ReturnType<typeof evidenceOf>;

/** @param reader has read the transcript */
export function evidenceOf(folder: string, reader: CurveReader) {
  const unreadable: Unreadable = [];
  const genesis = statementOf(folder, GENESIS, 'genesis', unreadable);
  const seal = statementOf(folder, SEAL, 'seal', unreadable);
  const lodging = statementOf(folder, LODGING, 'lodging', unreadable);
  const sealLodging = statementOf(folder, SEAL_LODGING, 'lodging', unreadable);
  const sessions = sessionsOf(folder, unreadable);
  if (reader.damaged !== undefined) {
    const [file, ...why] = reader.damaged.split(', ');
    unreadable.push({ file: file!, why: why.join(', ') });
  }
  const kept = new Set(genesis?.predicate.commitment.kept);
  const steps = reader.rootSteps();
  const half = MAX_CHECKPOINTS / 2;
  const shown = steps.length <= MAX_CHECKPOINTS ? [...steps] : [...steps.slice(0, half), ...steps.slice(-half)];
  return {
    state: 'recorded' as const,
    genesis: genesis
      ? {
          digest: genesis.digest,
          signer: genesis.keyid,
          madeAt: genesis.predicate.circumstances.time,
          stateRoot: genesis.predicate.commitment.stateRoot,
          steps: genesis.predicate.commitment.steps,
          lodged: lodgedBy(lodging, ({ digest }) => digest === genesis.predicate.commitment.lodging),
        }
      : null,
    /** Number of records in the transcript, and its last link. */
    records: reader.steps,
    head: reader.head,
    /** `to` is null if the session's end was not recorded. */
    sessions: sessions.flatMap(({ from, to, start, machines }) =>
      from === null ? [] : [{ from, to, started: short(start), device: short(machines[0] ?? null) }],
    ),
    /** States in the records, of many only the first and the last; and their number. */
    checkpoints: shown.map((step) => ({
      step,
      root: reader.rootOf(step)!,
      kept: kept.has(step),
      there: existsSync(join(folder, CHECKPOINTS, checkpointName(step))),
    })),
    checkpointCount: steps.length,
    seal: seal
      ? {
          digest: seal.digest,
          signer: seal.keyid,
          sealedAt: seal.predicate.time,
          stateRoot: seal.subjects.get('state') ?? null,
          head: seal.predicate.head,
          lodged: lodgedBy(sealLodging, ({ subjects }) => subjects.get(SEAL) === seal.digest),
        }
      : null,
    unreadable,
  };
}
