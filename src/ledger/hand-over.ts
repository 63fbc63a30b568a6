// A run that goes on under another key: the hand-over that its maker signs, the countersignature of the next key, and the chain that they
// form from genesis to seal. docs/proof.md, "Hand-overs". Knows no folder and no transcript.

import { fingerprintOf, type Signer } from './keys.ts';
import { runKey } from './lodging.ts';
import { type Commitment, type Statement, signStatement } from './statement.ts';

export interface HandOver {
  statement: Statement<'hand-over'>;
  /** Undefined as long as the next key has not countersigned. */
  taken: Statement<'take-over'> | undefined;
}

type Genesis = Pick<Statement<'genesis'>, 'digest' | 'keyid' | 'predicate'>;

/** The subject of a countersignature. */
const HAND_OVER = 'hand-over';
const STATE = 'state';

/** Why a hand-over is not the next link of a chain. */
export type HandOverFault =
  | 'otherRun'
  | 'otherMaker'
  | 'otherPlace'
  | 'otherStep'
  | 'sameKey'
  | 'otherSubjects'
  | 'otherNext'
  | 'takesOther';

/** The key with which a run goes on: a hand-over binds its signer at once, and the next key when it has countersigned. */
export function holderOf(genesis: Pick<Genesis, 'keyid'>, chain: readonly HandOver[]): string | undefined {
  const last = chain.at(-1);
  return last ? last.taken?.keyid : genesis.keyid;
}

/** Fingerprints of all keys that made a run, the first one first, each once. */
export const makersBy = (genesis: Pick<Genesis, 'keyid'>, chain: readonly HandOver[]): string[] => [
  ...new Set([genesis.keyid, ...chain.flatMap(({ taken }) => taken?.keyid ?? [])]),
];

const isOnly = ({ subjects }: Statement<'hand-over' | 'take-over'>, name: string): boolean =>
  subjects.size === 1 && subjects.has(name);

/** What is wrong with a hand-over after those in `chain`, whose last one is countersigned; undefined where it is the next link. */
export function handOverFault(
  genesis: Genesis,
  chain: readonly HandOver[],
  { statement, taken }: HandOver,
): HandOverFault | undefined {
  const { commitment } = genesis.predicate;
  const { predicate, keyid } = statement;
  const before = chain.at(-1);
  if (predicate.genesis !== genesis.digest || predicate.run !== runKey(commitment)) return 'otherRun';
  if (keyid !== holderOf(genesis, chain)) return 'otherMaker';
  if (predicate.after !== (before?.statement.digest ?? null)) return 'otherPlace';
  if (predicate.step < (before?.statement.predicate.step ?? 0) || predicate.step >= commitment.steps)
    return 'otherStep';
  const next = fingerprintOf(Buffer.from(predicate.nextKey, 'base64'));
  if (next === keyid) return 'sameKey';
  if (!isOnly(statement, STATE)) return 'otherSubjects';
  if (!taken) return undefined;
  if (taken.keyid !== next) return 'otherNext';
  if (!isOnly(taken, HAND_OVER) || taken.subjects.get(HAND_OVER) !== statement.digest) return 'takesOther';
  return undefined;
}

/** Where a run stands when it is handed over. */
export interface HandedState {
  step: number;
  /** Link of the transcript at `step`. */
  head: string;
  stateRoot: string;
}

/** The text of the next hand-over of a run. `nextKey`: SPKI of the key that goes on. */
export function signHandOver(
  genesis: { digest: string; commitment: Commitment },
  chain: readonly HandOver[],
  { step, head, stateRoot }: HandedState,
  nextKey: Buffer,
  signer: Signer,
): string {
  const predicate = {
    formatVersion: 1 as const,
    makerKey: signer.publicKey.toString('base64'),
    genesis: genesis.digest,
    run: runKey(genesis.commitment),
    step,
    head,
    after: chain.at(-1)?.statement.digest ?? null,
    nextKey: nextKey.toString('base64'),
    time: new Date().toISOString(),
  };
  return signStatement('hand-over', [[STATE, stateRoot]], predicate, signer);
}

/** The text of the countersignature. `handOver`: digest of the hand-over. */
export function signTakeOver(handOver: string, signer: Signer): string {
  const makerKey = signer.publicKey.toString('base64');
  const predicate = { formatVersion: 1 as const, makerKey, time: new Date().toISOString() };
  return signStatement('take-over', [[HAND_OVER, handOver]], predicate, signer);
}
