// The evidence in a run's folder, for display: what was signed, recorded and sealed. Does not verify that the parts agree: the audit does,
// and it takes time.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../audit/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { type Commitment, parseStatement, type Statement, type StatementKind } from '../../ledger/index.ts';
import {
  CHECKPOINTS,
  type CurveReader,
  checkpointName,
  GENESIS,
  HAND_OVERS,
  LODGING,
  parseSessions,
  readHolder,
  SEAL,
  SEAL_LODGING,
  SESSIONS,
  type Session,
} from '../../run-folder/index.ts';
import { readOrNote, type Unreadable } from './read-or-note.ts';
import { isPlain, witnessShown } from './witness.ts';

/** Bytes of the largest statement that is read: a larger one would block other requests. Ours have a few thousand. */
const MAX_STATEMENT = 1 << 20;
const MAX_SESSIONS_FILE = 1 << 20;
const MAX_SESSIONS = 1000;
const MAX_TEXT = 200;
const MAX_CHECKPOINTS = 1000;

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

interface Begun {
  digest: string;
  keyid: string;
  madeAt: string;
  commitment: Pick<Commitment, 'kept' | 'lodging' | 'stateRoot' | 'steps'>;
}

/** The genesis and the seal of a run, ours or another program's. */
function readEnds(folder: string, witnessed: boolean, unreadable: Unreadable) {
  if (!witnessed) {
    const own = statementOf(folder, GENESIS, 'genesis', unreadable);
    const begun = own && { commitment: own.predicate.commitment, madeAt: own.predicate.circumstances.time };
    const seal = statementOf(folder, SEAL, 'seal', unreadable);
    return { genesis: own && ({ ...own, ...begun } as Begun), seal, witness: undefined };
  }
  const witness = statementOf(folder, GENESIS, 'witness-genesis', unreadable);
  const begun = witness && { commitment: witness.predicate.commitment, madeAt: witness.predicate.time };
  const seal = statementOf(folder, SEAL, 'witness-seal', unreadable);
  return { genesis: witness && ({ ...witness, ...begun } as Begun), seal, witness };
}

function movesOf(folder: string, unreadable: Unreadable) {
  if (!existsSync(join(folder, HAND_OVERS))) return [];
  const chain = readOrNote(HAND_OVERS, unreadable, () => readHolder(folder).chain) ?? [];
  return chain.map(({ statement, taken }) => ({
    step: statement.predicate.step,
    from: statement.keyid,
    to: taken?.keyid ?? null,
    time: (taken ?? statement).predicate.time,
  }));
}

/** @param reader has read the transcript @param witnessed whether another program trained it */
export function evidenceOf(folder: string, reader: CurveReader, witnessed: boolean) {
  const unreadable: Unreadable = [];
  const { genesis, seal, witness } = readEnds(folder, witnessed, unreadable);
  const lodging = statementOf(folder, LODGING, 'lodging', unreadable);
  const sealLodging = statementOf(folder, SEAL_LODGING, 'lodging', unreadable);
  const sessions = witnessed ? [] : sessionsOf(folder, unreadable);
  if (reader.damaged !== undefined) {
    const [file, ...why] = reader.damaged.split(', ');
    unreadable.push({ file: file!, why: why.join(', ') });
  }
  const kept = new Set(genesis?.commitment.kept);
  const steps = reader.rootSteps();
  const half = MAX_CHECKPOINTS / 2;
  const shown = steps.length <= MAX_CHECKPOINTS ? [...steps] : [...steps.slice(0, half), ...steps.slice(-half)];
  return {
    state: 'recorded' as const,
    genesis: genesis
      ? {
          digest: genesis.digest,
          signer: genesis.keyid,
          madeAt: genesis.madeAt,
          stateRoot: genesis.commitment.stateRoot,
          steps: genesis.commitment.steps,
          lodged: lodgedBy(lodging, ({ digest }) => digest === genesis.commitment.lodging),
        }
      : null,
    /** Hand-overs to other keys, as the statements say it; `to` is null as long as the next key has not countersigned. */
    moves: witnessed ? [] : movesOf(folder, unreadable),
    /** Number of records in the transcript, and its last link. */
    records: reader.steps,
    head: reader.head,
    /** `to` is null if the session's end was not recorded. */
    sessions: sessions.flatMap(({ from, to, start, machines }) =>
      from === null ? [] : [{ from, to, started: short(start), device: short(machines[0] ?? null) }],
    ),
    /** States in the records, of many only the first and the last; and their number. */
    checkpoints: shown.map((step) => {
      const there = witnessed
        ? isPlain(folder, `${stateFolder(step)}/state.json`)
        : existsSync(join(folder, CHECKPOINTS, checkpointName(step)));
      // Another program keeps all states that it recorded.
      return { step, root: reader.rootOf(step)!, kept: witnessed ? there : kept.has(step), there };
    }),
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
    /** What another program's run states beside; null for a run of our own trainer. */
    witness: witnessed ? witnessShown(folder, witness, reader, unreadable) : null,
    unreadable,
  };
}
