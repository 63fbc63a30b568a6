// A witnessed run beside the office's own list of lodgings: the answers that the run has are in it, were the first ones, and none is left out.

import {
  digestOfAnswer,
  digestOfCommitment,
  type Register,
  type RegisterEntry,
  requestKeyOfWitness,
  type Statement,
} from '../../ledger/index.ts';
import { LODGING, SEAL_LODGING, TRANSCRIPT } from '../../run-folder/index.ts';
import { Findings } from '../findings.ts';
import { linksAt, reportMissing } from '../register-check.ts';
import { REGISTER } from '../sentences/register.ts';
import type { CheckContext } from '../structure.ts';
import { LODGED } from './sentences/evidence.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheck, WitnessFindings } from './types.ts';

/** The run has an answer of the register, and the first one to what was asked. */
function checkAnswer(
  file: string,
  answer: Statement<'lodging'>,
  { register, byDigest }: { register: Register; byDigest: ReadonlyMap<string, RegisterEntry> },
  findings: WitnessFindings,
): void {
  const entry = byDigest.get(answer.digest);
  if (!entry) reportMissing(file, answer, register, findings);
  else if (entry.answer > 1) findings.incomplete(file, LODGED.later(entry.answer));
}

export async function checkWitnessRegister(
  { statements, folder }: WitnessEvidence,
  register: Register,
  pinned: string | undefined,
  { showProgress }: CheckContext,
): Promise<WitnessCheck> {
  const findings: WitnessFindings = new Findings('register');
  const size = register.entries.length;
  const book = { size, head: register.head };
  const pinnedAt = pinned === undefined ? undefined : register.entryAt(pinned);
  findings.note(pinnedAt === undefined ? LODGED.evasion : LODGED.evasionPinned(pinnedAt, size));
  if (!statements) {
    findings.incomplete('genesis.json', REGISTER.noGenesis);
    return findings.check(LODGED.nothing(book));
  }
  const { genesis, lodging, sealLodging, heads } = statements;
  const { commitment } = genesis.predicate;
  const list = { register, byDigest: new Map(register.entries.map((entry) => [digestOfAnswer(entry.lodging), entry])) };
  const [request] = register.answersTo({
    ...{ kind: 'request', maker: genesis.keyid, step: null },
    subject: requestKeyOfWitness(genesis.keyid, commitment),
  });
  if (lodging) checkAnswer(LODGING, lodging, list, findings);
  // Its seed could have been discarded for a better one.
  else if (request && commitment.lodging === null)
    findings.incomplete(LODGING, LODGED.needlessAnswer(request.entry, request.time));
  if (sealLodging) checkAnswer(SEAL_LODGING, sealLodging, list, findings);
  for (const [step, { answer }] of heads)
    checkAnswer(`heads/step-${String(step).padStart(6, '0')}.lodging.json`, answer, list, findings);

  const subject = commitment.lodging ?? digestOfCommitment(commitment);
  const own = register.entries.filter(
    (entry) => entry.kind === 'head' && entry.subject === subject && entry.maker === genesis.keyid,
  );
  const steps = new Set(own.map(({ step }) => step!));
  const links = await findings.tryAsync(TRANSCRIPT, () => linksAt(folder, steps, showProgress));
  for (const { step, head, entry, answer } of own) {
    if (links && links.get(step!) !== head) findings.refuted(TRANSCRIPT, LODGED.otherHead(entry), { step: step! });
    // An answer that is left out would let a maker draw his pairs by no nonce at all.
    else if (answer === 1 && !heads.has(step!) && commitment.pairEvery > 0 && step! % commitment.pairEvery === 0)
      findings.incomplete('heads', LODGED.leftOut(step!, entry), { step: step! });
  }
  const lodged = { heads: own.length, request: lodging !== undefined, seal: sealLodging !== undefined };
  return findings.check(LODGED.whole(lodged, book));
}
