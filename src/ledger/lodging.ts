// An office's counter-signature on a run's request, on a head during the training, or on its seal: the office's time, and a nonce that
// nobody could know before. A file to lodge is untrusted until `readLodgeable` returns it. Keeps no list: register.ts does.

import { randomBytes } from 'node:crypto';
import { JikjiError } from '../base/index.ts';
import { digestOfJson, sha256Hex } from './digest.ts';
import type { Signer } from './keys.ts';
import {
  type Commitment,
  digestOfCommitment,
  kindOf,
  madeFrom,
  parseStatement,
  type Subject,
  signStatement,
} from './statement.ts';

export const LODGEABLE = ['request', 'head', 'seal'] as const;
export type LodgeableKind = (typeof LODGEABLE)[number];

/** What the answer to each is called in a run's folder; those to heads stay in the register. */
export const ANSWER_FILES = { request: 'lodging.json', seal: 'seal-lodging.json' } as const;

/** A verified statement that can be lodged. */
export interface Lodgeable {
  kind: LodgeableKind;
  /** SHA-256 of its file. */
  lodged: string;
  /** Fingerprint of the maker's key, which signed it. */
  maker: string;
  /** What answers are counted by: `requestKey` for a request, `runKey` for a head or a seal. */
  subject: string;
  /** Link of the transcript, and its step: of a head or a seal. */
  head: string | null;
  step: number | null;
}

/** What a request is for: its maker and all that the run is made from. One that is signed anew is for the same. */
const requestKey = (maker: string, subjects: Iterable<Subject>): string =>
  digestOfJson({ maker, subjects: Object.fromEntries([...subjects].map(([name, digest]) => [name, digest])) });

/** The request key of the run that a commitment begins. */
export const requestKeyOf = (maker: string, commitment: Commitment): string => requestKey(maker, madeFrom(commitment));

/** What a run's heads and seal are lodged under: its request's lodging, else its commitment, by digest. */
export const runKey = (commitment: Commitment): string => commitment.lodging ?? digestOfCommitment(commitment);

const broken = (input: string, message: string, hint: string): JikjiError =>
  new JikjiError('not-lodgeable', message, input, hint);

/**
 * Reads a statement that is to be lodged. A seal needs the text of its genesis, which identifies the run, so that a second seal of one
 * run is recognised. `name` is for messages.
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
  if (kind === 'seal') {
    const { digest, keyid, predicate } = parseStatement(text, kind, name);
    if (genesis === undefined) {
      throw new JikjiError(
        'genesis-missing',
        'the run that this seals is unknown without its genesis',
        name,
        "bring the run's genesis.json, beside the seal",
      );
    }
    const begun = parseStatement(genesis, 'genesis', 'genesis.json');
    if (begun.digest !== predicate.genesis || begun.keyid !== keyid)
      throw broken(name, 'seals another genesis', "bring the run's own genesis.json, beside the seal");
    const { head, steps: step } = predicate;
    return { kind, lodged: digest, maker: keyid, subject: runKey(begun.predicate.commitment), head, step };
  }
  throw broken(name, 'is neither a request nor a seal', "give a run's request.json or seal.json");
}

/** The name of what was lodged, among the subjects of the answer. */
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

/** The maker's word on how far a run is, to be lodged: the text of a statement `head`. */
export function signHead(of: { run: string; step: number; head: string }, signer: Signer): string {
  const { run, step, head } = of;
  const makerKey = signer.publicKey.toString('base64');
  const predicate = { formatVersion: 1 as const, makerKey, run, step, time: new Date().toISOString() };
  return signStatement('head', [['head', head]], predicate, signer);
}

/** Digest of an answer's file. */
export const digestOfAnswer = (lodging: string): string => sha256Hex(lodging);
