// The signed part of a witnessed run: genesis, request, lodgings, heads on the way, seal; their keys, subjects and order. Knows no tensors.

import { digestOfCommitment, lodgedSeed, type Statement, type WitnessCommitment } from '../../ledger/index.ts';
import { GENESIS, LODGING, REQUEST, SEAL, SEAL_LODGING } from '../../run-folder/index.ts';
import type { Findings } from '../findings.ts';
import type { RunFolder } from '../folder.ts';
import { checkOrder, checkSubjects, type Expectations, readStatementIn } from '../statements.ts';
import { MADE_FROM } from './files.ts';
import type { WitnessCheckName } from './types.ts';

export interface WitnessStatements {
  genesis: Statement<'witness-genesis'>;
  lodging: Statement<'lodging'> | undefined;
  seal: Statement<'witness-seal'> | undefined;
  sealLodging: Statement<'lodging'> | undefined;
  /** Lodged heads by their steps: the link that was lodged, and the office's answer. */
  heads: ReadonlyMap<number, { link: string; answer: Statement<'lodging'> }>;
}

type Found = Findings<WitnessCheckName>;

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
  findings: Found,
): WitnessStatements | undefined {
  const genesis = readStatementIn(folder, GENESIS, 'witness-genesis', findings);
  if (!genesis) {
    if (findings.verdict !== 'refuted') findings.incomplete(GENESIS, 'is not there');
    return undefined;
  }
  const { commitment } = genesis.predicate;
  if (expected.maker !== undefined && genesis.keyid !== expected.maker)
    findings.refuted(GENESIS, `was signed by ${genesis.keyid}, not by the given maker`);
  if (expected.maker === undefined)
    findings.note(
      'The maker is whoever holds the key in genesis.json: compare its fingerprint with one you know (--maker).',
    );
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
    findings.refuted(GENESIS, 'its kept states do not rise to the last step');
  const lodging = checkRequest(folder, genesis, findings);
  const seal = checkSeal(folder, genesis, findings);
  const sealLodging = checkSealLodging(folder, { seal, lodging }, findings);
  const heads = readHeads(folder, genesis, findings);
  const answers = [lodging, ...[...heads.values()].map(({ answer }) => answer), sealLodging].filter(
    (one) => one !== undefined,
  );
  if (expected.office === undefined && answers.length > 0)
    findings.note(
      'The office is whoever holds the key in the lodgings: compare its fingerprint with one you know (--office).',
    );
  for (const { keyid } of answers)
    if (expected.office !== undefined && keyid !== expected.office)
      findings.refuted(LODGING, `a lodging was signed by ${keyid}, not by the given office`);
  if (answers.some(({ keyid }) => keyid === genesis.keyid))
    findings.note('The office that lodged this run is its maker: its times and nonces prove nothing.');
  return { genesis, lodging, seal, sealLodging, heads };
}

function checkRequest(folder: RunFolder, genesis: WitnessStatements['genesis'], findings: Found) {
  const { commitment, time } = genesis.predicate;
  if (commitment.lodging === null) {
    for (const file of [REQUEST, LODGING])
      if (folder.hasEntry(file)) findings.refuted(file, 'is there, but genesis names no lodging');
    findings.note('Not lodged: no trusted time. All of it may have been written after the training.');
    return undefined;
  }
  const request = readStatementIn(folder, REQUEST, 'request', findings);
  const lodging = readStatementIn(folder, LODGING, 'lodging', findings);
  for (const file of [REQUEST, LODGING]) if (!folder.hasEntry(file)) findings.incomplete(file, 'is not there');
  if (request) {
    if (request.keyid !== genesis.keyid) findings.refuted(REQUEST, 'was signed by another maker than genesis');
    checkSubjects(REQUEST, request, { digests: madeFrom(commitment), sized: Object.keys(MADE_FROM) }, findings);
  }
  if (!lodging) return undefined;
  if (lodging.digest !== commitment.lodging) findings.refuted(LODGING, 'is another lodging than genesis names');
  if (request) checkSubjects(LODGING, lodging, { digests: { [REQUEST]: request.digest } }, findings);
  if (lodgedSeed(commitment.recipe, commitment.makerKey, lodging.predicate.nonce) !== commitment.seed)
    findings.refuted(GENESIS, "the seed is not the one that follows from the office's nonce");
  const answered = lodging.predicate.time;
  if (request)
    checkOrder(
      { file: LODGING, time: answered, event: 'the request it answers', after: request.predicate.time },
      findings,
    );
  checkOrder({ file: GENESIS, time, event: 'its lodging', after: answered }, findings);
  return lodging;
}

function checkSeal(folder: RunFolder, genesis: WitnessStatements['genesis'], findings: Found) {
  const seal = readStatementIn(folder, SEAL, 'witness-seal', findings);
  if (!seal) {
    if (!folder.hasEntry(SEAL)) findings.incomplete(SEAL, 'is not there: this run is not finished');
    return undefined;
  }
  const { predicate } = seal;
  const { steps } = genesis.predicate.commitment;
  if (seal.keyid !== genesis.keyid) findings.refuted(SEAL, 'was signed by another maker than genesis');
  if (predicate.genesis !== genesis.digest) findings.refuted(SEAL, 'seals another genesis');
  if (predicate.time < genesis.predicate.time) findings.refuted(SEAL, 'is dated before genesis');
  if (predicate.steps !== steps)
    findings.refuted(SEAL, `seals ${predicate.steps} steps of the ${steps} that genesis plans`);
  return seal;
}

function checkSealLodging(
  folder: RunFolder,
  { seal, lodging }: Pick<WitnessStatements, 'seal' | 'lodging'>,
  findings: Found,
) {
  const answer = readStatementIn(folder, SEAL_LODGING, 'lodging', findings);
  if (!answer) {
    if (seal) findings.note("The seal was not lodged: when the training ended is the maker's word.");
    return undefined;
  }
  const { time } = answer.predicate;
  if (seal) {
    checkSubjects(SEAL_LODGING, answer, { digests: { [SEAL]: seal.digest } }, findings);
    checkOrder({ file: SEAL_LODGING, time, event: 'the seal it answers', after: seal.predicate.time }, findings);
  }
  if (lodging && time <= lodging.predicate.time) findings.refuted(SEAL_LODGING, 'was lodged before the run itself');
  return answer;
}

const HEAD = /^step-(\d{6,10})\.json$/;

/** The heads that were lodged while the run trained, with their answers; times rise with the steps. */
function readHeads(
  folder: RunFolder,
  genesis: WitnessStatements['genesis'],
  findings: Found,
): WitnessStatements['heads'] {
  const { commitment } = genesis.predicate;
  const run = commitment.lodging ?? digestOfCommitment(commitment);
  const heads = new Map<number, { link: string; answer: Statement<'lodging'> }>();
  const names = findings.try('heads', () => folder.names('heads')) ?? [];
  let before = '';
  for (const name of names) {
    const file = `heads/${name}`;
    const step = Number(HEAD.exec(name)?.[1]);
    if (!Number.isSafeInteger(step)) {
      if (!/^step-\d{6,10}\.lodging\.json$/.test(name))
        findings.refuted(file, 'is neither a head nor the answer to one');
      continue;
    }
    const answerFile = `heads/${name.replace(/\.json$/, '.lodging.json')}`;
    const head = readStatementIn(folder, file, 'head', findings);
    const answer = readStatementIn(folder, answerFile, 'lodging', findings);
    if (!head || !answer) continue; // a head that the office did not answer is nobody's word
    if (head.keyid !== genesis.keyid) findings.refuted(file, 'was signed by another maker than genesis');
    if (head.predicate.run !== run) findings.refuted(file, 'is the head of another run');
    if (head.predicate.step !== step) findings.refuted(file, `is the head after step ${head.predicate.step}`, { step });
    checkSubjects(answerFile, answer, { digests: { 'head.json': head.digest } }, findings);
    const link = head.subjects.get('head');
    if (link === undefined || head.subjects.size !== 1) {
      findings.refuted(file, 'names no head of a transcript', { step });
      continue;
    }
    if (answer.predicate.time < before)
      findings.refuted(answerFile, 'is dated before the answer to an earlier head', { step });
    before = answer.predicate.time;
    heads.set(step, { link, answer });
  }
  return heads;
}
