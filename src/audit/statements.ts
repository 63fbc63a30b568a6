// The signed part of the check `structure`: genesis, request, seal, lodgings; their keys, subjects and order. Knows no tensors.

import {
  type Commitment,
  genesisFiles,
  genesisSubjects,
  lodgedSeed,
  madeFrom,
  madeFromFiles,
  parentOf,
  readStatement,
  type Statement,
  type StatementKind,
  seedHex,
} from '../ledger/index.ts';
import { GENESIS, LODGING, PARENT_GENESIS, PARENT_SEAL, REQUEST, SEAL, SEAL_LODGING } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';

/** The statements of a run, as far as they could be read. */
export interface RunStatements {
  genesis: Statement<'genesis'>;
  seal: Statement<'seal'> | undefined;
  lodging: Statement<'lodging'> | undefined;
  sealLodging: Statement<'lodging'> | undefined;
  /** Of the parent, as far as they agree with what genesis says of it; undefined for another beginning. */
  parent: { seal: Statement<'seal'>; genesis: Statement<'genesis'> } | undefined;
}

/** Fingerprints of the keys that the auditor expects. */
export interface Expectations {
  maker?: string | undefined;
  office?: string | undefined;
}

/** Reads a statement that may be absent. */
export function readStatementIn<K extends StatementKind>(
  folder: RunFolder,
  file: string,
  kind: K,
  findings: Pick<Findings, 'try'>,
): Statement<K> | undefined {
  return findings.try(file, () => (folder.has(file) ? readStatement(folder.file(file), kind) : undefined));
}

/** The statement must name exactly the subjects in `digests`, and state the sizes of exactly those in `sized`. */
export function checkSubjects(
  file: string,
  statement: Statement<StatementKind>,
  { digests, sized = [] }: { digests: Record<string, string>; sized?: readonly string[] },
  findings: Pick<Findings, 'refuted'>,
): void {
  for (const name of sized)
    if (!statement.sizes.has(name)) findings.refuted(file, `does not state the size of ${name}`);
  for (const name of statement.sizes.keys()) {
    if (!sized.includes(name)) findings.refuted(file, `states a size of ${JSON.stringify(name)}, which has none`);
  }
  for (const [name, digest] of Object.entries(digests)) {
    const stated = statement.subjects.get(name);
    if (stated === undefined) findings.refuted(file, `does not name ${name}`);
    else if (stated !== digest) findings.refuted(file, `names another ${name}`);
  }
  for (const name of statement.subjects.keys()) {
    if (!Object.hasOwn(digests, name))
      findings.refuted(file, `names ${JSON.stringify(name)}, which does not belong there`);
  }
}

/** How far the clocks of maker and office may differ: digests prove the order, clocks only state the time. */
const MAX_CLOCK_DIFFERENCE_MS = 24 * 3600 * 1000;

/** Checks that `file` is not dated before `event`, by two clocks. Times are in ISO 8601. */
export function checkOrder(
  { file, time, event, after }: { file: string; time: string; event: string; after: string },
  findings: Pick<Findings, 'refuted' | 'note'>,
): void {
  if (time >= after) return;
  const by = Date.parse(after) - Date.parse(time);
  if (by > MAX_CLOCK_DIFFERENCE_MS) findings.refuted(file, `is dated ${time}, more than a day before ${event}`);
  else findings.note(`${file} is dated before ${event}: the maker's clock and the office's differ.`);
}

/** Reads all statements of a run and compares them. Undefined without a sound genesis: all checks depend on it. */
export function checkStatements(
  folder: RunFolder,
  expected: Expectations,
  findings: Findings,
): RunStatements | undefined {
  const genesis = readStatementIn(folder, GENESIS, 'genesis', findings);
  if (!genesis) {
    if (findings.verdict !== 'refuted') findings.incomplete(GENESIS, 'is not there');
    return undefined;
  }
  const { commitment, circumstances } = genesis.predicate;
  if (expected.maker !== undefined && genesis.keyid !== expected.maker) {
    findings.refuted(GENESIS, `was signed by ${genesis.keyid}, not by the given maker`);
  }
  if (expected.maker === undefined) {
    findings.note(
      'The maker is whoever holds the key in genesis.json: compare its fingerprint with one you know (--maker).',
    );
  }
  if (genesis.predicate.formatVersion === 1) {
    findings.note('A run of format version 1: no sizes are signed, so the recipe alone bounds the files.');
  }
  const digests = Object.fromEntries(madeFrom(commitment));
  const sized = ({ predicate }: Statement<'genesis' | 'request'>, files: object): string[] =>
    predicate.formatVersion === 1 ? [] : Object.keys(files);
  checkSubjects(
    GENESIS,
    genesis,
    { digests: Object.fromEntries(genesisSubjects(commitment)), sized: sized(genesis, genesisFiles(commitment)) },
    findings,
  );

  const request = readStatementIn(folder, REQUEST, 'request', findings);
  const lodging = readStatementIn(folder, LODGING, 'lodging', findings);
  const seal = readStatementIn(folder, SEAL, 'seal', findings);
  const sealLodging = readStatementIn(folder, SEAL_LODGING, 'lodging', findings);

  if (commitment.lodging === null) {
    for (const file of [REQUEST, LODGING]) {
      if (folder.hasEntry(file)) findings.refuted(file, 'is there, but genesis names no lodging');
    }
    if (expected.office !== undefined) findings.incomplete(LODGING, 'is not there: this run was not lodged');
    findings.note('Not lodged: no trusted time. Genesis may have been made after the training.');
  } else {
    if (!folder.hasEntry(LODGING)) findings.incomplete(LODGING, 'is not there');
    if (!folder.hasEntry(REQUEST)) findings.incomplete(REQUEST, 'is not there');
    if (request) {
      if (request.keyid !== genesis.keyid) findings.refuted(REQUEST, 'was signed by another maker than genesis');
      checkSubjects(REQUEST, request, { digests, sized: sized(request, madeFromFiles(commitment)) }, findings);
    }
    if (lodging) {
      if (lodging.digest !== commitment.lodging) findings.refuted(LODGING, 'is another lodging than genesis names');
      if (request) checkSubjects(LODGING, lodging, { digests: { [REQUEST]: request.digest } }, findings);
      const seed = lodgedSeed(commitment.recipe, commitment.makerKey, lodging.predicate.nonce);
      if (seed !== commitment.seed)
        findings.refuted(GENESIS, `the seed is not the one that follows from the office's nonce`);
      if (lodging.keyid === genesis.keyid)
        findings.note('The office that lodged this run is its maker: its time proves nothing.');
      const { time } = lodging.predicate;
      const asked = request?.predicate.time;
      if (asked) checkOrder({ file: LODGING, time, event: 'the request it answers', after: asked }, findings);
      checkOrder({ file: GENESIS, time: circumstances.time, event: 'its lodging', after: time }, findings);
    }
  }

  if (seal) {
    if (seal.keyid !== genesis.keyid) findings.refuted(SEAL, 'was signed by another maker than genesis');
    if (seal.predicate.genesis !== genesis.digest) findings.refuted(SEAL, 'seals another genesis');
    if (seal.predicate.time < circumstances.time) findings.refuted(SEAL, 'is dated before genesis');
    if (seal.predicate.formatVersion !== genesis.predicate.formatVersion) {
      findings.refuted(SEAL, 'has another format version than genesis');
    }
  } else if (!folder.hasEntry(SEAL)) {
    findings.incomplete(SEAL, 'is not there: this run is not finished');
  }
  if (sealLodging) {
    if (seal) {
      checkSubjects(SEAL_LODGING, sealLodging, { digests: { [SEAL]: seal.digest } }, findings);
      const { time } = sealLodging.predicate;
      checkOrder({ file: SEAL_LODGING, time, event: 'the seal it answers', after: seal.predicate.time }, findings);
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
      findings.refuted(file, `was signed by ${statement.keyid}, not by the given office`);
    }
  }
  return { genesis, seal, lodging, sealLodging, parent: readParent(folder, commitment, findings) };
}

/** Reads the statements of a parent that is a run, and compares them with the commitment. */
function readParent(folder: RunFolder, commitment: Commitment, findings: Findings): RunStatements['parent'] {
  const parent = parentOf(commitment);
  if (!parent || !('seal' in parent)) return undefined;
  const seal = readStatementIn(folder, PARENT_SEAL, 'seal', findings);
  const genesis = readStatementIn(folder, PARENT_GENESIS, 'genesis', findings);
  for (const [file, statement] of [
    [PARENT_SEAL, seal],
    [PARENT_GENESIS, genesis],
  ] as const) {
    if (!statement && !folder.hasEntry(file))
      findings.incomplete(file, "is not there: the parent's word on its weights");
  }
  if (!seal || !genesis) return undefined;
  const wrong = (file: string, text: string): undefined => findings.refuted(file, text) as undefined;
  if (seal.digest !== parent.seal) return wrong(PARENT_SEAL, 'is another seal than genesis names');
  if (seal.predicate.genesis !== genesis.digest)
    return wrong(PARENT_GENESIS, 'is not the genesis of the parent that is sealed');
  if (seal.subjects.get('model/model.safetensors') !== parent.weights)
    return wrong(GENESIS, 'names other weights than those that its parent sealed');
  return { seal, genesis };
}

/** A run that was not lodged has the recipe's seed. */
export function checkSeed({ genesis }: RunStatements, seed: number, findings: Findings): void {
  const { commitment } = genesis.predicate;
  if (commitment.lodging === null && commitment.seed !== seedHex(seed)) {
    findings.refuted(GENESIS, "the seed is not the recipe's");
  }
}
