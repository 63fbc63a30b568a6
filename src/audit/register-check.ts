// Register: compares a run with the office's own list of lodgings, which the auditor brings and the run does not contain. The list is
// the office's word. It cannot show that a run was lodged again under another key or recipe name, or in a second list.

import { type Both, JikjiError } from '../base/index.ts';
import {
  digestOfAnswer,
  makersBy,
  Register,
  type RegisterEntry,
  readStatement,
  requestKeyOf,
  runKey,
  type Statement,
  TranscriptReader,
} from '../ledger/index.ts';
import { GENESIS, handOverFile, LODGING, SEAL, SEAL_LODGING, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { REGISTER } from './sentences/register.ts';
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
export function answersOf(register: Register, { genesis, chain }: Pick<RunStatements, 'genesis' | 'chain'>) {
  const { commitment } = genesis.predicate;
  const subject = runKey(commitment);
  const all = new Set(makersBy(genesis, chain));
  // Who was handed the run elsewhere, and whoever he handed it to, may have sealed a second continuation.
  for (const { maker, handed } of register.handOversOf(subject)) if (handed && all.has(maker)) all.add(handed.next);
  const of = (kind: RegisterEntry['kind']) =>
    register.entries.filter((entry) => entry.kind === kind && entry.subject === subject && all.has(entry.maker));
  const request = {
    kind: 'request' as const,
    maker: genesis.keyid,
    step: null,
    subject: requestKeyOf(genesis.keyid, commitment),
  };
  return {
    requests: register.answersTo(request),
    seals: of('seal'),
    heads: of('head'),
    handOvers: of('hand-over'),
  };
}

/** Whether a register has answers to the run in a folder, as far as its genesis can be read. */
export function isListed(register: Register | undefined, folder: RunFolder): boolean {
  if (!register) return false;
  try {
    const genesis = readStatement(folder.file(GENESIS), 'genesis');
    return Object.values(answersOf(register, { genesis, chain: [] })).some((answers) => answers.length > 0);
  } catch (error) {
    if (error instanceof JikjiError) return false; // a finding of the check `structure`
    throw error;
  }
}

/** The offices' answers that lie in a run's folder, as far as they can be read. */
export const lodgingsIn = (folder: RunFolder): Statement<'lodging'>[] =>
  [LODGING, SEAL_LODGING].flatMap((file) => {
    try {
      return readStatement(folder.file(file), 'lodging');
    } catch (error) {
      if (error instanceof JikjiError) return []; // a finding of the check `structure`, or none
      throw error;
    }
  });

/** Whether the office of a register answered the run in a folder. */
export const isLodgedWith = (register: Register | undefined, folder: RunFolder): boolean =>
  lodgingsIn(folder).some(({ keyid }) => keyid === register?.office);

const answerIn = (answers: readonly RegisterEntry[], lodging: string): RegisterEntry | undefined =>
  answers.find((entry) => digestOfAnswer(entry.lodging) === lodging);

/** A note on what an audit without the register cannot show; undefined for a run that was not lodged. */
export function unknownWithoutRegister({ lodging, sealLodging }: RunStatements): Both | undefined {
  return lodging || sealLodging ? REGISTER.unknown : undefined;
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
  const book = { office: register.office.slice(0, 16), size, head: register.head };
  // The most important note first: a terminal shows only the first few notes.
  const pinnedAt = pinned === undefined ? undefined : register.entryAt(pinned);
  findings.note(pinnedAt === undefined ? REGISTER.evasion : REGISTER.evasionPinned(pinnedAt, size));
  if (!statements) {
    findings.incomplete(GENESIS, REGISTER.noGenesis);
    return findings.check(REGISTER.alone(book));
  }
  const { requests, seals, heads, handOvers } = answersOf(register, statements);
  checkHandOvers(statements, handOvers, findings);
  const request = checkRequest(statements, requests, register, findings);
  const seal = checkSeal(statements, seals, register, findings);
  await checkHeads(folder, { heads, seal }, findings, showProgress);
  noteGap(
    [request, ...heads, seal].filter((entry) => entry !== undefined),
    findings,
  );
  const others = otherRuns(register, statements, requests);
  if (others > 0) findings.note(REGISTER.otherRuns(others));
  const lodged = { request: request?.entry ?? null, heads: heads.length, seal: seal?.entry ?? null };
  return findings.check(REGISTER.whole(lodged, book));
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
  const text = last === undefined ? REGISTER.before : past ? REGISTER.missing(last) : REGISTER.older(last);
  findings.incomplete(file, text);
}

function checkRequest(
  { genesis, lodging }: RunStatements,
  answers: readonly RegisterEntry[],
  register: Register,
  findings: Findings,
): RegisterEntry | undefined {
  const digest = genesis.predicate.commitment.lodging;
  if (digest === null) {
    if (answers.length > 0) findings.incomplete(LODGING, REGISTER.needlessAnswer(answers));
    return undefined;
  }
  const entry = answerIn(answers, digest);
  if (!entry) reportMissing(LODGING, lodging, register, findings);
  else if (entry.answer > 1) findings.incomplete(LODGING, REGISTER.laterRequest(entry.answer, answers));
  else if (answers.length > 1) findings.note(REGISTER.firstRequest(answers));
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
    if (first.lodged !== seal?.digest) findings.incomplete(SEAL, REGISTER.otherSeal(answers));
    else findings.note(REGISTER.answerLacks(answers));
    return first;
  }
  const entry = answerIn(answers, sealLodging.digest);
  if (!entry) reportMissing(SEAL_LODGING, sealLodging, register, findings);
  else if (entry !== answers[0])
    findings.incomplete(SEAL_LODGING, REGISTER.laterSeal(answers.indexOf(entry) + 1, answers));
  else if (answers.length > 1) findings.note(REGISTER.firstSeal(answers));
  return entry;
}

/** A hand-over that the office saw and the run does not have is a second continuation; the other way round the office was not told. */
function checkHandOvers({ chain }: RunStatements, answers: readonly RegisterEntry[], findings: Findings): void {
  const own = new Set(chain.map(({ statement }) => statement.digest));
  for (const { lodged, step, handed, time, entry } of answers)
    if (!own.has(lodged)) findings.incomplete(SEAL, REGISTER.fork({ step: step!, next: handed!.next, time, entry }));
  const seen = new Set(answers.map(({ lodged }) => lodged));
  for (const [i, { statement }] of chain.entries())
    if (!seen.has(statement.digest)) findings.note(REGISTER.unseenHandOver(handOverFile(i + 1)));
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
    findings.refuted(TRANSCRIPT, link === undefined ? REGISTER.noHead(time, entry) : REGISTER.otherHead(time, entry), {
      step: step!,
    });
  }
  const late = seal ? heads.filter(({ entry }) => entry > seal.entry).length : 0;
  if (late > 0) findings.note(REGISTER.lateHeads(late));
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
  findings.note(REGISTER.gap(Math.round(widest.ms / 1000), widest.from, widest.to));
}
