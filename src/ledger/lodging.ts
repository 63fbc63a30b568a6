// An office's counter-signature on a run's request, on a head during the training, on a hand-over, on its seal, or on a model: the office's time,
// and a nonce that nobody could know before. A file to lodge is untrusted until `readLodgeable` returns it. register.ts keeps the list of answers.

import { randomBytes } from 'node:crypto';
import { JikjiError, packageVersion } from '../base/index.ts';
import { digestOfJson, sha256Hex } from './digest.ts';
import { fingerprintOf, type Signer } from './keys.ts';
import {
  type Commitment,
  digestOfCommitment,
  handOversOf,
  kindOf,
  madeFrom,
  parseStatement,
  type Statement,
  type Subject,
  signStatement,
  type WitnessCommitment,
} from './statement.ts';

export type LodgeableKind = 'request' | 'head' | 'hand-over' | 'seal' | 'model';

/** File names of the answers in a run folder; answers to heads stay in the register. */
export const ANSWER_FILES = { request: 'lodging.json', seal: 'seal-lodging.json' } as const;

/** A verified statement that can be lodged. */
export interface Lodgeable {
  kind: LodgeableKind;
  /** SHA-256 of its file. */
  lodged: string;
  /** Fingerprint of the maker's key, which signed it. */
  maker: string;
  /** Answers are counted by this key: `requestKey` for a request, `runKey` for a head or a seal, the digest of its weights for a model. */
  subject: string;
  /** Link of the transcript and its step, for a head, a hand-over or a seal. */
  head: string | null;
  step: number | null;
  /** Of a hand-over: the fingerprint of the key that goes on, and the digest of the hand-over before it. */
  handed?: { next: string; after: string | null } | undefined;
}

/** Identifies the run of a request, by its maker and all that the run is made from: a request that is signed again has the same key. */
const requestKey = (maker: string, subjects: Iterable<Subject>): string =>
  digestOfJson({ maker, subjects: Object.fromEntries([...subjects].map(([name, digest]) => [name, digest])) });

/** The request key of the run that a commitment begins. */
export const requestKeyOf = (maker: string, commitment: Commitment): string => requestKey(maker, madeFrom(commitment));

/** The same of a witnessed run: what it is made from are four files. */
export const requestKeyOfWitness = (maker: string, { recipe, data, environment, code }: WitnessCommitment): string =>
  requestKey(maker, [
    ['recipe.json', recipe],
    ['data.json', data],
    ['environment.json', environment],
    ['code.json', code],
  ]);

/** The key under which a run's heads, hand-overs and seal are lodged: the digest of its request's lodging, or else of its commitment. */
export const runKey = (commitment: Commitment | WitnessCommitment): string =>
  commitment.lodging ?? digestOfCommitment(commitment);

/** The error for a file of another kind. */
export const notLodgeable = (file: string, cause?: unknown): JikjiError => {
  const hint = "give a run's request.json or seal.json, or what lineage sketch --sign wrote";
  const message = 'is no request, no hand-over, no seal and no statement about a model';
  return new JikjiError('not-lodgeable', message, file, hint, { cause });
};

const broken = (input: string, message: string, hint: string): JikjiError =>
  new JikjiError('not-lodgeable', message, input, hint);

/**
 * Reads a statement to lodge. A seal needs the text of its genesis, which identifies the run: so a second seal of a run is recognised.
 * `name` is for messages.
 * @throws JikjiError `not-lodgeable`, `genesis-missing`, `statement-broken`
 */
export function readLodgeable(text: string, genesis: string | undefined, name: string): Lodgeable {
  const kind = kindOf(text);
  if (kind === 'request') {
    const { digest, keyid, subjects } = parseStatement(text, kind, name);
    return { kind, lodged: digest, maker: keyid, subject: requestKey(keyid, subjects), head: null, step: null };
  }
  if (kind === 'head') {
    const { digest, keyid, subjects, predicate } = parseStatement(text, kind, name);
    const head = subjects.get('head');
    if (head === undefined || subjects.size !== 1)
      throw broken(name, 'names no head of a transcript', 'use the file that jikji make wrote');
    return { kind, lodged: digest, maker: keyid, subject: predicate.run, head, step: predicate.step };
  }
  if (kind === 'hand-over') {
    const { digest, keyid, predicate } = parseStatement(text, kind, name);
    const { run, head, step, after, nextKey } = predicate;
    const begun = genesisOf(genesis, name, 'genesis');
    const { commitment } = begun.predicate;
    // The first hand-over is that of whoever began the run; the register shows who may sign the others.
    const isFirst = after === null && begun.keyid !== keyid;
    if (begun.digest !== predicate.genesis || runKey(commitment) !== run || isFirst)
      throw broken(name, 'is a hand-over of another run', "put the run's own genesis.json beside it");
    const handed = { next: fingerprintOf(Buffer.from(nextKey, 'base64')), after };
    return { kind, lodged: digest, maker: keyid, subject: run, head, step, handed };
  }
  if (kind === 'seal' || kind === 'witness-seal') {
    const { digest, keyid, predicate } = parseStatement(text, kind, name);
    const begun = genesisOf(genesis, name, kind === 'seal' ? 'genesis' : 'witness-genesis');
    // Of a run that was handed over another key may have signed the seal: an audit follows the chain.
    if (begun.digest !== predicate.genesis || (begun.keyid !== keyid && handOversOf(predicate).length === 0))
      throw broken(name, 'seals another genesis', "put the run's own genesis.json beside the seal");
    const { head, steps: step } = predicate;
    return { kind: 'seal', lodged: digest, maker: keyid, subject: runKey(begun.predicate.commitment), head, step };
  }
  if (kind === 'model') {
    const { digest, keyid, subjects } = parseStatement(text, kind, name);
    const subject = subjects.get('model');
    if (subject === undefined) throw broken(name, 'names no model', 'use the file that lineage sketch --sign wrote');
    return { kind, lodged: digest, maker: keyid, subject, head: null, step: null };
  }
  throw notLodgeable(name);
}

/** The genesis beside a statement that names it by its digest. @throws JikjiError `genesis-missing`, `statement-broken` */
function genesisOf<K extends 'genesis' | 'witness-genesis'>(
  text: string | undefined,
  of: string,
  kind: K,
): Statement<K> {
  if (text !== undefined) return parseStatement(text, kind, 'genesis.json');
  const hint = "put the run's genesis.json beside it";
  throw new JikjiError('genesis-missing', 'without its genesis the run of this statement is unknown', of, hint);
}

/** The subject of the answer to this kind. */
export const subjectName = (kind: LodgeableKind): string => `${kind}.json`;

/** The office's answer: the text of a statement `lodging`. */
export function signLodging({ kind, lodged }: Lodgeable, signer: Signer, time: string): string {
  const predicate = {
    formatVersion: 1 as const,
    officeKey: signer.publicKey.toString('base64'),
    nonce: randomBytes(32).toString('hex'),
    time,
  };
  return signStatement('lodging', [[subjectName(kind), lodged]], predicate, signer);
}

/** The maker's statement of how far a run is, for the office to answer: the text of a statement `head`. */
export function signHead({ run, step, head }: { run: string; step: number; head: string }, signer: Signer): string {
  const makerKey = signer.publicKey.toString('base64');
  const predicate = { formatVersion: 1 as const, makerKey, run, step, time: new Date().toISOString() };
  return signStatement('head', [['head', head]], predicate, signer);
}

/** Digest of an answer's file. */
export const digestOfAnswer = (lodging: string): string => sha256Hex(lodging);

/** The word of whoever holds a model on what it is, for an office to date: the text of a statement `model`. */
export function signModel(
  { model, sketch, digestFrom }: { model: string; sketch: string; digestFrom: 'files' | 'given' },
  signer: Signer,
): string {
  const holderKey = signer.publicKey.toString('base64');
  const about = { formatVersion: 1 as const, holderKey, digestFrom, version: packageVersion() };
  const subjects = [['model', model] as const, ['sketch', sketch] as const];
  return signStatement('model', subjects, { ...about, time: new Date().toISOString() }, signer);
}
