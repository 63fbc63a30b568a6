// Register: compares a run with the office's own list of lodgings, which the auditor brings and the run does not contain. The list is
// the office's word. It cannot show that a run was lodged again under another key or recipe name, or in a second list.

import { JikjiError } from '../base/index.ts';
import {
  digestOfAnswer,
  Register,
  type RegisterEntry,
  requestKeyOf,
  runKey,
  type Statement,
  TranscriptReader,
} from '../ledger/index.ts';
import { formatFor } from '../page-kit/text/index.ts';
import { GENESIS, LODGING, SEAL, SEAL_LODGING, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import type { RunStatements } from './statements.ts';
import type { CheckContext, Evidence } from './structure.ts';
import { TURN_STEPS } from './transcript.ts';
import type { Check } from './types.ts';

/** The register that the auditor brings. */
export interface GivenRegister {
  text: string;
  /** The file or address of the text, for messages. */
  where: string;
  /** An earlier head that the auditor knows from another source. */
  head?: string | undefined;
}

/**
 * Reads the auditor's register. If a head is given, it must be the register's head after some entry.
 * @throws JikjiError `register-broken`, `register-other-head`, `register-other-office`
 */
export async function readRegister(
  { text, where, head }: GivenRegister,
  office: string | undefined,
  showProgress: CheckContext['showProgress'],
): Promise<Register> {
  const register = await inTurns(Register.readInTurns(text, where), showProgress);
  if (head !== undefined && register.entryAt(head) === undefined) {
    throw new JikjiError(
      'register-other-head',
      `never had the given head: it is cut off, or has another history than the one you know (its head is ${register.head})`,
      where,
      'ask the office why, and fetch the whole register again',
    );
  }
  if (office !== undefined && office !== register.office) {
    throw new JikjiError(
      'register-other-office',
      `is the register of ${register.office}, not of the given office`,
      where,
      'give the register of the office that --office names',
    );
  }
  return register;
}

async function inTurns(
  reading: Generator<number, Register>,
  showProgress: CheckContext['showProgress'],
): Promise<Register> {
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
    await showProgress("the office's register", value);
  }
}

/** The office's answers to a run: to its request, to heads during the training, to its seals. */
export function answersOf(register: Register, { genesis }: RunStatements) {
  const { commitment } = genesis.predicate;
  const ofMaker = { maker: genesis.keyid, step: null };
  const subject = runKey(commitment);
  return {
    requests: register.answersTo({ ...ofMaker, kind: 'request', subject: requestKeyOf(genesis.keyid, commitment) }),
    seals: register.answersTo({ ...ofMaker, kind: 'seal', subject }),
    heads: register.entries.filter(
      (one) => one.kind === 'head' && one.subject === subject && one.maker === genesis.keyid,
    ),
  };
}

const answerIn = (answers: readonly RegisterEntry[], lodging: string): RegisterEntry | undefined =>
  answers.find((one) => digestOfAnswer(one.lodging) === lodging);

/** Numbers and times of entries, for messages. */
const entriesText = (entries: readonly RegisterEntry[]): string =>
  `${entries
    .slice(0, 5)
    .map(({ entry, time }) => `entry ${entry} of ${time}`)
    .join(', ')}${entries.length > 5 ? ` and ${entries.length - 5} more` : ''}`;

/** A note on what an audit without the register cannot show; undefined for a run that was not lodged. */
export function unknownWithoutRegister({ lodging, sealLodging }: RunStatements): string | undefined {
  if (!lodging && !sealLodging) return undefined;
  return 'The maker may have asked the office several times and chosen among the nonces: only its register (--register) shows how often it answered, and which heads it saw during the training.';
}

/** Looks up the run's lodgings in the register, and compares the heads that were lodged during the training with the transcript. */
export async function checkRegister(
  { statements, folder }: Evidence,
  register: Register,
  pinned: string | undefined,
  { showProgress }: CheckContext,
): Promise<Check> {
  const findings = new Findings('register');
  const size = register.entries.length;
  const whole = `the register of office ${register.office.slice(0, 16)} has ${size} entries, its head is ${register.head}`;
  // The most important note first: a terminal shows only the first few notes.
  const evasion = 'A run that was lodged under another key or recipe name is another run for the register';
  findings.note(
    pinned === undefined
      ? `${evasion}; and a chain alone does not stop an office that shows two histories: compare its head with one that others hold (--register-head).`
      : `${evasion}. The given head is that of entry ${register.entryAt(pinned)} of ${size}.`,
  );
  if (!statements) {
    findings.incomplete(GENESIS, 'without a sound genesis the run cannot be found in the register');
    return findings.check(whole);
  }
  const { requests, seals, heads } = answersOf(register, statements);
  const request = checkRequest(statements, requests, register, findings);
  const seal = checkSeal(statements, seals, register, findings);
  await checkHeads(folder, { heads, seal }, findings, showProgress);
  noteGap(
    [request, ...heads, seal].filter((entry) => entry !== undefined),
    findings,
  );
  const others = otherRuns(register, statements, requests);
  if (others > 0) findings.note(`Other runs of this maker that the office answered for: ${others}.`);
  const lodged = [
    request ? `request in entry ${request.entry}` : 'no request',
    `${heads.length} heads during the training`,
    seal ? `seal in entry ${seal.entry}` : 'no seal',
  ];
  return findings.check(`${lodged.join(', ')}; ${whole}`);
}

/** Counts the maker's other runs: the same training may have been lodged again under another name. */
function otherRuns(register: Register, { genesis }: RunStatements, requests: readonly RegisterEntry[]): number {
  const runs = new Set<string>();
  for (const { kind, maker, subject, lodging } of register.entries)
    if (maker === genesis.keyid && kind !== 'model') runs.add(kind === 'request' ? digestOfAnswer(lodging) : subject);
  runs.delete(runKey(genesis.predicate.commitment));
  for (const { lodging } of requests) runs.delete(digestOfAnswer(lodging));
  return runs.size;
}

/** Adds a finding for an answer that is in the run but not in the register. */
export function reportMissing(
  file: string,
  statement: Statement<'lodging'> | undefined,
  register: Register,
  findings: Pick<Findings, 'incomplete'>,
) {
  const last = register.entries.at(-1)?.time;
  const past = statement !== undefined && last !== undefined && last > statement.predicate.time;
  findings.incomplete(
    file,
    past
      ? `is not in the register, which continues until ${last}: the office answered without an entry, or this is another history`
      : `is not in the register, which ends ${last === undefined ? 'before it begins' : `at ${last}`}: take a newer one`,
  );
}

function checkRequest(
  { genesis, lodging }: RunStatements,
  answers: readonly RegisterEntry[],
  register: Register,
  findings: Findings,
): RegisterEntry | undefined {
  const digest = genesis.predicate.commitment.lodging;
  if (digest === null) {
    if (answers.length > 0)
      findings.incomplete(
        LODGING,
        `the office answered a request for this run (${entriesText(answers)}), but genesis names none`,
      );
    return undefined;
  }
  const entry = answerIn(answers, digest);
  if (!entry) reportMissing(LODGING, lodging, register, findings);
  else if (entry.answer > 1)
    findings.incomplete(
      LODGING,
      `is answer ${entry.answer} of ${answers.length} to this request (${entriesText(answers)}): the other answers may have been discarded, so the seed could be chosen among them`,
    );
  else if (answers.length > 1)
    findings.note(
      `The office answered this request ${answers.length} times (${entriesText(answers)}); the run has the first.`,
    );
  return entry;
}

function checkSeal(
  { seal, sealLodging }: RunStatements,
  answers: readonly RegisterEntry[],
  register: Register,
  findings: Findings,
): RegisterEntry | undefined {
  if (!sealLodging) {
    const [first] = answers;
    if (!first) return undefined;
    if (first.lodged !== seal?.digest)
      findings.incomplete(SEAL, `is not the one that the office answered first (${entriesText(answers)})`);
    else
      findings.note(
        `The office answered this seal, but the run lacks the answer; all answers to seals of this run: ${entriesText(answers)}.`,
      );
    return first;
  }
  const entry = answerIn(answers, sealLodging.digest);
  if (!entry) reportMissing(SEAL_LODGING, sealLodging, register, findings);
  else if (entry.answer > 1)
    findings.incomplete(
      SEAL_LODGING,
      `is answer ${entry.answer} of ${answers.length} to seals of this run (${entriesText(answers)}): only the first may serve as the challenge, since a maker can change an unchecked loss and seal the run again`,
    );
  else if (answers.length > 1)
    findings.note(
      `The office answered ${answers.length} seals of this run (${entriesText(answers)}); the run has the first.`,
    );
  return entry;
}

/** Each lodged head must equal the transcript's link at its step. */
async function checkHeads(
  folder: RunFolder,
  { heads, seal }: { heads: readonly RegisterEntry[]; seal: RegisterEntry | undefined },
  findings: Findings,
  showProgress: CheckContext['showProgress'],
): Promise<void> {
  if (heads.length === 0) return;
  const steps = new Set(heads.map(({ step }) => step!));
  const links = await findings.tryAsync(TRANSCRIPT, () => linksAt(folder, steps, showProgress));
  if (!links) return;
  for (const { step, head, entry, time } of heads) {
    const link = links.get(step!);
    if (link === head) continue;
    findings.refuted(
      TRANSCRIPT,
      link === undefined
        ? `has no such record; the office answered its head at ${time} (entry ${entry})`
        : `is not the one whose head the office answered at ${time} (entry ${entry}): it was changed afterwards`,
      { step: step! },
    );
  }
  const late = seal ? heads.filter(({ entry }) => entry > seal.entry).length : 0;
  if (late > 0) findings.note(`Heads lodged after the seal: ${late}. They show nothing about the training.`);
}

/** The links that a transcript states at the given steps. */
export async function linksAt(
  folder: RunFolder,
  steps: ReadonlySet<number>,
  showProgress: CheckContext['showProgress'],
): Promise<Map<number, string>> {
  const links = new Map<number, string>();
  for (const { step, link } of new TranscriptReader(folder.pieces(TRANSCRIPT))) {
    if (steps.has(step)) links.set(step, link);
    if (links.size === steps.size) break;
    if (step % TURN_STEPS === 0) await showProgress('lodged heads', links.size / steps.size);
  }
  return links;
}

/** Notes the longest time between two answers: in it the server was down, or the training paused. */
function noteGap(answers: readonly RegisterEntry[], findings: Findings): void {
  const all = [...answers].sort((a, b) => a.entry - b.entry);
  let widest: { ms: number; from: RegisterEntry; to: RegisterEntry } | undefined;
  for (const [i, to] of all.entries()) {
    const from = all[i - 1];
    const ms = from ? Date.parse(to.time) - Date.parse(from.time) : 0;
    if (from && ms > (widest?.ms ?? -1)) widest = { ms, from, to };
  }
  if (!widest) return;
  const at = ({ kind, step, time }: RegisterEntry) => `${kind === 'head' ? `step ${step}` : `the ${kind}`} (${time})`;
  findings.note(
    `The longest time in which the office saw nothing of the run: ${formatFor('en').duration(Math.round(widest.ms / 1000))}, from ${at(widest.from)} to ${at(widest.to)}.`,
  );
}
