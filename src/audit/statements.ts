// The signed part of the check `structure`: genesis, request, seal, lodgings; their keys, subjects and order. Knows no tensors.

import type { Both } from '../base/index.ts';
import {
  type Commitment,
  digestOfCommitment,
  genesisFiles,
  genesisSubjects,
  type HandOver,
  handOverFault,
  handOversOf,
  holderOf,
  MAX_HAND_OVERS,
  madeFrom,
  madeFromFiles,
  makersBy,
  parentOf,
  readStatement,
  type Statement,
  type StatementKind,
  seedHex,
  seedOfLodging,
} from '../ledger/index.ts';
import {
  GENESIS,
  handOverFile,
  LODGING,
  PARENT_GENESIS,
  PARENT_SEAL,
  parentHandOvers,
  REQUEST,
  SEAL,
  SEAL_LODGING,
  takeOverFile,
} from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { COMMON } from './sentences/common.ts';
import { HAND_OVERS, type Moment, STATEMENTS } from './sentences/statements.ts';
import { STRUCTURE } from './sentences/structure.ts';
import type { Move } from './types.ts';

/** The statements of a run, as far as they could be read. */
export interface RunStatements {
  genesis: Statement<'genesis'>;
  seal: Statement<'seal'> | undefined;
  lodging: Statement<'lodging'> | undefined;
  sealLodging: Statement<'lodging'> | undefined;
  /** The hand-overs of the run, as far as each is the next link of the chain. */
  chain: readonly HandOver[];
  /** Of the parent, as far as they agree with what genesis says of it; undefined for another beginning. */
  parent: { seal: Statement<'seal'>; genesis: Statement<'genesis'>; chain: readonly HandOver[] } | undefined;
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
  const chain = readChain(folder, { genesis, seal }, OWN_CHAIN, findings);

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
      if (makersBy(genesis, chain).includes(lodging.keyid)) findings.note(STATEMENTS.ownOffice);
      const { time } = lodging.predicate;
      const asked = request?.predicate.time;
      if (asked) checkOrder({ file: LODGING, time, moment: 'request', after: asked }, findings);
      checkOrder({ file: GENESIS, time: circumstances.time, moment: 'lodging', after: time }, findings);
    }
  }

  if (seal) {
    // Without all hand-overs that it names nobody knows which key holds the run.
    if (isWhole(seal, chain) && seal.keyid !== sealerOf(genesis, chain))
      findings.refuted(SEAL, chain.length > 0 ? HAND_OVERS.otherHolder : COMMON.otherMaker);
    if (seal.predicate.genesis !== genesis.digest) findings.refuted(SEAL, STATEMENTS.sealsOther);
    // Times of different keys come from different clocks.
    if (seal.keyid === genesis.keyid && seal.predicate.time < circumstances.time)
      findings.refuted(SEAL, STATEMENTS.beforeGenesis);
    const version = handOversOf(seal.predicate).length > 0 ? 4 : genesis.predicate.formatVersion;
    if (seal.predicate.formatVersion !== version) findings.refuted(SEAL, STATEMENTS.otherFormat);
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
  return { genesis, seal, lodging, sealLodging, chain, parent: readParent(folder, commitment, findings) };
}

/** Where the hand-overs of a run lie, by number: its own, or in a child's folder those of the parent. */
interface ChainFiles {
  handOver: (number: number) => string;
  takeOver: (number: number) => string;
  /** The seal that names them. */
  seal: string;
}

const OWN_CHAIN: ChainFiles = { handOver: handOverFile, takeOver: takeOverFile, seal: SEAL };
const PARENT_CHAIN: ChainFiles = { ...parentHandOvers, seal: PARENT_SEAL };

/**
 * Reads the hand-overs of a run up to the first that is not the next link. A seal names all countersignatures: one that is missing, or one
 * that it does not name, is a finding.
 */
function readChain(
  folder: RunFolder,
  { genesis, seal }: { genesis: Statement<'genesis'>; seal: Statement<'seal'> | undefined },
  files: ChainFiles,
  findings: Findings,
): HandOver[] {
  const chain: HandOver[] = [];
  const named = seal && handOversOf(seal.predicate);
  for (let number = 1; number <= MAX_HAND_OVERS; number++) {
    const [file, takenFile] = [files.handOver(number), files.takeOver(number)];
    if (!folder.hasEntry(file)) {
      if (number <= (named?.length ?? 0)) findings.incomplete(file, COMMON.notThere);
      break;
    }
    const statement = readStatementIn(folder, file, 'hand-over', findings);
    if (!statement) break;
    const taken = readStatementIn(folder, takenFile, 'take-over', findings);
    const fault = handOverFault(genesis, chain, { statement, taken });
    if (fault !== undefined) {
      findings.refuted(fault === 'otherNext' || fault === 'takesOther' ? takenFile : file, HAND_OVERS[fault]);
      break;
    }
    const isThere = folder.hasEntry(takenFile);
    if (!taken && isThere) break; // what is wrong with it is a finding
    if (named && taken && named[number - 1] !== taken.digest)
      findings.refuted(files.seal, HAND_OVERS.notSealed(number));
    if (!isThere) {
      // Its signer gave the run away: what he signs after that is a second continuation.
      if (named && named.length < number) findings.refuted(file, HAND_OVERS.signedOn);
      else findings.incomplete(takenFile, HAND_OVERS.notTaken);
    }
    chain.push({ statement, taken });
    if (!taken) break;
  }
  return chain;
}

const countersigned = (chain: readonly HandOver[]): HandOver[] => chain.filter(({ taken }) => taken);

/** Whether all hand-overs are there that a seal names. */
const isWhole = ({ predicate }: Statement<'seal'>, chain: readonly HandOver[]): boolean =>
  countersigned(chain).length >= handOversOf(predicate).length;

/** The key that may seal: that a hand-over nobody countersigned was sealed nevertheless is a finding about its file. */
const sealerOf = (genesis: Statement<'genesis'>, chain: readonly HandOver[]): string | undefined =>
  holderOf(genesis, countersigned(chain));

export const movesOf = ({ chain }: Pick<RunStatements, 'chain'>): Move[] =>
  chain.flatMap(({ statement, taken }) =>
    taken ? [{ step: statement.predicate.step, from: statement.keyid, to: taken.keyid }] : [],
  );

/** Compares the hand-overs with the transcript: the link and, where the record has one, the root of the state at their step. */
export function checkHandOvers(
  { genesis, chain }: Pick<RunStatements, 'genesis' | 'chain'>,
  steps: { count: number; links: ReadonlyMap<number, string>; roots: ReadonlyMap<number, string> },
  findings: Findings,
): void {
  for (const [i, { statement }] of chain.entries()) {
    const { step, head } = statement.predicate;
    if (step > steps.count) continue; // a transcript that was cut off is a finding of its own
    const file = handOverFile(i + 1);
    const { commitment } = genesis.predicate;
    const [link, root] =
      step === 0
        ? [digestOfCommitment(commitment), commitment.stateRoot]
        : [steps.links.get(step), steps.roots.get(step)];
    if (link !== head) findings.refuted(file, HAND_OVERS.otherHead, { step });
    if (root !== undefined && statement.subjects.get('state') !== root)
      findings.refuted(file, HAND_OVERS.otherState, { step });
  }
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
  const chain = readChain(folder, { genesis, seal }, PARENT_CHAIN, findings);
  if (!isWhole(seal, chain)) return undefined; // a finding says why
  if (seal.keyid !== sealerOf(genesis, chain)) return wrong(PARENT_SEAL, STATEMENTS.otherParentMaker);
  if (seal.subjects.get('model/model.safetensors') !== parent.weights)
    return wrong(GENESIS, STATEMENTS.otherParentWeights);
  return { seal, genesis, chain };
}

/** A run that was not lodged has the recipe's seed. */
export function checkSeed({ genesis }: RunStatements, seed: number, findings: Findings): void {
  const { commitment } = genesis.predicate;
  if (commitment.lodging === null && commitment.seed !== seedHex(seed)) {
    findings.refuted(GENESIS, STATEMENTS.notRecipesSeed);
  }
}
