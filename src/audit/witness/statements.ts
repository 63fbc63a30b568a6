// The signed part of a witnessed run: genesis, request, lodgings, heads on the way, seal; their keys, subjects and order. Knows no tensors.

import {
  digestOfCommitment,
  type Statement,
  type StatementKind,
  seedOfLodging,
  type WitnessCommitment,
} from '../../ledger/index.ts';
import { GENESIS, LODGING, REQUEST, SEAL, SEAL_LODGING } from '../../run-folder/index.ts';
import type { RunFolder } from '../folder.ts';
import { COMMON } from '../sentences/common.ts';
import { STATEMENTS } from '../sentences/statements.ts';
import { checkOffice, checkOrder, checkSubjects, type Expectations, readStatementIn } from '../statements.ts';
import { MADE_FROM, requireEnd } from './files.ts';
import { SIGNED } from './sentences/evidence.ts';
import type { WitnessFindings } from './types.ts';

export interface WitnessStatements {
  genesis: Statement<'witness-genesis'>;
  lodging: Statement<'lodging'> | undefined;
  seal: Statement<'witness-seal'> | undefined;
  sealLodging: Statement<'lodging'> | undefined;
  /** Lodged heads by their steps: the link that was lodged, and the office's answer. */
  heads: ReadonlyMap<number, { link: string; answer: Statement<'lodging'> }>;
  /** Whether each answer of an office that is there could be read: otherwise nobody knows which pairs it drew. */
  areAnswersWhole: boolean;
}

/** Reads a statement that may be absent, or cut off. */
function readWhole<K extends StatementKind>(
  folder: RunFolder,
  file: string,
  kind: K,
  findings: WitnessFindings,
): Statement<K> | undefined {
  const isWhole = findings.try(file, () => {
    requireEnd(folder, file);
    return true;
  });
  return isWhole ? readStatementIn(folder, file, kind, findings) : undefined;
}

/** What the run is made from, by the names of its files. */
const madeFrom = (commitment: WitnessCommitment): Record<string, string> => ({
  'recipe.json': commitment.recipe,
  'data.json': commitment.data,
  'environment.json': commitment.environment,
  'code.json': commitment.code,
});

/** Reads all statements and compares them. Undefined without a sound genesis. */
export function checkWitnessStatements(
  folder: RunFolder,
  expected: Expectations,
  findings: WitnessFindings,
): WitnessStatements | undefined {
  const genesis = readWhole(folder, GENESIS, 'witness-genesis', findings);
  if (!genesis) {
    if (findings.verdict !== 'refuted') findings.incomplete(GENESIS, COMMON.notThere);
    return undefined;
  }
  const { commitment } = genesis.predicate;
  if (expected.makers && !expected.makers.includes(genesis.keyid))
    findings.refuted(GENESIS, STATEMENTS.notGivenMaker(genesis.keyid));
  if (!expected.makers) findings.note(STATEMENTS.whoMaker);
  const sized = Object.keys(MADE_FROM);
  checkSubjects(
    GENESIS,
    genesis,
    { digests: { ...madeFrom(commitment), 'state-0': commitment.stateRoot }, sized },
    findings,
  );
  if (
    commitment.kept.at(-1) !== commitment.steps ||
    commitment.kept.some((step, i) => step <= (commitment.kept[i - 1] ?? 0))
  )
    findings.refuted(GENESIS, SIGNED.keptOrder);
  const lodging = checkRequest(folder, genesis, findings);
  const seal = checkSeal(folder, genesis, findings);
  const sealLodging = checkSealLodging(folder, { seal, lodging }, findings);
  const { heads, areWhole } = readHeads(folder, genesis, findings);
  const areAnswersWhole = areWhole && (lodging !== undefined || !folder.hasEntry(LODGING));
  const answers = [lodging, ...[...heads.values()].map(({ answer }) => answer), sealLodging].filter(
    (one) => one !== undefined,
  );
  if ((expected.office ?? expected.registerOf) === undefined && answers.length > 0)
    findings.note(STATEMENTS.whoOffices);
  for (const keyid of new Set(answers.map((one) => one.keyid))) checkOffice(LODGING, keyid, expected, findings);
  if (answers.some(({ keyid }) => keyid === genesis.keyid)) findings.note(STATEMENTS.ownOfficeNonces);
  return { genesis, lodging, seal, sealLodging, heads, areAnswersWhole };
}

function checkRequest(folder: RunFolder, genesis: WitnessStatements['genesis'], findings: WitnessFindings) {
  const { commitment, time } = genesis.predicate;
  if (commitment.lodging === null) {
    for (const file of [REQUEST, LODGING])
      if (folder.hasEntry(file)) findings.refuted(file, STATEMENTS.needlessLodging);
    findings.note(STATEMENTS.noTimeAtAll);
    return undefined;
  }
  const request = readWhole(folder, REQUEST, 'request', findings);
  const lodging = readWhole(folder, LODGING, 'lodging', findings);
  for (const file of [REQUEST, LODGING]) if (!folder.hasEntry(file)) findings.incomplete(file, COMMON.notThere);
  if (request) {
    if (request.keyid !== genesis.keyid) findings.refuted(REQUEST, COMMON.otherMaker);
    checkSubjects(REQUEST, request, { digests: madeFrom(commitment), sized: Object.keys(MADE_FROM) }, findings);
  }
  if (!lodging) return undefined;
  if (lodging.digest !== commitment.lodging) findings.refuted(LODGING, STATEMENTS.otherLodging);
  if (request) checkSubjects(LODGING, lodging, { digests: { [REQUEST]: request.digest } }, findings);
  if (seedOfLodging(commitment.recipe, commitment.makerKey, lodging.predicate.nonce) !== commitment.seed)
    findings.refuted(GENESIS, STATEMENTS.otherSeed);
  const answered = lodging.predicate.time;
  if (request)
    checkOrder({ file: LODGING, time: answered, moment: 'request', after: request.predicate.time }, findings);
  checkOrder({ file: GENESIS, time, moment: 'lodging', after: answered }, findings);
  return lodging;
}

function checkSeal(folder: RunFolder, genesis: WitnessStatements['genesis'], findings: WitnessFindings) {
  const seal = readWhole(folder, SEAL, 'witness-seal', findings);
  if (!seal) {
    if (!folder.hasEntry(SEAL)) findings.incomplete(SEAL, STATEMENTS.notFinished);
    return undefined;
  }
  const { predicate } = seal;
  const { steps } = genesis.predicate.commitment;
  if (seal.keyid !== genesis.keyid) findings.refuted(SEAL, COMMON.otherMaker);
  if (predicate.genesis !== genesis.digest) findings.refuted(SEAL, STATEMENTS.sealsOther);
  if (predicate.time < genesis.predicate.time)
    findings.note(SIGNED.clockWentBack(predicate.time, genesis.predicate.time));
  if (predicate.steps !== steps) findings.refuted(SEAL, SIGNED.sealsSteps(predicate.steps, steps));
  return seal;
}

function checkSealLodging(
  folder: RunFolder,
  { seal, lodging }: Pick<WitnessStatements, 'seal' | 'lodging'>,
  findings: WitnessFindings,
) {
  const answer = readWhole(folder, SEAL_LODGING, 'lodging', findings);
  if (!answer) {
    if (seal) findings.note(STATEMENTS.sealNotLodged);
    return undefined;
  }
  const { time } = answer.predicate;
  if (seal) {
    checkSubjects(SEAL_LODGING, answer, { digests: { [SEAL]: seal.digest } }, findings);
    checkOrder({ file: SEAL_LODGING, time, moment: 'seal', after: seal.predicate.time }, findings);
  }
  if (lodging && time <= lodging.predicate.time) findings.refuted(SEAL_LODGING, STATEMENTS.lodgedBefore);
  return answer;
}

const HEAD = /^step-(\d{6,10})\.json$/;

/** The heads that were lodged while the run trained, with their answers; times rise with the steps. */
function readHeads(
  folder: RunFolder,
  genesis: WitnessStatements['genesis'],
  findings: WitnessFindings,
): { heads: WitnessStatements['heads']; areWhole: boolean } {
  const { commitment } = genesis.predicate;
  const run = commitment.lodging ?? digestOfCommitment(commitment);
  const heads = new Map<number, { link: string; answer: Statement<'lodging'> }>();
  const names = findings.try('heads', () => folder.names('heads')) ?? [];
  let before = '';
  let areWhole = true;
  for (const name of names) {
    const file = `heads/${name}`;
    const step = Number(HEAD.exec(name)?.[1]);
    if (!Number.isSafeInteger(step)) {
      if (!/^step-\d{6,10}\.lodging\.json$/.test(name)) findings.refuted(file, SIGNED.notHead);
      continue;
    }
    const answerFile = `heads/${name.replace(/\.json$/, '.lodging.json')}`;
    const head = readWhole(folder, file, 'head', findings);
    const answer = readWhole(folder, answerFile, 'lodging', findings);
    if (!head || !answer) {
      // A head that the office did not answer is nobody's word.
      areWhole &&= folder.hasEntry(answerFile) ? answer !== undefined && head !== undefined : head !== undefined;
      continue;
    }
    if (head.keyid !== genesis.keyid) findings.refuted(file, COMMON.otherMaker);
    if (head.predicate.run !== run) findings.refuted(file, SIGNED.otherRun);
    if (head.predicate.step !== step) findings.refuted(file, SIGNED.otherStep(head.predicate.step), { step });
    checkSubjects(answerFile, answer, { digests: { 'head.json': head.digest } }, findings);
    const link = head.subjects.get('head');
    if (link === undefined || head.subjects.size !== 1) {
      findings.refuted(file, SIGNED.noHead, { step });
      continue;
    }
    if (answer.predicate.time < before) findings.refuted(answerFile, SIGNED.earlier, { step });
    before = answer.predicate.time;
    heads.set(step, { link, answer });
  }
  return { heads, areWhole };
}
