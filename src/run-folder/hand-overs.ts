// The hand-overs in a run folder: numbered pairs of a hand-over and its countersignature, read and held against genesis.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../base/index.ts';
import {
  type HandOver,
  type HandOverFault,
  handOverFault,
  handOversOf,
  holderOf,
  MAX_HAND_OVERS,
  readStatement,
  type Statement,
} from '../ledger/index.ts';
import { GENESIS, handOverFile, takeOverFile } from './paths.ts';

const FAULTS: Record<HandOverFault, string> = {
  otherRun: 'is a hand-over of another run',
  otherMaker: 'is signed by another key than the one that holds the run',
  otherPlace: 'does not follow the hand-over before it',
  otherStep: 'is of a step that cannot be handed over after the one before it',
  sameKey: 'hands the run to the key that signs it',
  otherSubjects: 'names something else than a state',
  otherNext: 'is countersigned by another key than the one it names',
  takesOther: 'is countersigned by a statement on another hand-over',
};

/** The chain of keys of a run. */
export interface HeldRun {
  genesis: Statement<'genesis'>;
  chain: readonly HandOver[];
  /** Fingerprint of the key that goes on; undefined while a hand-over waits for its countersignature. */
  holder: string | undefined;
}

/**
 * Reads genesis and the hand-overs of a run that has begun.
 * @throws JikjiError `statement-missing`, `statement-broken`, `hand-over-broken`
 */
export function readHolder(folder: string): HeldRun {
  const genesis = readStatement(join(folder, GENESIS), 'genesis');
  const chain: HandOver[] = [];
  for (let number = 1; number <= MAX_HAND_OVERS; number++) {
    const path = join(folder, handOverFile(number));
    if (!existsSync(path)) break;
    const taken = join(folder, takeOverFile(number));
    const next = {
      statement: readStatement(path, 'hand-over'),
      taken: existsSync(taken) ? readStatement(taken, 'take-over') : undefined,
    };
    const fault = handOverFault(genesis, chain, next);
    if (fault !== undefined) throw handOverBroken(FAULTS[fault], path);
    chain.push(next);
    if (!next.taken) break;
  }
  return { genesis, chain, holder: holderOf(genesis, chain) };
}

/** Whether a run is gone on with under a key that is none of these: here its folder is the past. Never throws. */
export function isHandedOver(folder: string, keys: readonly string[]): boolean {
  if (!existsSync(join(folder, handOverFile(1)))) return false;
  try {
    const { holder } = readHolder(folder);
    return holder === undefined || !keys.includes(holder);
  } catch {
    return false;
  }
}

/** The files of the hand-overs that a seal names. @throws JikjiError `statement-missing`, `statement-broken`, `hand-over-broken` */
export function handOverFiles(folder: string, seal: Statement<'seal'>): string[] {
  if (handOversOf(seal.predicate).length === 0) return [];
  return readHolder(folder).chain.flatMap((_, i) => [handOverFile(i + 1), takeOverFile(i + 1)]);
}

export const handOverBroken = (what: string, path: string): JikjiError =>
  new JikjiError(
    'hand-over-broken',
    what,
    path,
    'get it again from the site that handed the run over: jikji sites move',
  );

/**
 * Checks that this key may go on with a run.
 * @throws JikjiError `run-handed-over`, `key-changed`, and those of `readHolder`
 */
export function requireHolder(folder: string, fingerprint: string): HeldRun {
  const held = readHolder(folder);
  const { genesis, chain, holder } = held;
  if (holder === fingerprint) return held;
  const last = chain.at(-1);
  const path = join(folder, last ? handOverFile(chain.length) : GENESIS);
  if (!last) throw new JikjiError('key-changed', 'this run began with another key', path, 'use that key: --key NAME');
  const { step } = last.statement.predicate;
  const isSigner = [genesis.keyid, ...chain.map(({ statement }) => statement.keyid)].includes(fingerprint);
  const to = holder === undefined ? 'a key that has not countersigned yet' : `the key ${holder}`;
  throw new JikjiError(
    'run-handed-over',
    `this run was handed over at step ${step} to ${to}${isSigner ? '' : ', which is not the key here'}`,
    path,
    holder === undefined
      ? 'finish the move: jikji sites move RUN --to SITE'
      : 'go on where that key is, or let the run come back from there: jikji sites move',
  );
}
