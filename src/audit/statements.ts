// The signed part of structure: genesis, seal, lodgings; who signed, what they name, in which order. Knows no tensors.

import {
  lodgedSeed,
  MADE_FROM_FILES,
  madeFrom,
  readStatement,
  type Statement,
  type StatementKind,
  seedHex,
} from '../ledger/index.ts';
import { GENESIS, LODGING, REQUEST, SEAL, SEAL_LODGING } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';

/** What was signed, as far as it could be read. */
export interface Signed {
  genesis: Statement<'genesis'>;
  seal: Statement<'seal'> | undefined;
  lodging: Statement<'lodging'> | undefined;
  sealLodging: Statement<'lodging'> | undefined;
}

/** Fingerprints the auditor knows from elsewhere. */
export interface Expectations {
  maker?: string | undefined;
  office?: string | undefined;
}

/** Reads a statement that may be absent. */
function read<K extends StatementKind>(
  folder: RunFolder,
  file: string,
  kind: K,
  findings: Findings,
): Statement<K> | undefined {
  return findings.try(file, () => (folder.has(file) ? readStatement(folder.file(file), kind) : undefined));
}

/** Whether nothing at all stands there. */
function absent(folder: RunFolder, file: string): boolean {
  try {
    return !folder.has(file);
  } catch {
    return false; // a link or a folder, which reading it has told
  }
}

/** The statement must name exactly these things with exactly these digests, and sizes of exactly `files` where it has any. */
function checkSubjects(
  file: string,
  statement: Statement<StatementKind>,
  wanted: Record<string, string>,
  findings: Findings,
  files: readonly string[] = [],
): void {
  for (const name of files) if (!statement.sizes.has(name)) findings.refuted(file, `does not say the size of ${name}`);
  for (const name of statement.sizes.keys()) {
    if (!files.includes(name)) findings.refuted(file, `says a size of ${JSON.stringify(name)}, which has none`);
  }
  for (const [name, digest] of Object.entries(wanted)) {
    const there = statement.subjects.get(name);
    if (there === undefined) findings.refuted(file, `does not name ${name}`);
    else if (there !== digest) findings.refuted(file, `names another ${name}`);
  }
  for (const name of statement.subjects.keys()) {
    if (!Object.hasOwn(wanted, name))
      findings.refuted(file, `names ${JSON.stringify(name)}, which does not belong there`);
  }
}

/** The maker's clock and the office's may differ by so much, in milliseconds: digests show the order, clocks only the time. */
const CLOCKS_DIFFER = 24 * 3600 * 1000;

/** What came first, by two clocks. */
function inOrder(file: string, first: string, then: string, what: string, findings: Findings): void {
  if (then >= first) return;
  const by = Date.parse(first) - Date.parse(then);
  if (by > CLOCKS_DIFFER) findings.refuted(file, `is dated ${then}, more than a day before ${what}`);
  else findings.note(`${file} is dated before ${what}: the maker's clock and the office's differ.`);
}

/**
 * Reads and checks all statements of a run against each other. Undefined where there is no sound genesis: nothing else means
 * anything then.
 */
export function checkStatements(folder: RunFolder, expected: Expectations, findings: Findings): Signed | undefined {
  const genesis = read(folder, GENESIS, 'genesis', findings);
  if (!genesis) {
    if (findings.verdict !== 'refuted') findings.incomplete(GENESIS, 'is not there');
    return undefined;
  }
  const { commitment, circumstances } = genesis.predicate;
  if (expected.maker !== undefined && genesis.keyid !== expected.maker) {
    findings.refuted(GENESIS, `was signed by ${genesis.keyid}, not by the maker that was asked for`);
  }
  if (expected.maker === undefined) {
    findings.note(
      'The maker is whoever holds the key in genesis.json: compare its fingerprint with one you know (--maker).',
    );
  }
  if (genesis.predicate.formatVersion === 1) {
    findings.note('A run of format version 1: no sizes were signed, so files are bounded by what the recipe allows.');
  }
  const what = Object.fromEntries(madeFrom(commitment));
  const sized = (statement: Statement<'genesis' | 'request'>): string[] =>
    statement.predicate.formatVersion === 1 ? [] : Object.keys(MADE_FROM_FILES);
  checkSubjects(GENESIS, genesis, { ...what, 'state-0': commitment.stateRoot }, findings, sized(genesis));

  const request = read(folder, REQUEST, 'request', findings);
  const lodging = read(folder, LODGING, 'lodging', findings);
  const seal = read(folder, SEAL, 'seal', findings);
  const sealLodging = read(folder, SEAL_LODGING, 'lodging', findings);

  if (commitment.lodging === null) {
    for (const file of [REQUEST, LODGING]) {
      if (!absent(folder, file)) findings.refuted(file, 'is there, but genesis names no lodging');
    }
    if (expected.office !== undefined) findings.incomplete(LODGING, 'is not there: this run was not lodged');
    findings.note('Not lodged: no trusted time. Genesis may have been made after the training.');
  } else {
    if (absent(folder, LODGING)) findings.incomplete(LODGING, 'is not there');
    if (absent(folder, REQUEST)) findings.incomplete(REQUEST, 'is not there');
    if (request) {
      if (request.keyid !== genesis.keyid) findings.refuted(REQUEST, 'was signed by another maker than genesis');
      checkSubjects(REQUEST, request, what, findings, sized(request));
    }
    if (lodging) {
      if (lodging.digest !== commitment.lodging) findings.refuted(LODGING, 'is another lodging than genesis names');
      if (request) checkSubjects(LODGING, lodging, { [REQUEST]: request.digest }, findings);
      const seed = lodgedSeed(commitment.recipe, commitment.makerKey, lodging.predicate.nonce);
      if (seed !== commitment.seed)
        findings.refuted(GENESIS, `the seed is not the one that follows from the office's nonce`);
      if (lodging.keyid === genesis.keyid)
        findings.note('The office that lodged this run is its maker: its time proves nothing.');
      if (request) inOrder(LODGING, request.predicate.time, lodging.predicate.time, 'the request it answers', findings);
      inOrder(GENESIS, lodging.predicate.time, circumstances.time, 'its lodging', findings);
    }
  }

  if (seal) {
    if (seal.keyid !== genesis.keyid) findings.refuted(SEAL, 'was signed by another maker than genesis');
    if (seal.predicate.genesis !== genesis.digest) findings.refuted(SEAL, 'seals another genesis');
    if (seal.predicate.time < circumstances.time) findings.refuted(SEAL, 'is dated before genesis');
    if (seal.predicate.formatVersion !== genesis.predicate.formatVersion) {
      findings.refuted(SEAL, 'has another format version than genesis');
    }
  } else if (absent(folder, SEAL)) {
    findings.incomplete(SEAL, 'is not there: this run is not finished');
  }
  if (sealLodging) {
    if (seal) {
      checkSubjects(SEAL_LODGING, sealLodging, { [SEAL]: seal.digest }, findings);
      inOrder(SEAL_LODGING, seal.predicate.time, sealLodging.predicate.time, 'the seal it answers', findings);
    }
    if (lodging && sealLodging.predicate.time <= lodging.predicate.time) {
      findings.refuted(SEAL_LODGING, 'was lodged before the run itself');
    }
  } else if (seal) findings.note("The seal was not lodged: when the training ended is the maker's word.");
  if (expected.office === undefined && (lodging || sealLodging)) {
    findings.note(
      'The office is whoever holds the key in the lodging: compare its fingerprint with one you know (--office).',
    );
  }
  for (const [file, statement] of [
    [LODGING, lodging],
    [SEAL_LODGING, sealLodging],
  ] as const) {
    if (expected.office !== undefined && statement && statement.keyid !== expected.office) {
      findings.refuted(file, `was signed by ${statement.keyid}, not by the office that was asked for`);
    }
  }
  return { genesis, seal, lodging, sealLodging };
}

/** A run that was not lodged has the recipe's seed. */
export function checkSeed({ genesis }: Signed, seed: number, findings: Findings): void {
  const { commitment } = genesis.predicate;
  if (commitment.lodging === null && commitment.seed !== seedHex(seed)) {
    findings.refuted(GENESIS, "the seed is not the recipe's");
  }
}
