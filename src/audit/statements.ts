// The signed part of the check `structure`: genesis, request, seal, lodgings; their keys, subjects and order. Knows no tensors.

import type { Both } from '../base/index.ts';
import {
  type Commitment,
  genesisFiles,
  genesisSubjects,
  madeFrom,
  madeFromFiles,
  parentOf,
  readStatement,
  type Statement,
  type StatementKind,
  seedHex,
  seedOfLodging,
} from '../ledger/index.ts';
import { GENESIS, LODGING, PARENT_GENESIS, PARENT_SEAL, REQUEST, SEAL, SEAL_LODGING } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { COMMON } from './sentences/common.ts';
import { type Moment, STATEMENTS } from './sentences/statements.ts';
import { STRUCTURE } from './sentences/structure.ts';

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
  /** One of these. */
  makers?: readonly string[] | undefined;
  office?: string | undefined;
  /** The office whose register the auditor brought, which may be another one than the run's. */
  registerOf?: string | undefined;
}

/** Compares who signed an answer with the office that is expected. An auditor may bring the register of another office to an honest run. */
export function checkOffice(
  file: string,
  keyid: string,
  { office, registerOf }: Expectations,
  findings: Pick<Findings, 'refuted' | 'incomplete'>,
): void {
  if (office !== undefined && keyid !== office) findings.refuted(file, STATEMENTS.notGivenOffice(keyid));
  else if (office === undefined && registerOf !== undefined && keyid !== registerOf)
    findings.incomplete(file, STATEMENTS.otherRegister(keyid, registerOf));
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
  for (const name of sized) if (!statement.sizes.has(name)) findings.refuted(file, STRUCTURE.noSize(name));
  for (const name of statement.sizes.keys()) {
    if (!sized.includes(name)) findings.refuted(file, STRUCTURE.sizeOfOther(name));
  }
  for (const [name, digest] of Object.entries(digests)) {
    const stated = statement.subjects.get(name);
    if (stated === undefined) findings.refuted(file, STRUCTURE.doesNotName(name));
    else if (stated !== digest) findings.refuted(file, STATEMENTS.otherName(name));
  }
  for (const name of statement.subjects.keys()) {
    if (!Object.hasOwn(digests, name)) findings.refuted(file, STRUCTURE.sealNamesOther(name));
  }
}

/** How far the clocks of maker and office may differ: digests prove the order, clocks only state the time. */
const MAX_CLOCK_DIFFERENCE_MS = 24 * 3600 * 1000;

/** Checks that `file` is not dated before a moment, by two clocks. Times are in ISO 8601. */
export function checkOrder(
  { file, time, moment, after }: { file: string; time: string; moment: Moment; after: string },
  findings: Pick<Findings, 'refuted' | 'note'>,
): void {
  if (time >= after) return;
  const by = Date.parse(after) - Date.parse(time);
  if (by > MAX_CLOCK_DIFFERENCE_MS) findings.refuted(file, STATEMENTS.tooEarly(time, moment));
  else findings.note(STATEMENTS.clocksDiffer(file, moment));
}

/**
 * Reads all statements of a run and compares them; `audit merge --run` does the same without an audit. Undefined without a sound genesis: all
 * checks depend on it.
 */
export function checkStatements(
  folder: RunFolder,
  expected: Expectations,
  findings: Findings,
): RunStatements | undefined {
  const genesis = readStatementIn(folder, GENESIS, 'genesis', findings);
  if (!genesis) {
    if (findings.verdict !== 'refuted') findings.incomplete(GENESIS, COMMON.notThere);
    return undefined;
  }
  const { commitment, circumstances } = genesis.predicate;
  const isOfficeKnown = (expected.office ?? expected.registerOf) !== undefined;
  if (!expected.makers) findings.note(STATEMENTS.whoMaker);
  else if (!expected.makers.includes(genesis.keyid)) findings.refuted(GENESIS, STATEMENTS.notGivenMaker(genesis.keyid));
  const digests = Object.fromEntries(madeFrom(commitment));
  checkSubjects(
    GENESIS,
    genesis,
    { digests: Object.fromEntries(genesisSubjects(commitment)), sized: Object.keys(genesisFiles(commitment)) },
    findings,
  );

  const request = readStatementIn(folder, REQUEST, 'request', findings);
  const lodging = readStatementIn(folder, LODGING, 'lodging', findings);
  const seal = readStatementIn(folder, SEAL, 'seal', findings);
  const sealLodging = readStatementIn(folder, SEAL_LODGING, 'lodging', findings);

  if (commitment.lodging === null) {
    for (const file of [REQUEST, LODGING]) {
      if (folder.hasEntry(file)) findings.refuted(file, STATEMENTS.needlessLodging);
    }
    if (isOfficeKnown) findings.incomplete(LODGING, STATEMENTS.notLodged);
    findings.note(STATEMENTS.noTime);
  } else {
    if (!folder.hasEntry(LODGING)) findings.incomplete(LODGING, COMMON.notThere);
    if (!folder.hasEntry(REQUEST)) findings.incomplete(REQUEST, COMMON.notThere);
    if (request) {
      if (request.keyid !== genesis.keyid) findings.refuted(REQUEST, COMMON.otherMaker);
      checkSubjects(REQUEST, request, { digests, sized: Object.keys(madeFromFiles(commitment)) }, findings);
    }
    if (lodging) {
      if (lodging.digest !== commitment.lodging) findings.refuted(LODGING, STATEMENTS.otherLodging);
      if (request) checkSubjects(LODGING, lodging, { digests: { [REQUEST]: request.digest } }, findings);
      const seed = seedOfLodging(commitment.recipe, commitment.makerKey, lodging.predicate.nonce);
      if (seed !== commitment.seed) findings.refuted(GENESIS, STATEMENTS.otherSeed);
      if (lodging.keyid === genesis.keyid) findings.note(STATEMENTS.ownOffice);
      const { time } = lodging.predicate;
      const asked = request?.predicate.time;
      if (asked) checkOrder({ file: LODGING, time, moment: 'request', after: asked }, findings);
      checkOrder({ file: GENESIS, time: circumstances.time, moment: 'lodging', after: time }, findings);
    }
  }

  if (seal) {
    if (seal.keyid !== genesis.keyid) findings.refuted(SEAL, COMMON.otherMaker);
    if (seal.predicate.genesis !== genesis.digest) findings.refuted(SEAL, STATEMENTS.sealsOther);
    if (seal.predicate.time < circumstances.time) findings.refuted(SEAL, STATEMENTS.beforeGenesis);
    if (seal.predicate.formatVersion !== genesis.predicate.formatVersion) {
      findings.refuted(SEAL, STATEMENTS.otherFormat);
    }
  } else if (!folder.hasEntry(SEAL)) {
    findings.incomplete(SEAL, STATEMENTS.notFinished);
  }
  if (sealLodging) {
    if (seal) {
      checkSubjects(SEAL_LODGING, sealLodging, { digests: { [SEAL]: seal.digest } }, findings);
      const { time } = sealLodging.predicate;
      checkOrder({ file: SEAL_LODGING, time, moment: 'seal', after: seal.predicate.time }, findings);
    }
    if (lodging && sealLodging.predicate.time <= lodging.predicate.time) {
      findings.refuted(SEAL_LODGING, STATEMENTS.lodgedBefore);
    }
  } else if (seal) findings.note(STATEMENTS.sealNotLodged);
  if (!isOfficeKnown && (lodging || sealLodging)) findings.note(STATEMENTS.whoOffice);
  if (lodging) checkOffice(LODGING, lodging.keyid, expected, findings);
  if (sealLodging) checkOffice(SEAL_LODGING, sealLodging.keyid, expected, findings);
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
    if (!statement && !folder.hasEntry(file)) findings.incomplete(file, STATEMENTS.noParentWord);
  }
  if (!seal || !genesis) return undefined;
  const wrong = (file: string, text: Both): undefined => findings.refuted(file, text) as undefined;
  if (seal.digest !== parent.seal) return wrong(PARENT_SEAL, STATEMENTS.otherParentSeal);
  if (seal.predicate.genesis !== genesis.digest) return wrong(PARENT_GENESIS, STATEMENTS.otherParentGenesis);
  if (seal.keyid !== genesis.keyid) return wrong(PARENT_SEAL, STATEMENTS.otherParentMaker);
  if (seal.subjects.get('model/model.safetensors') !== parent.weights)
    return wrong(GENESIS, STATEMENTS.otherParentWeights);
  return { seal, genesis };
}

/** A run that was not lodged has the recipe's seed. */
export function checkSeed({ genesis }: RunStatements, seed: number, findings: Findings): void {
  const { commitment } = genesis.predicate;
  if (commitment.lodging === null && commitment.seed !== seedHex(seed)) {
    findings.refuted(GENESIS, STATEMENTS.notRecipesSeed);
  }
}
