// Statements: in-toto in DSSE, signed, in one canonical form. docs/proof.md has the members of each kind. A file from outside is untrusted
// until `readStatement` returns it.

import { readFileSync, statSync } from 'node:fs';
import { type ErrorCode, JikjiError, parseJson, type Sentence, systemCode } from '../base/index.ts';
import { auditPredicate, witnessAuditPredicate } from './audit-shape.ts';
import { canonicalJson, type Json } from './canonical.ts';
import { digestOfJson, sha256Hex } from './digest.ts';
import { publicKeyFrom, verifyBytes } from './ecdsa.ts';
import { fingerprintOf, type Signer } from './keys.ts';
import { lineagePredicate } from './lineage-shape.ts';
import { receiptPredicate } from './receipt-shape.ts';
import { type Part, STATEMENT } from './sentences.ts';
import {
  base64,
  byMember,
  type Check,
  digest,
  either,
  exactly,
  finite,
  hex16,
  line,
  listOf,
  nullOr,
  object,
  oneOf,
  ShapeError,
  time,
  whole,
} from './shape.ts';
import { witnessGenesisPredicate, witnessSealPredicate } from './witness-shape.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** Statements are small; their longest part are lists of checkpoints. */
const MAX_BYTES = 32 << 20;
const MAX_STEPS = 1e9;
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

const formatVersion = exactly(1);
/** Statements of a run's maker; version 3 is of a run with a parent. Version 1 had no sizes. */
const makersVersion = oneOf(2, 3);
/** Kinds whose version 1 is not read. */
const NO_VERSION_1: readonly string[] = ['request', 'genesis', 'seal'];
const key = base64;
const steps = whole(1, MAX_STEPS);

/** What the weights of S_0 come from: a sealed run, or the files of a model. `weights`: digest of them as binary32 (start/model.safetensors). */
const parent = byMember(
  'seal',
  object({ seal: digest, weights: digest }),
  object({ files: listOf(object({ name: line, sha256: digest }), 10_000), weights: digest }),
);

const committed = {
  arithmeticVersion: whole(1, 1000),
  recipe: digest,
  corpusManifest: digest,
  corpusRoot: digest,
  tokensManifest: digest,
  tokensRoot: digest,
  tokenizer: digest,
  seed: hex16,
  stateRoot: digest,
  steps,
  checkpoints: listOf(steps, 1_000_000),
  kept: listOf(steps, 1_000_000),
  makerKey: key,
  lodging: nullOr(digest),
};

/** A run that begins with drawn weights has no parent; one that learns from pairs has references. */
const commitment = byMember(
  'parent',
  byMember('references', object({ ...committed, parent, references: digest }), object({ ...committed, parent })),
  object(committed),
);

const circumstances = object({
  time,
  device: line,
  threads: whole(1, 100_000),
  node: line,
  v8: line,
  version: line,
  code: digest,
});

const sealed = {
  formatVersion: makersVersion,
  makerKey: key,
  genesis: digest,
  head: digest,
  steps,
  tokens: whole(1, Number.MAX_SAFE_INTEGER),
  valBitsPerByte: nullOr(finite),
  time,
};

const usedTokens = whole(1, Number.MAX_SAFE_INTEGER);

/** Hand-overs of a run at most. */
export const MAX_HAND_OVERS = 999;

/** Version 4: of a run that was handed over. It has the digests of all countersignatures, in order. */
const sealedElsewhere = {
  ...sealed,
  formatVersion: exactly(4),
  handOvers: listOf(digest, MAX_HAND_OVERS, 1),
};

/** Of a run with conversations also how many of its `tokens` are used; older seals do not say it. */
const seal = byMember(
  'handOvers',
  byMember('usedTokens', object({ ...sealedElsewhere, usedTokens }), object(sealedElsewhere)),
  byMember('usedTokens', object({ ...sealed, usedTokens }), object(sealed)),
);

interface Kind<Predicate> {
  predicate: Check<Predicate>;
  /** The key that must have signed it, base64: the predicate names it. */
  signer(predicate: Predicate): string;
}

const kind = <T>(predicate: Check<T>, signer: (predicate: T) => string): Kind<T> => ({ predicate, signer });

/** What an office signs in a programme; the subjects are the digests of the signed things. */
const ofOffice = kind(
  object({
    formatVersion,
    officeKey: key,
    programme: line,
    stage: nullOr(line),
    /** Number of the last log entry at the time of signing. */
    seq: whole(0, Number.MAX_SAFE_INTEGER),
    time,
  }),
  (p) => p.officeKey,
);

const kinds = {
  request: kind(object({ formatVersion: makersVersion, makerKey: key, time }), (p) => p.makerKey),
  lodging: kind(object({ formatVersion, officeKey: key, nonce: digest, time }), (p) => p.officeKey),
  /** The word of whoever holds a model: the digest of its weight files (subject `model`), and of a sketch of it (subject `sketch`). */
  model: kind(
    object({ formatVersion, holderKey: key, digestFrom: oneOf('files', 'given'), version: line, time }),
    (p) => p.holderKey,
  ),
  /** The maker's word on how far a run is: the subject `head` is the transcript's link at `step`. */
  head: kind(object({ formatVersion, makerKey: key, run: digest, step: steps, time }), (p) => p.makerKey),
  genesis: kind(object({ formatVersion: makersVersion, commitment, circumstances }), (p) => p.commitment.makerKey),
  /** The maker's word that another key goes on with the run from `step`; the subject `state` is the root of the state there. */
  'hand-over': kind(
    object({
      formatVersion,
      makerKey: key,
      genesis: digest,
      /** What the run is lodged as. */
      run: digest,
      step: whole(0, MAX_STEPS),
      /** The transcript's link at `step`. */
      head: digest,
      /** Digest of the hand-over before it; null for the first one of a run. */
      after: nullOr(digest),
      nextKey: key,
      time,
    }),
    (p) => p.makerKey,
  ),
  /** The countersignature of the next key; the subject is the hand-over. */
  'take-over': kind(object({ formatVersion, makerKey: key, time }), (p) => p.makerKey),
  seal: kind(seal, (p) => p.makerKey),
  evaluation: kind(
    object({
      formatVersion,
      evaluatorKey: key,
      model: digest,
      task: digest,
      name: line,
      /** Figures of the whole task (`part` null) or of a part of it. Null if undefined: one item has no standard error. */
      results: listOf(
        object({
          part: nullOr(line),
          metric: line,
          value: nullOr(finite),
          stderr: nullOr(finite),
          n: whole(1, MAX_STEPS),
        }),
        100_000,
      ),
      /** Items scored, and items in the task. */
      n: whole(1, MAX_STEPS),
      of: whole(1, MAX_STEPS),
      fewshot: whole(0, 1000),
      arithmeticVersion: whole(1, 1000),
      version: line,
      time,
    }),
    (p) => p.evaluatorKey,
  ),
  'rule-book': ofOffice,
  log: ofOffice,
  decision: ofOffice,
  /** Device-hours that the office metered. */
  usage: ofOffice,
  audit: kind(auditPredicate, (p) => p.auditorKey),
  /** A panel's word on a part of a model. */
  finding: kind(object({ formatVersion, panelKey: key, programme: line, stage: line, time }), (p) => p.panelKey),
  /** Which parts of a model share weights with references, as one who compared them says. */
  lineage: kind(lineagePredicate, (p) => p.comparerKey),
  /** Of a run that another program trained. docs/witness.md */
  'witness-genesis': kind(witnessGenesisPredicate, (p) => p.commitment.makerKey),
  'witness-seal': kind(witnessSealPredicate, (p) => p.makerKey),
  'witness-audit': kind(witnessAuditPredicate, (p) => p.auditorKey),
  /** A server's word on the answers to one request. */
  receipt: kind(receiptPredicate, (p) => p.serverKey),
};

type Kinds = typeof kinds;
export type StatementKind = keyof Kinds;
export type Predicate<K extends StatementKind> = ReturnType<Kinds[K]['predicate']>;
export type Commitment = Predicate<'genesis'>['commitment'];
export type Parent = ReturnType<typeof parent>;
export type WitnessCommitment = Predicate<'witness-genesis'>['commitment'];

/** Digest of a commitment: link_0 of the run's transcript. */
export const digestOfCommitment = (commitment: Commitment | WitnessCommitment): string =>
  digestOfJson(commitment as unknown as Json);

/** The seal of a parent, or one digest of its files. */
export const digestOfParent = (
  parent: { seal: string } | { files: readonly { name: string; sha256: string }[] },
): string => ('seal' in parent ? parent.seal : digestOfJson([...parent.files]));

/** The parent of a run; undefined where it begins with drawn weights. */
export const parentOf = (commitment: object): Parent | undefined =>
  'parent' in commitment ? (commitment.parent as Parent) : undefined;

/** The digest of the references of a run that learns from pairs. */
export const referencesOf = (commitment: object): string | undefined =>
  'references' in commitment ? (commitment.references as string) : undefined;

/** The countersignatures that a seal names; none where the run has one maker. */
export const handOversOf = (seal: object): readonly string[] =>
  'handOvers' in seal ? (seal.handOvers as string[]) : [];

/** How many of its `tokens` a run with conversations uses, as its seal says. */
export const usedTokensOf = (seal: object): number | undefined =>
  'usedTokens' in seal ? (seal.usedTokens as number) : undefined;

type MadeFrom = Pick<
  Commitment,
  'recipe' | 'corpusManifest' | 'corpusRoot' | 'tokensManifest' | 'tokensRoot' | 'tokenizer'
> & { parent?: Parent };

const FILES = {
  'corpus/manifest.json': 'corpus/manifest.json',
  'corpus/tokens.json': 'corpus/tokens.json',
  tokenizer: 'tokenizer/tokenizer.json',
} as const;
/** The weights that a run with a parent begins with, by subject and file. */
export const START = 'start/model.safetensors';

/** Of a run that learns from pairs: the nats of each conversation by the weights of step 0. docs/proof.md */
export const REFERENCES = 'start/references.bin';

/** Files that a run is made from, by their subjects in statements. */
export const madeFromFiles = (commitment: object): Readonly<Record<string, string>> =>
  parentOf(commitment) ? { ...FILES, [START]: START } : FILES;

/**
 * What a run is made from, by digest: the subjects of its request and, together with S_0, of its genesis. `sizes` has the sizes of
 * `madeFromFiles` in bytes; without it the subjects have none.
 */
export function madeFrom(commitment: MadeFrom, sizes?: ReadonlyMap<string, number>): Subject[] {
  const parent = parentOf(commitment);
  const list: [string, string][] = [
    ['recipe', commitment.recipe],
    ['corpus/manifest.json', commitment.corpusManifest],
    ['corpus', commitment.corpusRoot],
    ['corpus/tokens.json', commitment.tokensManifest],
    ['tokens', commitment.tokensRoot],
    ['tokenizer', commitment.tokenizer],
  ];
  if (parent) list.push(['parent', digestOfParent(parent)], [START, parent.weights]);
  return list.map(([name, digest]) => [name, digest, sizes?.get(name)]);
}

/** The files that a genesis names, by subject. */
export const genesisFiles = (commitment: Commitment): Readonly<Record<string, string>> => ({
  ...madeFromFiles(commitment),
  ...(referencesOf(commitment) !== undefined && { [REFERENCES]: REFERENCES }),
});

/** The subjects of a genesis: what the run is made from, S_0, and what S_0 makes of pairs. `sizes` are of `genesisFiles`. */
export function genesisSubjects(commitment: Commitment, sizes?: ReadonlyMap<string, number>): Subject[] {
  const references = referencesOf(commitment);
  return [
    ...madeFrom(commitment, sizes),
    ['state-0', commitment.stateRoot],
    ...(references === undefined ? [] : [[REFERENCES, references, sizes?.get(REFERENCES)] as const]),
  ];
}

export interface Statement<K extends StatementKind> {
  kind: K;
  /** Digests by name. */
  subjects: ReadonlyMap<string, string>;
  /** Sizes in bytes of the subjects that are files, if the statement has them. */
  sizes: ReadonlyMap<string, number>;
  predicate: Predicate<K>;
  /** Fingerprint of the key that signed it. */
  keyid: string;
  /** SHA-256 of the file. */
  digest: string;
}

/** The bytes that a DSSE signature signs: the pre-authentication encoding. */
export function preAuthentication(payload: Buffer, type = PAYLOAD_TYPE): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

const versionOf = (predicate: unknown): number => (predicate as { formatVersion: number }).formatVersion;

/** A subject of a statement; files have a `size` in bytes. */
export type Subject = readonly [name: string, sha256: string, size?: number | undefined];

/** The text of a statement's file. `subjects` in the order given. */
export function signStatement<K extends StatementKind>(
  kind: K,
  subjects: readonly Subject[],
  predicate: Predicate<K>,
  signer: Signer,
): string {
  const payload = Buffer.from(
    canonicalJson({
      _type: STATEMENT_TYPE,
      subject: subjects.map(([name, sha256, size]) => ({
        name,
        digest: { sha256 },
        ...(size === undefined ? {} : { annotations: { size } }),
      })),
      predicateType: `urn:jikji:${kind}:${versionOf(predicate)}`,
      predicate: predicate as unknown as Json,
    }),
  );
  const envelope = {
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: signer.fingerprint, sig: signer.sign(preAuthentication(payload)).toString('base64') }],
  };
  return `${canonicalJson(envelope)}\n`;
}

const envelopeShape = object({
  payload: base64,
  payloadType: exactly(PAYLOAD_TYPE),
  signatures: listOf(object({ keyid: digest, sig: base64 }), 1),
});

const statementShape = object({
  _type: exactly(STATEMENT_TYPE),
  subject: listOf(
    either(
      object({ name: line, digest: object({ sha256: digest }) }),
      object({ name: line, digest: object({ sha256: digest }), annotations: object({ size: whole(0, MAX_SIZE) }) }),
    ),
    100_000,
  ),
  predicateType: line,
  predicate: (value: unknown) => value,
});

/** Parses JSON that must be in its canonical form. */
function canonical(text: string, part: Part): unknown {
  let value: Json;
  try {
    value = parseJson(text) as Json;
  } catch {
    throw new ShapeError(STATEMENT.notJson(part));
  }
  let again: string;
  try {
    again = canonicalJson(value);
  } catch {
    throw new ShapeError(STATEMENT.noForm(part)); // lone surrogates, or nested too deep
  }
  if (again !== text) throw new ShapeError(STATEMENT.notCanonical(part));
  return value;
}

/**
 * Reads a statement and verifies its form, its members and its signature.
 * @throws JikjiError `statement-missing`, `statement-broken` (with what is wrong)
 */
export function readStatement<K extends StatementKind>(path: string, kind: K): Statement<K> {
  return parseStatement(readStatementText(path), kind, path);
}

/** The kind that a statement's text states, unverified; undefined for other texts. */
export function kindOf(text: string): StatementKind | undefined {
  try {
    const payload = Buffer.from((parseJson(text) as { payload: string }).payload, 'base64').toString();
    const kind = /^urn:jikji:([a-z-]+):\d+$/.exec((parseJson(payload) as { predicateType: string }).predicateType)?.[1];
    return kind && Object.hasOwn(kinds, kind) ? (kind as StatementKind) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The text of a statement's file, unverified.
 * @throws JikjiError `statement-missing`, `statement-broken` (far too large, not UTF-8)
 */
export function readStatementText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw statementBroken(path, STATEMENT.tooLarge(size));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    if (cause instanceof JikjiError) throw cause;
    if (systemCode(cause) === undefined) throw statementBroken(path, STATEMENT.notUtf8, cause);
    throw errorOf('statement-missing', path, STATEMENT.unreadable, cause);
  }
}

/** The error for a statement whose content is wrong. */
export const statementBroken = (path: string, what: Sentence, cause?: unknown): JikjiError =>
  errorOf('statement-broken', path, what, cause);

function errorOf(code: ErrorCode, path: string, { en, ko }: Sentence, cause: unknown): JikjiError {
  const { getAgain } = STATEMENT;
  const korean = ko === undefined ? undefined : { message: ko, hint: getAgain.ko };
  return new JikjiError(code, en, path, getAgain.en, { cause, ko: korean });
}

/** Like `readStatement`, for the text of a file; `path` is for messages. @throws JikjiError `statement-broken` */
export function parseStatement<K extends StatementKind>(text: string, kind: K, path: string): Statement<K> {
  try {
    if (!text.endsWith('\n')) throw new ShapeError(STATEMENT.noNewline);
    const envelope = envelopeShape(canonical(text.slice(0, -1), 'envelope'), 'the envelope');
    const payload = Buffer.from(envelope.payload, 'base64');
    const words = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
    const statement = statementShape(canonical(words, 'payload'), 'the statement');
    if (![1, 2, 3, 4].some((version) => statement.predicateType === `urn:jikji:${kind}:${version}`)) {
      throw new ShapeError(STATEMENT.otherKind(statement.predicateType, kind));
    }
    if (statement.predicateType.endsWith(':1') && NO_VERSION_1.includes(kind)) {
      throw new ShapeError(STATEMENT.version1(kind));
    }
    const { predicate: check, signer } = kinds[kind] as unknown as Kind<Predicate<K>>;
    const predicate = check(statement.predicate, 'predicate');
    const version = versionOf(predicate);
    if (statement.predicateType !== `urn:jikji:${kind}:${version}`) {
      throw new ShapeError(STATEMENT.otherVersion(statement.predicateType, version));
    }
    const { commitment: committed } = predicate as Partial<Predicate<'genesis'>>;
    if (committed && (version === 3) !== 'parent' in committed) {
      throw new ShapeError(version === 3 ? STATEMENT.needsParent(version) : STATEMENT.needlessParent(version));
    }
    if (version === 1 && !kind.startsWith('witness-') && statement.subject.some((s) => 'annotations' in s)) {
      throw new ShapeError(STATEMENT.needlessSizes);
    }
    const subjects = new Map(statement.subject.map((s) => [s.name, s.digest.sha256]));
    const sizes = new Map(
      statement.subject.flatMap((s): [string, number][] => ('annotations' in s ? [[s.name, s.annotations.size]] : [])),
    );
    if (subjects.size !== statement.subject.length) throw new ShapeError(STATEMENT.sameNames);
    const spki = Buffer.from(signer(predicate), 'base64');
    const publicKey = publicKeyFrom(spki);
    if (!publicKey) throw new ShapeError(STATEMENT.notKey);
    const signature = envelope.signatures[0];
    const fingerprint = fingerprintOf(spki);
    if (signature?.keyid !== fingerprint) throw new ShapeError(STATEMENT.otherKey);
    if (!verifyBytes(publicKey, preAuthentication(payload), Buffer.from(signature.sig, 'base64'))) {
      throw new ShapeError(STATEMENT.badSignature);
    }
    return { kind, subjects, sizes, predicate, keyid: fingerprint, digest: sha256Hex(text) };
  } catch (error) {
    if (error instanceof ShapeError) throw statementBroken(path, error.sentence, error);
    if (error instanceof TypeError) throw statementBroken(path, STATEMENT.notUtf8, error);
    throw error;
  }
}
