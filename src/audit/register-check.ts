// Register: what an office's own list has of this run. The list comes from the auditor, never from the run. What it says of the run
// is the office's word; what is lodged twice under another key or recipe name, or in a second list, it cannot show.

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
import { GENESIS, LODGING, SEAL, SEAL_LODGING, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import type { Signed } from './statements.ts';
import type { Context, Evidence } from './structure.ts';
import { TURN_STEPS } from './transcript.ts';
import type { Check } from './types.ts';

/** A register as the auditor has it. */
export interface GivenRegister {
  text: string;
  /** The file or address that it is from. */
  where: string;
  /** A head of it that the auditor knows from elsewhere. */
  head?: string | undefined;
}

/**
 * Reads the auditor's register and compares it with the head that he knows, which it may have outgrown.
 * @throws JikjiError `register-broken`, `register-other-head`, `register-other-office`
 */
export async function readRegister(
  { text, where, head }: GivenRegister,
  office: string | undefined,
  tell: Context['tell'],
): Promise<Register> {
  const register = await inTurns(Register.reading(text, where), tell);
  if (head !== undefined && register.entryAt(head) === undefined) {
    throw new JikjiError(
      'register-other-head',
      `never had the head that was asked for: it is cut off, or another history than the one you know (its head is ${register.head})`,
      where,
      'ask the office why; take the whole register anew',
    );
  }
  if (office !== undefined && office !== register.office) {
    throw new JikjiError(
      'register-other-office',
      `is the register of ${register.office}, not of the office that was asked for`,
      where,
      'give the register of the office that --office names',
    );
  }
  return register;
}

async function inTurns(reading: Generator<number, Register>, tell: Context['tell']): Promise<Register> {
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
    await tell("the office's register", value);
  }
}

/** The office's answers to a run: to its request, to heads on its way, to its seals. */
export function answersOf(register: Register, { genesis }: Signed) {
  const { commitment } = genesis.predicate;
  const of = { maker: genesis.keyid, step: null };
  const subject = runKey(commitment);
  return {
    requests: register.answersTo({ ...of, kind: 'request', subject: requestKeyOf(genesis.keyid, commitment) }),
    seals: register.answersTo({ ...of, kind: 'seal', subject }),
    heads: register.entries.filter(
      (one) => one.kind === 'head' && one.subject === subject && one.maker === genesis.keyid,
    ),
  };
}

const answerIn = (answers: readonly RegisterEntry[], lodging: string): RegisterEntry | undefined =>
  answers.find((one) => digestOfAnswer(one.lodging) === lodging);

/** Entries by their numbers, with their times. */
const named = (entries: readonly RegisterEntry[]): string =>
  `${entries
    .slice(0, 5)
    .map(({ entry, time }) => `entry ${entry} of ${time}`)
    .join(', ')}${entries.length > 5 ? ` and ${entries.length - 5} more` : ''}`;

/** Why a run whose register is not at hand says little about how often its office was asked; undefined where none was. */
export function unknownWithoutRegister({ lodging, sealLodging }: Signed): string | undefined {
  if (!lodging && !sealLodging) return undefined;
  return 'The office may have been asked several times until its nonce pleased the maker: only its register (--register) shows how often, and what it saw on the way.';
}

/** Looks for a run's lodgings in the register, and holds the heads that were lodged on the way against the transcript. */
export async function checkRegister(
  { signed, folder }: Evidence,
  register: Register,
  pinned: string | undefined,
  { tell }: Context,
): Promise<Check> {
  const findings = new Findings('register');
  const size = register.entries.length;
  const whole = `the register of office ${register.office.slice(0, 16)} has ${size} entries, its head is ${register.head}`;
  // First what nobody may overlook: a terminal shows the first few notes.
  const evades = 'A run that was lodged under another key or recipe name is another run for the register';
  findings.note(
    pinned === undefined
      ? `${evades}; and a chain alone does not stop an office that shows two histories: compare its head with one that others hold (--register-head).`
      : `${evades}. The head that was asked for is that of entry ${register.entryAt(pinned)} of ${size}.`,
  );
  if (!signed) {
    findings.incomplete(GENESIS, 'what the run is lodged as is not known without a sound genesis');
    return findings.check(whole);
  }
  const { requests, seals, heads } = answersOf(register, signed);
  const asked = checkRequest(signed, requests, register, findings);
  const sealed = checkSeal(signed, seals, register, findings);
  await checkHeads(folder, heads, sealed, findings, tell);
  noteGap([...(asked ? [asked] : []), ...heads, ...(sealed ? [sealed] : [])], findings);
  const others = otherRuns(register, signed, requests);
  if (others > 0) findings.note(`Other runs of this maker that the office answered for: ${others}.`);
  const seen = [
    asked ? `request in entry ${asked.entry}` : 'no request',
    `${heads.length} heads on the way`,
    sealed ? `seal in entry ${sealed.entry}` : 'no seal',
  ];
  return findings.check(`${seen.join(', ')}; ${whole}`);
}

/** Runs of the same maker under other names: there an office may have been asked for what this run shows as asked once. */
function otherRuns(register: Register, { genesis }: Signed, requests: readonly RegisterEntry[]): number {
  const runs = new Set<string>();
  for (const { kind, maker, subject, lodging } of register.entries)
    if (maker === genesis.keyid) runs.add(kind === 'request' ? digestOfAnswer(lodging) : subject);
  runs.delete(runKey(genesis.predicate.commitment));
  for (const { lodging } of requests) runs.delete(digestOfAnswer(lodging));
  return runs.size;
}

/** An answer that the run has and the register does not. */
function missing(file: string, statement: Statement<'lodging'> | undefined, register: Register, findings: Findings) {
  const last = register.entries.at(-1)?.time;
  const past = statement !== undefined && last !== undefined && last > statement.predicate.time;
  findings.incomplete(
    file,
    past
      ? `is not in the register, which goes on until ${last}: the office answered beside it, or this is another history`
      : `is not in the register, which ends ${last === undefined ? 'before it begins' : `at ${last}`}: take a newer one`,
  );
}

function checkRequest(
  { genesis, lodging }: Signed,
  answers: readonly RegisterEntry[],
  register: Register,
  findings: Findings,
): RegisterEntry | undefined {
  const digest = genesis.predicate.commitment.lodging;
  if (digest === null) {
    if (answers.length > 0)
      findings.incomplete(
        LODGING,
        `the office answered a request for this run (${named(answers)}), and genesis names none`,
      );
    return undefined;
  }
  const own = answerIn(answers, digest);
  if (!own) missing(LODGING, lodging, register, findings);
  else if (own.answer > 1)
    findings.incomplete(
      LODGING,
      `is answer ${own.answer} of ${answers.length} to this request (${named(answers)}): what became of the others is not known, and the seed could be chosen among them`,
    );
  else if (answers.length > 1)
    findings.note(
      `The office answered this request ${answers.length} times (${named(answers)}); the run has the first.`,
    );
  return own;
}

function checkSeal(
  { seal, sealLodging }: Signed,
  answers: readonly RegisterEntry[],
  register: Register,
  findings: Findings,
): RegisterEntry | undefined {
  if (!sealLodging) {
    const [first] = answers;
    if (!first) return undefined;
    if (first.lodged !== seal?.digest)
      findings.incomplete(SEAL, `is not the one that the office answered first (${named(answers)})`);
    else
      findings.note(
        `The office answered this seal, and the run does not have the answer; all answers to seals of this run: ${named(answers)}.`,
      );
    return first;
  }
  const own = answerIn(answers, sealLodging.digest);
  if (!own) missing(SEAL_LODGING, sealLodging, register, findings);
  else if (own.answer > 1)
    findings.incomplete(
      SEAL_LODGING,
      `is answer ${own.answer} of ${answers.length} to seals of this run (${named(answers)}): only the first may serve as the challenge, since a maker can alter a loss that nobody checks and seal anew`,
    );
  else if (answers.length > 1)
    findings.note(
      `The office answered ${answers.length} seals of this run (${named(answers)}); the run has the first.`,
    );
  return own;
}

/** What was lodged cannot be changed afterwards: each head is the link that the transcript has at its step. */
async function checkHeads(
  folder: RunFolder,
  heads: readonly RegisterEntry[],
  sealed: RegisterEntry | undefined,
  findings: Findings,
  tell: Context['tell'],
): Promise<void> {
  if (heads.length === 0) return;
  const steps = new Set(heads.map(({ step }) => step!));
  const links = await findings.tryAsync(TRANSCRIPT, () => linksAt(folder, steps, tell));
  if (!links) return;
  for (const { step, head, entry, time } of heads) {
    const there = links.get(step!);
    if (there === head) continue;
    findings.refuted(
      TRANSCRIPT,
      there === undefined
        ? `has no such record; the office answered its head at ${time} (entry ${entry})`
        : `is not the one whose head the office answered at ${time} (entry ${entry}): it was changed afterwards`,
      { step: step! },
    );
  }
  const late = sealed ? heads.filter(({ entry }) => entry > sealed.entry).length : 0;
  if (late > 0) findings.note(`Heads lodged after the seal: ${late}. They show nothing of the way.`);
}

/** The links of a transcript at some steps, as they stand there. */
async function linksAt(
  folder: RunFolder,
  steps: ReadonlySet<number>,
  tell: Context['tell'],
): Promise<Map<number, string>> {
  const links = new Map<number, string>();
  for (const { step, link } of new TranscriptReader(folder.pieces(TRANSCRIPT))) {
    if (steps.has(step)) links.set(step, link);
    if (links.size === steps.size) break;
    if (step % TURN_STEPS === 0) await tell('heads on the way', links.size / steps.size);
  }
  return links;
}

const hours = (ms: number): string =>
  ms < 120_000
    ? `${Math.round(ms / 1000)} seconds`
    : ms < 7_200_000
      ? `${Math.round(ms / 60_000)} minutes`
      : `${(ms / 3_600_000).toFixed(1)} hours`;

/** The longest time in which the office saw nothing of the run: a server that was away, or a pause. */
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
    `The longest time in which the office saw nothing of the run: ${hours(widest.ms)}, from ${at(widest.from)} to ${at(widest.to)}.`,
  );
}
