// The chain of a run as its folder has it, for a picture: what was signed, recorded and sealed. Verifies nothing against anything
// else: that is the audit's work, and it takes time.

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

/** Largest statement that is read here: a larger one would keep everybody waiting. Ours have some thousands of bytes. */
const MAX_STATEMENT = 1 << 20;
const MAX_SESSIONS_FILE = 1 << 20;
const MAX_SESSIONS = 1000;
const MAX_TEXT = 200;
const MAX_CHECKPOINTS = 1000;

/** What could not be read, and why. */
export type Unreadable = { file: string; why: string }[];

/** What `read` gives; undefined where the file cannot be read, which is then noted in `unreadable`. */
export function readOrNote<T>(file: string, unreadable: Unreadable, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    unreadable.push({ file, why: error.message });
    return undefined;
  }
}

/** A statement of a run's folder; undefined where it is not there, or cannot be read. */
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

/** Sessions as sessions.jsonl has them, the latest ones where there are very many. */
export function sessionsOf(folder: string, unreadable: Unreadable = []): Session[] {
  const path = join(folder, SESSIONS);
  if (!existsSync(path)) return [];
  const read = () => parseSessions(readSmallFile(path, MAX_SESSIONS_FILE)).slice(-MAX_SESSIONS);
  return readOrNote(SESSIONS, unreadable, read) ?? [];
}

const short = (text: string | null): string | null => text?.slice(0, MAX_TEXT) ?? null;

/** `isOwn`: it is an answer to this run; another one that lies here says nothing of it. */
const lodgedBy = (
  lodging: Statement<'lodging'> | undefined,
  isOwn: (lodging: Statement<'lodging'>) => boolean,
): { office: string; at: string } | null =>
  lodging && isOwn(lodging) ? { office: lodging.keyid, at: lodging.predicate.time } : null;

/** The chain as the run's folder has it: recorded, not verified. */
export type Evidence = ReturnType<typeof evidenceOf>;

/** `reader` has read the transcript. */
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
    /** Records in the transcript, and its last link. */
    records: reader.steps,
    head: reader.head,
    /** `to` is null where the session's end was not written. */
    sessions: sessions.flatMap(({ from, to, start, machines }) =>
      from === null ? [] : [{ from, to, started: short(start), device: short(machines[0] ?? null) }],
    ),
    /** States that records name, and how many there are in all; of very many the first and the last are shown. */
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
